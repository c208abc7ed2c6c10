/**
 * What the body of a request must be, as far as its signature covers it.
 *
 * @module
 */
import type { Claim } from './claim.ts'
import { valueOf } from './message.ts'
import { refuse } from './refusals.ts'

/** What a body must be. */
export interface ExpectedBody {
  /** SHA-256 in lower-case hex, where the signature covers it. */
  readonly hash?: string | undefined
  /** Length in bytes, where the signature covers `content-length`. */
  readonly length?: number | undefined
  /** Longest body that is taken, in bytes. */
  readonly maxBytes: number
}

/**
 * Reads off a claim what its body must be.
 *
 * @throws {@link VerificationError} `REQUEST_MALFORMED`
 */
export function expectedBody({ payload, message, signedHeaders }: Claim, maxBytes: number): ExpectedBody {
  const length = signedHeaders.includes('content-length')
    ? valueOf(message.headers, 'content-length')
    : undefined
  if (length !== undefined && !/^\d{1,15}$/.test(length)) {
    throw refuse('REQUEST_MALFORMED', 'Content-Length is not a number of bytes', { header: 'content-length' })
  }
  return {
    maxBytes,
    hash: payload.kind === 'hashed' ? payload.hash : undefined,
    length: length === undefined ? undefined : Number(length),
  }
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
