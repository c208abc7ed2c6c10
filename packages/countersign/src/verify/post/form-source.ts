/**
 * The bytes of an upload form, taken piece by piece and never more than the limit before the file.
 *
 * @module
 */
import type { RequestMessage } from '../message.ts'
import { findDelimiter, type Delimiter } from './delimiter.ts'
import { malformedForm, refuseForm } from './post-refusals.ts'

const NOTHING = new Uint8Array()

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield bytes
}

/** Reads a body that is a form. */
export class FormSource {
  readonly #pieces: AsyncIterator<Uint8Array>
  readonly #signal: AbortSignal | undefined
  readonly #most: number
  /** What was read and not taken yet. */
  #bytes: Uint8Array = NOTHING
  /** What `#bytes` is a view on, where it is our own and has room for more. */
  #room: Uint8Array = NOTHING
  #taken = 0
  #isBeforeFile = true

  /** @param most bytes that are taken before the file */
  constructor({ body = NOTHING, signal }: Pick<RequestMessage, 'body' | 'signal'>, most: number) {
    this.#pieces = (body instanceof Uint8Array ? once(body) : body)[Symbol.asyncIterator]()
    this.#signal = signal
    this.#most = most
  }

  /**
   * Takes the bytes up to a delimiter, and the delimiter too. They are good until the next call.
   *
   * @throws {@link VerificationError} `FORM_TOO_LARGE`, `FORM_MALFORMED` at the end of the body
   */
  async takeUntil(delimiter: Delimiter): Promise<Uint8Array> {
    let at = findDelimiter(this.#bytes, delimiter)
    while (at + delimiter.bytes.length > this.#bytes.length) {
      if (this.#taken + at > this.#most) throw this.#tooLarge()
      await this.#readMore()
      at = findDelimiter(this.#bytes, delimiter, at)
    }
    const before = this.#bytes.subarray(0, at)
    this.#drop(at + delimiter.bytes.length)
    return before
  }

  /**
   * Takes a number of bytes.
   *
   * @throws {@link VerificationError} `FORM_TOO_LARGE`, `FORM_MALFORMED` at the end of the body
   */
  async take(length: number): Promise<Uint8Array> {
    while (this.#bytes.length < length) await this.#readMore()
    const taken = this.#bytes.subarray(0, length)
    this.#drop(length)
    return taken
  }

  /** Gives what was read ahead, else the next piece; nothing at the end of the body. From here on nothing is limited. */
  async next(): Promise<Uint8Array | undefined> {
    this.#isBeforeFile = false
    if (this.#bytes.length > 0) {
      const bytes = this.#bytes
      this.putBack(NOTHING)
      return bytes
    }
    this.#signal?.throwIfAborted()
    const { done, value } = await this.#pieces.next()
    return done ? undefined : value
  }

  /** Puts back what {@link next} gave, or a part of it. */
  putBack(bytes: Uint8Array): void {
    this.#bytes = bytes
    this.#room = NOTHING
  }

  /** Reads what is left and lets it go; what is over the limit is not waited for. */
  async drain(): Promise<void> {
    let left = this.#most
    for (let piece = await this.next(); piece && left > 0; piece = await this.next()) left -= piece.length
    if (left <= 0) await this.close()
  }

  /** Ends the body where it stands. */
  async close(): Promise<void> {
    await this.#pieces.return?.()
  }

  #drop(length: number): void {
    if (this.#isBeforeFile) this.#taken += length
    if (this.#taken > this.#most) throw this.#tooLarge()
    this.#bytes = this.#bytes.subarray(length)
  }

  async #readMore(): Promise<void> {
    this.#signal?.throwIfAborted()
    const { done, value } = await this.#pieces.next()
    if (done) throw malformedForm('The form ends before its closing boundary')
    this.#append(value)
  }

  // A piece is taken as it is where it can be. Where one has to be put behind the other, there is room for as many
  // again, so that a body of single bytes takes linear time.
  #append(piece: Uint8Array): void {
    const { length } = this.#bytes
    if (length === 0) {
      this.putBack(piece)
      return
    }
    const start = this.#room.length === 0 ? 0 : this.#bytes.byteOffset - this.#room.byteOffset
    if (this.#room.length < start + length + piece.length) {
      this.#room = new Uint8Array(2 * (length + piece.length))
      this.#room.set(this.#bytes)
      this.#bytes = this.#room.subarray(0, length)
      this.#append(piece)
      return
    }
    this.#room.set(piece, start + length)
    this.#bytes = this.#room.subarray(start, start + length + piece.length)
  }

  #tooLarge(): Error {
    const message = `The fields before the file are over ${this.#most} bytes`
    return refuseForm('FORM_TOO_LARGE', message, { limit: 'formBytes', most: String(this.#most) })
  }
}
