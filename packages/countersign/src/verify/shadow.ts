/**
 * Shadow mode: verifies what a server takes anyway, tells what would have been refused, and stops nothing. It is for the
 * days before a server begins to ask for signatures.
 *
 * @module
 */
import { VerificationError, type VerificationErrorCode } from '../errors.ts'
import type { RequestMessage } from './message.ts'
import type { VerifiedRequest } from './verified-request.ts'
import type { Verifier } from './verifier.ts'

/** Options of {@link createShadow}. */
export interface ShadowOptions {
  /** Is told of every request that would have been refused, for the server's log; once each. */
  readonly onRefused?: ((error: VerificationError, message: RequestMessage) => void) | undefined
  /** Is told of any other error, such as one of the look-up of keys; the request goes on all the same. */
  readonly onFault?: ((error: unknown, message: RequestMessage) => void) | undefined
}

/** A request that was looked at. It lets nobody in: `verified` is for the log, and absent where nobody was verified. */
export interface Observation<P = unknown> {
  /** Who sent it, if its head would have been let in; its body may still be refused. */
  readonly verified?: Omit<VerifiedRequest<P>, 'body'>
  /** Why it would have been refused. */
  readonly refusal?: VerificationError
  /**
   * The body as it came, to the last byte, framed as it was; absent when the message had none. It is verified while it is
   * read. To be read at most once.
   */
  readonly body?: AsyncIterable<Uint8Array>
}

/** How many requests were looked at, and what would have become of them. */
export interface ShadowCounts {
  /** Would have been let in. One whose body is still under way counts as such until it is refused. */
  readonly letIn: number
  /** Would have been refused. */
  readonly refused: number
  /** Could not be verified, since something else failed. */
  readonly faults: number
  /** How many would have been refused for each cause. */
  readonly byCode: ReadonlyMap<VerificationErrorCode, number>
}

/** Looks at any number of requests, also at the same time. */
export interface Shadow<P = unknown> {
  /** Looks at a request. It never fails because of the request. */
  observe(message: RequestMessage): Promise<Observation<P>>
  /** Counts, and tells of, what was wrong with a request before it could be looked at. */
  tell(error: unknown, message: RequestMessage): void
  /** What was seen so far. */
  counts(): ShadowCounts
}

/**
 * Makes a shadow of a verifier: it looks at every request as the verifier would, tells what it would have refused, and
 * stops nobody. Give it to a guard in place of the verifier until it tells of nobody any more whom you want to let in.
 */
export function createShadow<P = unknown>(verifier: Verifier<P>, options: ShadowOptions = {}): Shadow<P> {
  const byCode = new Map<VerificationErrorCode, number>()
  const counts = { letIn: 0, refused: 0, faults: 0 }

  /** @returns the refusal, if it is one */
  function tell(error: unknown, message: RequestMessage): VerificationError | undefined {
    if (!(error instanceof VerificationError)) {
      counts.faults += 1
      options.onFault?.(error, message)
      return undefined
    }
    counts.refused += 1
    byCode.set(error.exactCode, (byCode.get(error.exactCode) ?? 0) + 1)
    options.onRefused?.(error, message)
    return error
  }

  return {
    async observe(message) {
      const copy = message.body === undefined ? undefined : new CopiedBody(message.body)
      // A client that goes away in the middle of its body is for the handler to hear of.
      const turnAway = (error: unknown): VerificationError | undefined =>
        copy?.failure && copy.failure.error === error ? undefined : tell(error, message)
      let verified: VerifiedRequest<P>
      try {
        verified = await verifier.verify({ ...message, body: copy?.forVerifier() })
      } catch (error) {
        const refusal = turnAway(error)
        const body = copy && { body: copy.forHandler() }
        return refusal ? { refusal, ...body } : { ...body }
      }
      counts.letIn += 1
      const body = copy?.forHandler(verified.body, (error) => {
        counts.letIn -= 1
        turnAway(error)
      })
      return body ? { verified, body } : { verified }
    },
    tell: (error, message) => void tell(error, message),
    counts: () => ({ ...counts, byCode: new Map(byCode) }),
  }
}

/** A body that the verifier reads, and that the handler gets all the same. */
class CopiedBody {
  readonly #source: AsyncIterator<Uint8Array>
  /** What the verifier has read, and the handler not yet. */
  #held: Uint8Array[] = []
  /** What the source threw, if it did. */
  failure: { readonly error: unknown } | undefined

  constructor(body: Uint8Array | AsyncIterable<Uint8Array>) {
    this.#source = (body instanceof Uint8Array ? once(body) : body)[Symbol.asyncIterator]()
  }

  /** Ends when it is given up, and leaves the source as it is. */
  async *forVerifier(): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const chunk of this.#rest()) {
      this.#held.push(chunk)
      yield chunk
    }
  }

  /**
   * @param verified the body as it comes out of the verifier, which reads on while this one is read
   * @param onRefused is told why the body would have been refused
   */
  async *forHandler(
    verified?: AsyncIterable<Uint8Array>,
    onRefused?: (error: unknown) => void,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      yield* this.#take()
      const reading = verified?.[Symbol.asyncIterator]()
      for (let isOn = reading !== undefined; isOn;) {
        isOn = await isMore(reading, onRefused)
        yield* this.#take()
      }
      yield* this.#rest()
    } finally {
      await this.#source.return?.()
    }
  }

  /** What is still to come. Whoever stops reading it leaves the source open. */
  async *#rest(): AsyncGenerator<Uint8Array, void, undefined> {
    // A source that has failed gives an end when it is asked again, which would make a whole body of half a one.
    if (this.failure) throw this.failure.error
    try {
      for (let next = await this.#source.next(); !next.done; next = await this.#source.next())
        yield next.value
    } catch (error) {
      this.failure = { error }
      throw error
    }
  }

  #take(): readonly Uint8Array[] {
    const held = this.#held
    this.#held = []
    return held
  }
}

/** Has the verifier read on; `false` once it is through, or has refused. */
async function isMore(
  reading: AsyncIterator<Uint8Array> | undefined,
  onRefused?: (error: unknown) => void,
): Promise<boolean> {
  try {
    const next = await reading?.next()
    return next !== undefined && !next.done
  } catch (error) {
    onRefused?.(error)
    return false
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield bytes
}
