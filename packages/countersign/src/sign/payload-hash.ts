/**
 * Payload hash: the last line of a canonical request, and the value of `x-amz-content-sha256`.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html}
 * @module
 */
import { UNSIGNED_PAYLOAD } from '../core/names.ts'
import { defaultSha256 } from '../crypto/default-sha256.ts'
import { SigningError } from '../errors.ts'
import type { UrlParts } from './read-url.ts'
import type { SignOptions } from './sign-options.ts'

/** Hash of no body: most requests have none. */
let emptyHash: string | undefined

const HEX = /^[0-9a-f]{64}$/
const KEYWORD = /^(?:UNSIGNED-PAYLOAD|STREAMING-[A-Z\d-]+)$/

/**
 * The payload hash: the one that the caller gives, checked against the body where there is one, else computed.
 *
 * @param given from the options or the `x-amz-content-sha256` header
 * @throws {@link SigningError} `PAYLOAD_HASH_INVALID`
 */
export function resolvePayloadHash(given: string | undefined, body: Uint8Array | undefined): string {
  if (given && (KEYWORD.test(given) || (!body && HEX.test(given)))) return given
  const known = body?.length ? defaultSha256().hashHex(body) : (emptyHash ??= defaultSha256().hashHex(''))
  if (given === undefined || given === known) return known
  throw new SigningError(
    'PAYLOAD_HASH_INVALID',
    `The payload hash must be that of the body in hex, or ${UNSIGNED_PAYLOAD}`,
  )
}

/**
 * Refuses to leave the body unprotected: unsigned, over a connection that anybody on the way can write to.
 *
 * @throws {@link SigningError} `PAYLOAD_UNSIGNED_OVER_HTTP`
 */
export function assertProtected(
  payloadHash: string,
  { scheme }: UrlParts,
  { allowUnsignedPayloadOverHttp }: SignOptions,
): void {
  if (/[ps]s$/.test(scheme) || allowUnsignedPayloadOverHttp || !payloadHash.includes(UNSIGNED_PAYLOAD)) return
  throw new SigningError(
    'PAYLOAD_UNSIGNED_OVER_HTTP',
    'The payload must be signed; use https or allowUnsignedPayloadOverHttp',
  )
}
