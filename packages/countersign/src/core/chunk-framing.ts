/**
 * The frames of a chunked upload (`aws-chunked`), and how long they make a body:
 *
 * ```
 * 10000;chunk-signature=ad80c730…a288648⏎ data ⏎ 0;chunk-signature=b6c6ea8a…449df9⏎ ⏎
 * ```
 *
 * @see {@link https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html}
 * @module
 */
import { SIGV4_ALGORITHM, SIGV4A_ALGORITHM } from './names.ts'

/** Header of the body's length without frames. */
export const X_AMZ_DECODED_CONTENT_LENGTH = 'x-amz-decoded-content-length'

/** Header that lists the names of the trailers. */
export const X_AMZ_TRAILER = 'x-amz-trailer'

/** Trailer that signs the other ones. */
export const X_AMZ_TRAILER_SIGNATURE = 'x-amz-trailer-signature'

/** The content coding of a chunked upload. */
export const AWS_CHUNKED = 'aws-chunked'

/** Least length of a chunk that is not the last one, in bytes. */
export const MIN_CHUNK = 8192

/** Longest chunk that is written here, and taken by default, in bytes: a receiver has to hold one. */
export const MAX_CHUNK: number = 16 * 1024 * 1024

/** What follows the size of a signed chunk. */
export const CHUNK_SIGNATURE = ';chunk-signature='

const PADDING = '*'
const PADDED = /^([0-9a-f]+)\*+$/

const LINE_END = 2

/** Signatures of ECDSA differ in length; filled up, the length of a body is known before the first of them. */
const WIDTHS: ReadonlyMap<string, number> = new Map([
  [SIGV4_ALGORITHM, 64],
  [SIGV4A_ALGORITHM, 144],
])

/** Length of a chunk's signature on the wire; 0 when there is none. */
export function signatureWidth(algorithm: string | undefined): number {
  return algorithm === undefined ? 0 : (WIDTHS.get(algorithm) ?? 0)
}

/** A signature as a frame carries it. The chain goes on with the signature itself. */
export function formatSignature(signature: string, width: number): string {
  return signature.padEnd(width, PADDING)
}

/** Reads a signature off a frame. One that is not filled up is left as it is. */
export function parseSignature(text: string, width: number): string {
  return text.length === width ? text.replace(PADDED, '$1') : text
}

/** What a chunked body is made of. */
export interface Framing {
  /** Length of the data, in bytes. */
  readonly decodedLength: number
  /** Length of every chunk but the last, in bytes. */
  readonly chunkSize: number
  /** Algorithm of the chunks' signatures; absent when they have none. */
  readonly algorithm?: string | undefined
  /** Whether there is a section of trailers. */
  readonly hasTrailer: boolean
  /** Names of the trailers, and the lengths of their values in bytes. */
  readonly trailers: readonly { readonly name: string; readonly length: number }[]
}

/** Length of the whole body on the wire, in bytes. */
export function encodedLength(framing: Framing): number {
  const { decodedLength, chunkSize, algorithm, hasTrailer, trailers } = framing
  const width = signatureWidth(algorithm)
  const extension = width > 0 ? CHUNK_SIGNATURE.length + width : 0
  const frame = (size: number): number => size.toString(16).length + extension + LINE_END
  const rest = decodedLength % chunkSize
  let length = Math.floor(decodedLength / chunkSize) * (frame(chunkSize) + chunkSize + LINE_END)
  if (rest > 0) length += frame(rest) + rest + LINE_END
  length += frame(0)
  for (const trailer of trailers) length += trailer.name.length + 1 + trailer.length + LINE_END
  if (hasTrailer && width > 0) length += X_AMZ_TRAILER_SIGNATURE.length + 1 + width + LINE_END
  return length + LINE_END
}
