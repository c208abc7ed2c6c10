/**
 * Pieces of bytes that are held until there are enough of them. They are kept as they came, not joined: joining would
 * copy every byte of an upload. Small ones alone are copied together, since a list of single bytes would take a
 * hundred times their room.
 *
 * @module
 */

/** Below it a piece costs more to keep than to copy, in bytes. */
const SMALL = 1024
/** What small pieces are copied into, in bytes. */
const BLOCK = 4096

/** Bytes in the order in which they came. */
export class Pieces {
  #list: Uint8Array[] = []
  #length = 0
  /** Small pieces are copied here, from `#start` on those that are not in the list yet. */
  #block: Uint8Array | undefined
  #start = 0
  #end = 0

  /** How many bytes there are. */
  get length(): number {
    return this.#length
  }

  /** Adds a piece, which must not be changed from now on. */
  add(piece: Uint8Array): void {
    this.#length += piece.length
    if (piece.length < SMALL) return this.#copy(piece)
    this.#list.push(...this.#sealed(), piece)
  }

  /** Takes all of them out. */
  take(): readonly Uint8Array[] {
    const all = this.#list
    all.push(...this.#sealed())
    this.#list = []
    this.#length = 0
    return all
  }

  #copy(piece: Uint8Array): void {
    if (!this.#block || this.#end + piece.length > this.#block.length) {
      this.#list.push(...this.#sealed())
      this.#block = new Uint8Array(BLOCK)
      this.#start = this.#end = 0
    }
    this.#block.set(piece, this.#end)
    this.#end += piece.length
  }

  #sealed(): Uint8Array[] {
    if (!this.#block || this.#start === this.#end) return []
    const sealed = this.#block.subarray(this.#start, this.#end)
    this.#start = this.#end
    return [sealed]
  }
}
