/**
 * The request as a caller gives it: looked at before anything is read of it, and its body waited for, so that the
 * rest of a signing waits for nothing.
 *
 * @module
 */
import { X_AMZ_CONTENT_SHA256 } from '../core/names.ts'
import { SigningError } from '../errors.ts'
import type { Body, HttpRequest, SignedBody, SyncBody } from '../sign/http-request.ts'
import { isStream, readBody } from '../sign/read-body.ts'
import { headerValue, readHeaders } from '../sign/read-headers.ts'
import { withContentType } from '../sign/sign-any-body.ts'

/**
 * Refuses what is no request at all.
 *
 * @throws {@link SigningError} `OPTION_INVALID`, `HEADER_INVALID`
 */
export function assertRequest(request: HttpRequest): void {
  if (typeof request !== 'object' || request === null) {
    throw new SigningError('OPTION_INVALID', 'A request is an object: { method, url, headers?, body? }')
  }
  const { headers = {} } = request
  if (typeof headers !== 'object') {
    throw new SigningError('HEADER_INVALID', 'Headers are an object, a list of pairs, or Headers')
  }
}

/** A request with its body at hand. */
export interface SettledRequest {
  readonly settled: HttpRequest<SyncBody>
  /** The body, where it is a stream that is sent without having been read. */
  readonly stream?: SignedBody | undefined
}

/**
 * Reads the body once: what is hashed is what is sent.
 *
 * @param isHashGiven whether a stream may stay unread, because its payload hash is known by other means
 * @throws {@link SigningError} `BODY_UNSUPPORTED`
 */
export async function settleBody(request: HttpRequest<Body>, isHashGiven: boolean): Promise<SettledRequest> {
  assertRequest(request)
  // Named one by one: an object with getters, such as a Request, has nothing to spread.
  const { method, url, headers, body } = request
  if (body === undefined || (isStream(body) && (isHashGiven || hasHash(request)))) {
    return { settled: { method, url, headers }, stream: body }
  }
  const { bytes, contentType } = await readBody(body)
  const settled = { method, url, headers, body: bytes }
  return { settled: contentType === undefined ? settled : withContentType(settled, contentType) }
}

function hasHash({ headers }: HttpRequest): boolean {
  return headerValue(readHeaders(headers), X_AMZ_CONTENT_SHA256) !== undefined
}
