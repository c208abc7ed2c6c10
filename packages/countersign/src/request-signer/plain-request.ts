/**
 * Makes requests ready that carry no signature: those with a bearer token, and those with nothing.
 *
 * @module
 */
import type { Header } from '../core/canonical-headers.ts'
import { encodeUnsendable } from '../core/uri-encoding.ts'
import { SigningError } from '../errors.ts'
import type { Body, HttpRequest, SignedBody, SignedRequest, SigningSteps } from '../sign/http-request.ts'
import { readMethod, resolveHost } from '../sign/plan-request.ts'
import { isStream, readBody } from '../sign/read-body.ts'
import { readHeaders } from '../sign/read-headers.ts'
import { readUrl } from '../sign/read-url.ts'
import { withContentType } from '../sign/sign-any-body.ts'

/** What is left of an earlier signature. */
const OF_SIGNATURE: ReadonlySet<string> = new Set([
  'x-amz-content-sha256',
  'x-amz-date',
  'x-amz-region-set',
  'x-amz-s3session-token',
  'x-amz-security-token',
  'x-amzn-authorization',
])
const SIGNED_URL = /(?:^|&)(?:X-Amz-(?:Algorithm|Credential|Signature)|AWSAccessKeyId)=/i

/** The steps of a signing that did not take place. */
export const NO_STEPS: SigningSteps = {
  canonicalRequest: '',
  stringToSign: '',
  signature: '',
  scope: { date: '', service: '' },
  signedHeaders: [],
  warnings: [],
}

/** A request as it is sent, but for its body. */
export type PlainHead = Pick<SignedRequest, 'method' | 'url' | 'headers'>

/**
 * The head of a request.
 *
 * @param authorization takes the place of the request's own; without it, that stays unless it is a signature
 * @throws {@link SigningError} `URL_ALREADY_SIGNED`, since one request has one proof of who sends it
 */
export function planPlain(request: HttpRequest<unknown>, authorization?: string): PlainHead {
  const { scheme, host: ownHost, path, query } = readUrl(request.url)
  if (SIGNED_URL.test(query)) {
    throw new SigningError('URL_ALREADY_SIGNED', 'The URL is presigned; give one without X-Amz-Signature')
  }
  const given = readHeaders(request.headers)
  const kept = given.filter((header) => isKept(header, authorization !== undefined))
  const own: Header[] = authorization === undefined ? [] : [['authorization', authorization]]
  return {
    method: readMethod(request.method),
    url: `${scheme}://${ownHost}${encodeUnsendable(path)}${query && '?'}${encodeUnsendable(query)}`,
    headers: [['host', resolveHost(given) ?? ownHost], ...kept, ...own],
  }
}

function isKept([name, value]: Header, isReplaced: boolean): boolean {
  if (name === 'authorization') return !isReplaced && !/^AWS/i.test(value)
  return name !== 'host' && !OF_SIGNATURE.has(name)
}

/** A request as it is sent, with the bytes of its body; a stream is passed on. */
export async function sendPlain(
  request: HttpRequest<Body>,
  authorization?: string,
): Promise<SignedRequest<SignedBody>> {
  const { body } = request
  if (body !== undefined && isStream(body)) return { ...planPlain(request, authorization), body, ...NO_STEPS }
  const { bytes, contentType } = await readBody(body)
  const typed = contentType === undefined ? request : withContentType(request, contentType)
  return { ...planPlain(typed, authorization), ...(bytes && { body: bytes }), ...NO_STEPS }
}
