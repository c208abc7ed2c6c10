/**
 * Payload hash: the last line of a canonical request, and the value of `x-amz-content-sha256`.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html}
 * @module
 */
import { EMPTY_SHA256, UNSIGNED_PAYLOAD } from '../core/names.ts'
import { defaultSha256 } from '../crypto/default-sha256.ts'
import { SigningError } from '../errors.ts'

const HEX = /^[0-9a-f]{64}$/
const KEYWORD =
  /^(?:UNSIGNED-PAYLOAD|STREAMING-UNSIGNED-PAYLOAD-TRAILER|STREAMING-AWS4-HMAC-SHA256-(?:EVENTS|PAYLOAD(?:-TRAILER)?))$/

/** Hash of a body. */
export function hashPayload(body: Uint8Array | undefined): string {
  return body === undefined || body.length === 0 ? EMPTY_SHA256 : defaultSha256().hashHex(body)
}

/**
 * The payload hash: the one that the caller gives, checked against the body where there is one, else computed.
 *
 * @param given from the options or the `x-amz-content-sha256` header
 * @throws {@link SigningError} `PAYLOAD_HASH_INVALID`
 */
export function resolvePayloadHash(given: string | undefined, body: Uint8Array | undefined): string {
  if (given === undefined) return hashPayload(body)
  if (KEYWORD.test(given)) return given
  if (!HEX.test(given)) {
    throw new SigningError(
      'PAYLOAD_HASH_INVALID',
      `The payload hash must be 64 lower-case hex digits or ${UNSIGNED_PAYLOAD}`,
    )
  }
  if (body !== undefined && hashPayload(body) !== given) {
    throw new SigningError('PAYLOAD_HASH_INVALID', 'The payload hash is not that of the body')
  }
  return given
}

/**
 * Refuses to leave the body unprotected: unsigned, over a connection that anybody on the way can write to.
 *
 * @throws {@link SigningError} `PAYLOAD_UNSIGNED_OVER_HTTP`
 */
export function assertProtected(payloadHash: string, scheme: string, isAllowed: boolean | undefined): void {
  if (!payloadHash.includes('UNSIGNED') || scheme === 'https' || scheme === 'wss' || isAllowed) return
  throw new SigningError(
    'PAYLOAD_UNSIGNED_OVER_HTTP',
    'Over http the payload must be signed; use https or set allowUnsignedPayloadOverHttp',
  )
}
