/**
 * Where a redirect leads, and whether to go there: a request is signed again for the same host, or for the same
 * bucket of S3 in its own region. Neither token nor signature goes anywhere else by itself.
 *
 * @module
 */
import { bytesOfText } from '../../core/bytes.ts'
import { regionalUrl, sameBucket } from './s3-places.ts'

/** A request that got a redirect for an answer. */
export interface RedirectedRequest {
  readonly url: string
  readonly method: string
  /** Whether the method stays, whatever the number of the redirect says. */
  readonly isMethodGiven?: boolean | undefined
  readonly service: string
}

/** What decides about a redirect. */
export interface RedirectingAnswer {
  readonly status: number
  /** The header, as it came. */
  readonly location: string | undefined
  /** Where S3 says that the bucket is. */
  readonly region: string | undefined
}

/** The request to send next. */
export interface Hop {
  readonly url: string
  readonly method: string
  readonly keepsBody: boolean
  /** Where S3 says that the bucket is. */
  readonly region: string | undefined
}

/** What follows from an answer. */
export type NextStep =
  | { readonly kind: 'done' }
  | { readonly kind: 'follow'; readonly hop: Hop }
  | { readonly kind: 'refused'; readonly to: string; readonly reason: string }

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

/**
 * Reads a redirect.
 *
 * @param isTrusted whether any host may have the request
 */
export function resolveRedirect(
  request: RedirectedRequest,
  answer: RedirectingAnswer,
  isTrusted = false,
): NextStep {
  const { status, location } = answer
  if (!REDIRECTS.has(status)) return { kind: 'done' }
  const region = request.service === 's3' ? answer.region : undefined
  const url = readLocation(request.url, location) ?? regionalUrl(request.url, region)
  if (url === undefined) return { kind: 'refused', to: 'nowhere', reason: 'the answer names no place' }
  const reason = isTrusted ? undefined : reasonAgainst(request, url)
  if (reason !== undefined) return { kind: 'refused', to: originOf(url)?.host ?? 'nowhere', reason }
  // S3 wants the same again at the right place, whatever the number says.
  const isSame =
    region !== undefined || request.isMethodGiven || status >= 307 || !changesToGet(status, request.method)
  const method = isSame ? request.method : 'GET'
  return { kind: 'follow', hop: { url, method, keepsBody: isSame, region } }
}

function changesToGet(status: number, method: string): boolean {
  return status === 303 ? method !== 'HEAD' : method === 'POST'
}

/** The place that `Location` names, in its own spelling: no class for URLs gets to tidy the path up. */
function readLocation(base: string, header: string | undefined): string | undefined {
  if (!header) return undefined
  const isLatin1 = /^[\0-\xff]*$/.test(header)
  const location = (isLatin1 ? new TextDecoder().decode(bytesOfText(header)) : header).trim()
  const [, scheme = '', authority = '', path = ''] = /^([a-z]+:)(\/\/[^/?#]*)([^?#]*)/i.exec(base) ?? []
  if (/^[a-z][\w+.-]*:/i.test(location)) return location
  if (location.startsWith('//')) return scheme + location
  if (location.startsWith('/')) return scheme + authority + location
  if (location.startsWith('?')) return scheme + authority + path + location
  return scheme + authority + path.replace(/[^/]*$/, '').replace(/^$/, '/') + location
}

function originOf(url: string): URL | undefined {
  const origin = /^https?:\/\/[^/?#]*/i.exec(url)?.[0] ?? ''
  return URL.canParse(origin) ? new URL(origin) : undefined
}

function reasonAgainst(request: RedirectedRequest, url: string): string | undefined {
  const [from, to] = [originOf(request.url), originOf(url)]
  if (!from || !to) return 'it is no http URL'
  if (from.protocol === 'https:' && to.protocol === 'http:') return 'it leaves https'
  const isUpgrade = from.protocol !== to.protocol && from.port === '' && to.port === ''
  if (from.host === to.host && (from.protocol === to.protocol || isUpgrade)) return undefined
  const isSameBucket = request.service === 's3' && from.port === to.port && sameBucket(request.url, url)
  return isSameBucket ? undefined : 'it is another host, which must not get the token or a signature'
}
