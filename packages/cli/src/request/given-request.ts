/**
 * What a command line says of a request.
 *
 * @module
 */

/** A request as it is to be signed. */
export interface GivenRequest {
  readonly method: string
  readonly url: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body?: Uint8Array | undefined
  /** A file that is not held in memory, in place of `body`. */
  readonly file?: { readonly path: string; readonly length: number } | undefined
  /** Of the file, or `UNSIGNED-PAYLOAD`; without it the body is hashed. */
  readonly payloadHash?: string | undefined
}
