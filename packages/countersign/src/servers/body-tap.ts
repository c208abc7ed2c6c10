/**
 * A tap on the body of a request of Node: a shadow reads along, and the handler finds the request as if nobody had. What
 * the shadow has to see before the handler runs is kept, and put into the request's stream again.
 *
 * @module
 */
import type { RequestMessage } from '../verify/message.ts'

/** What is needed of Node's `IncomingMessage`, `Http2ServerRequest` or `ServerHttp2Stream`. */
interface Tappable {
  push(chunk: Uint8Array | null): boolean
  unshift(chunk: Uint8Array): void
  read(): unknown
  _read(size: number): void
  once(event: 'close', listener: () => void): unknown
  readonly readableLength: number
  readonly complete?: boolean | undefined
  readonly destroyed?: boolean | undefined
  readonly errored?: Error | null | undefined
}

/** A message whose body can be handed back to the request that it was read from. */
export interface TappedMessage extends RequestMessage {
  /**
   * Lets the handler have the whole body, by the request that it knows.
   *
   * @throws what ended the body, where the client has gone away before it was there
   */
  readonly handBack?: (() => void) | undefined
}

/** Reads a message so that its request can be read once more. */
export function tapMessage(message: RequestMessage, request: object): TappedMessage {
  if (message.body === undefined) return message
  if (!isTappable(request)) throw new TypeError('The body of this request cannot be read twice')
  const tap = new BodyTap(request)
  return { ...message, body: tap, handBack: () => tap.handBack() }
}

function isTappable(request: object): request is Tappable {
  return 'push' in request && '_read' in request && 'readableLength' in request
}

/** The bytes of a request as its source pushes them. */
class BodyTap implements AsyncIterable<Uint8Array> {
  readonly #request: Tappable
  readonly #push: Tappable['push']
  /** What the shadow has not seen yet. */
  readonly #unseen: Uint8Array[] = []
  /** What the request's stream has not got yet; `null` is its end. */
  #kept: (Uint8Array | null)[] = []
  #isTapped = false
  #isHandedBack = false
  #isOver = false
  #failure: { readonly error: unknown } | undefined
  #wake: (() => void) | undefined

  constructor(request: Tappable) {
    this.#request = request
    this.#push = request.push.bind(request)
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    const request = this.#request
    this.#isTapped = true
    this.#isOver = request.complete === true
    if (request.destroyed) this.#fail()
    this.#peek()
    request.push = (chunk) => this.#take(chunk)
    request.once('close', () => this.#fail())
    return this.#pieces()
  }

  handBack(): void {
    if (!this.#isTapped || this.#isHandedBack) return
    this.#isHandedBack = true
    if (this.#failure) throw this.#failure.error
    for (const chunk of this.#kept.splice(0)) this.#push(chunk)
  }

  // Where something else was waited for before the guard, there is a beginning already. It stays where it is.
  #peek(): void {
    const first = this.#request.readableLength > 0 ? this.#request.read() : undefined
    if (!(first instanceof Uint8Array)) return
    this.#request.unshift(first)
    this.#unseen.push(first)
  }

  #take(chunk: Uint8Array | null): boolean {
    if (chunk === null) this.#isOver = true
    else this.#unseen.push(chunk)
    this.#wake?.()
    if (this.#isHandedBack) return this.#push(chunk)
    this.#kept.push(chunk)
    // The next piece is asked for when it is wanted, so that a slow look-up keeps a long body waiting.
    return false
  }

  #fail(): void {
    if (this.#isOver) return
    this.#failure ??= { error: this.#request.errored ?? new Error('The client went away in its body') }
    this.#wake?.()
  }

  async *#pieces(): AsyncGenerator<Uint8Array, void, undefined> {
    for (;;) {
      const next = this.#unseen.shift()
      if (next) yield next
      else if (this.#isOver) return
      else if (this.#failure) throw this.#failure.error
      else await this.#more()
    }
  }

  async #more(): Promise<void> {
    const isMore = new Promise<void>((resolve) => {
      this.#wake = resolve
    })
    // From then on it is the handler who asks. By `read` nothing more would be asked for than the stream has room for.
    // oxlint-disable-next-line no-underscore-dangle -- the name is Node's
    if (!this.#isHandedBack) this.#request._read(0)
    await isMore
  }
}
