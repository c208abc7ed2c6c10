/**
 * The body of a request as it comes in: asked for only when it is wanted, counted, and given up when nothing more
 * comes.
 *
 * @module
 */
import type { IncomingMessage } from 'node:http'
import { countPassed } from '../server/memory.ts'
import type { Exchange } from './exchange.ts'
import { GatewayFault } from './faults.ts'

/**
 * Refuses bodies that would have to be unpacked: it is not what arrives that was hashed.
 *
 * @throws {@link GatewayFault} `CODING_UNKNOWN`
 */
export function assertPlainCoding({ headers }: IncomingMessage): void {
  const coding = headers['transfer-encoding']
  if (coding === undefined || coding.toLowerCase() === 'chunked') return
  throw new GatewayFault('CODING_UNKNOWN', 'Transfer-Encoding names another coding than chunked')
}

/**
 * Reads a body. A client that waits for `100 Continue` gets it at the first read, which is after the head has been
 * found good.
 *
 * @param idle seconds to wait for the next bytes; 0 waits for ever
 * @throws {@link GatewayFault} `BODY_STALLED`, `CLIENT_GONE`
 */
export async function* readIncomingBody(
  exchange: Exchange,
  source: AsyncIterable<Uint8Array>,
  idle: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (exchange.expectsContinue) exchange.response.writeContinue()
  const iterator = source[Symbol.asyncIterator]()
  const waiting = new Wait(idle)
  try {
    for (;;) {
      const next = await waiting.for(iterator.next()).catch(clientGone)
      if (next.done) return
      exchange.bytesIn += next.value.length
      countPassed(next.value.length)
      yield next.value
    }
  } finally {
    waiting.end()
    // Not awaited: while a read hangs, so does this.
    iterator.return?.().catch(() => {})
  }
}

function clientGone(error: unknown): never {
  if (error instanceof GatewayFault) throw error
  throw new GatewayFault('CLIENT_GONE', 'The client broke off its body', { cause: error })
}

/** Waits for one promise after the other, with one timer for all of them. */
class Wait {
  readonly #timer: NodeJS.Timeout | undefined
  #giveUp: ((error: Error) => void) | undefined

  constructor(seconds: number) {
    if (seconds === 0) return
    this.#timer = setTimeout(() => {
      this.#giveUp?.(new GatewayFault('BODY_STALLED', `Nothing of the body came in ${seconds} s`))
    }, seconds * 1000)
  }

  for<T>(promise: Promise<T>): Promise<T> {
    if (!this.#timer) return promise
    this.#timer.refresh()
    return new Promise((resolve, reject) => {
      this.#giveUp = reject
      promise.then(resolve, reject)
    }).finally(() => {
      // Whoever reads slowly is not the client's fault.
      this.#giveUp = undefined
    }) as Promise<T>
  }

  end(): void {
    clearTimeout(this.#timer)
  }
}
