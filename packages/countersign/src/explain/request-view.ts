/**
 * A request in the parts that a signature is made of, and its canonical request by the rules of its service.
 *
 * @module
 */
import { canonicalHeaderValue, type Header } from '../core/canonical-headers.ts'
import { buildCanonicalPath } from '../core/canonical-path.ts'
import { buildCanonicalQuery, formatCanonicalQuery, parseQuery } from '../core/canonical-query.ts'
import { EMPTY_SHA256, QUERY, UNSIGNED_PAYLOAD, X_AMZ_CONTENT_SHA256 } from '../core/names.ts'
import type { ServiceRules } from '../core/service-rules.ts'
import { defaultSha256 } from '../crypto/default-sha256.ts'
import { byteString, type CanonicalParts } from './canonical-parts.ts'
import type { ObservedRequest } from './evidence.ts'
import { firstValue, readSignatureClaim, type SignatureClaim } from './signature-claim.ts'

/** A request, split up. All text is byte strings. */
export interface RequestView {
  readonly method: string
  /** Raw, as it stands in the target. */
  readonly path: string
  /** Raw, without `?`. */
  readonly query: string
  /** Whether the target has a `?`. */
  readonly hasQuery: boolean
  /** `http://host` in front of the path; empty where the target is a path, as it should be. */
  readonly origin: string
  /** Names in lower case, in the order of the message; `:authority` is `host`. */
  readonly headers: readonly Header[]
  readonly body: Uint8Array | undefined
  readonly protocol: 'http' | 'https' | undefined
  readonly claim: SignatureClaim | undefined
}

const TARGET = /^(https?:\/\/[^/?]*)?([^?]*)(\?(.*))?$/is

/** Splits a request up. */
export function viewRequest(request: ObservedRequest): RequestView {
  const [, origin = '', path = '', mark = '', query = ''] = TARGET.exec(byteString(request.target)) ?? []
  const headers = request.headers.map(([name, value]): Header => [
    lowerName(byteString(name)),
    byteString(value),
  ])
  const { host } = request
  if (host && !headers.some(([name]) => name === 'host')) headers.push(['host', host])
  return {
    method: request.method,
    path,
    query,
    hasQuery: mark !== '',
    origin,
    headers,
    body: request.body,
    protocol: request.protocol,
    claim: readSignatureClaim(headers, query),
  }
}

function lowerName(name: string): string {
  const lower = name.toLowerCase()
  return lower === ':authority' ? 'host' : lower
}

/** The names that were signed: those of the list, or of a request without one, those that most signers take. */
function namesSigned({ claim, headers }: RequestView): string[] {
  if (claim?.signedHeaders) return claim.signedHeaders.split(';')
  const usual = headers.filter(([name]) => /^(?:host|content-type|content-md5|x-amz-.+)$/.test(name))
  return [...new Set(usual.map(([name]) => name))].toSorted()
}

/** What a server makes of a request. */
export function canonicalize(view: RequestView, rules: ServiceRules): CanonicalParts {
  const names = namesSigned(view)
  return {
    method: view.method,
    path: buildCanonicalPath(view.path, rules),
    query: canonicalQueryOf(view, rules),
    headers: headerLines(view.headers, names),
    signedHeaders: names.join(';'),
    payloadHash: payloadHashOf(view, rules),
  }
}

/** The lines of the headers that are named and there. */
function headerLines(headers: readonly Header[], names: readonly string[]): Header[] {
  return names.flatMap((name): Header[] => {
    const values = headers
      .filter((header) => header[0] === name)
      .map(([, value]) => canonicalHeaderValue(value))
    return values.length > 0 ? [[name, values.join(',')]] : []
  })
}

function canonicalQueryOf({ query, claim }: RequestView, rules: ServiceRules): string {
  if (claim?.mechanism !== 'query') return buildCanonicalQuery(query, rules.plusInQuery)
  return formatCanonicalQuery(
    parseQuery(query, rules.plusInQuery).filter(
      ([name]) =>
        name !== QUERY.signature && (name !== QUERY.securityToken || rules.tokenPlacement === 'signed'),
    ),
  )
}

/** The last line: what the request says about its payload, or the hash of its body. */
function payloadHashOf({ headers, query, claim, body }: RequestView, rules: ServiceRules): string {
  const header = firstValue(headers, X_AMZ_CONTENT_SHA256)
  if (claim?.mechanism !== 'query') return header || hashOf(body)
  const parameter = parseQuery(query, 'plus').find(([name]) => name === QUERY.contentSha256)?.[1]
  const isSigned = claim.signedHeaders.split(';').includes(X_AMZ_CONTENT_SHA256)
  const told = parameter ?? (isSigned ? header : '')
  return told || (rules.unsignedPayload ? UNSIGNED_PAYLOAD : hashOf(body))
}

function hashOf(body: Uint8Array | undefined): string {
  return body === undefined || body.length === 0 ? EMPTY_SHA256 : defaultSha256().hashHex(body)
}
