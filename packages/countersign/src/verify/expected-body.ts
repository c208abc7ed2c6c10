/**
 * What the body of a request must be, as far as its signature covers it.
 *
 * @module
 */
import { X_AMZ_DECODED_CONTENT_LENGTH } from '../core/chunk-framing.ts'
import type { Claim } from './claim.ts'
import type { ExpectedDigest } from './body-digests.ts'
import { valueOf, type ReadMessage } from './message.ts'
import { refuse } from './refusals.ts'

/** What a body must be. */
export interface ExpectedBody {
  /** SHA-256 in lower-case hex, where the signature covers it. */
  readonly hash?: string | undefined
  /** Length in bytes, where the signature covers `content-length`. */
  readonly length?: number | undefined
  /** Longest body that is taken, in bytes. */
  readonly maxBytes: number
  /** What its headers say of it, signed or not. */
  readonly digests?: readonly ExpectedDigest[] | undefined
}

/**
 * Reads off a claim what its body must be. A head that no good body can follow is refused here, before anything of the
 * body is read.
 *
 * @throws {@link VerificationError} `REQUEST_MALFORMED`, `BODY_LENGTH_MISMATCH`, `BODY_TOO_LARGE`
 */
export function expectedBody({ payload, message, signedHeaders }: Claim, maxBytes: number): ExpectedBody {
  const length = signedHeaders.includes('content-length') ? contentLength(message) : undefined
  // Of a body without chunks it can only say the same: a handler may read either.
  const isChunked = payload.kind === 'streaming'
  const decoded = isChunked ? undefined : readLength(message, X_AMZ_DECODED_CONTENT_LENGTH)
  if (length !== undefined && decoded !== undefined && length !== decoded) throw wrongLength(length)
  if (!isChunked) assertLength(message, maxBytes)
  return { maxBytes, hash: payload.kind === 'hashed' ? payload.hash : undefined, length: length ?? decoded }
}

/**
 * Refuses a body that is too long by what its head says, signed or not.
 *
 * @throws {@link VerificationError} `REQUEST_MALFORMED`, `BODY_TOO_LARGE`
 */
export function assertLength(message: ReadMessage, maxBytes: number): void {
  const length = maxBytes === Infinity ? undefined : contentLength(message)
  if (length !== undefined && length > maxBytes) throw tooLarge(maxBytes, length)
}

/**
 * The length on the wire in bytes, where the head tells it.
 *
 * @throws {@link VerificationError} `REQUEST_MALFORMED`
 */
export function contentLength(message: ReadMessage): number | undefined {
  return readLength(message, 'content-length')
}

/**
 * A number of bytes that a header tells.
 *
 * @throws {@link VerificationError} `REQUEST_MALFORMED`
 */
export function readLength({ headers }: ReadMessage, header: string): number | undefined {
  const length = valueOf(headers, header)
  if (length === undefined) return undefined
  if (/^\d{1,15}$/.test(length)) return Number(length)
  throw refuse('REQUEST_MALFORMED', `${header} is not a number of bytes`, { header })
}

/**
 * The refusal of a body that is too long.
 *
 * @param length of the body in bytes, where the head tells it
 */
export function tooLarge(maxBytes: number, length?: number): Error {
  return refuse('BODY_TOO_LARGE', `The body is over ${maxBytes} bytes`, {
    maxBytes: String(maxBytes),
    ...(length !== undefined && { proposedSize: String(length) }),
  })
}

/** The refusal of a body of another length. */
export function wrongLength(length: number): Error {
  return refuse('BODY_LENGTH_MISMATCH', `The body is not ${length} bytes long, as signed`, {
    length: String(length),
  })
}

/** The refusal of another body than the one that was signed. */
export function wrongHash(clientHash: string, computedHash: string): Error {
  return refuse('PAYLOAD_MISMATCH', 'The body is not the one that was signed', { clientHash, computedHash })
}
