/**
 * What causes in the path have in common.
 *
 * @module
 */
import { decodeUri, encodeUriPath } from '../../core/uri-encoding.ts'
import type { Case } from '../case.ts'
import type { Change } from '../change.ts'

/** Paths as changes, without those that change nothing. */
export function paths(received: string, ...variants: readonly string[]): Change[] {
  return [...new Set(variants)].filter((path) => path !== received).map((path) => ({ path }))
}

/** Whether the service encodes a path once, as S3 does. */
export function isSingle({ rules }: Case): boolean {
  return rules.pathEncoding === 'single'
}

/**
 * The path on the wire that a server made a canonical path of. Where the path that was given makes another one, it is
 * not what arrived, and the server's own tells what did.
 */
export function rawPath(received: string, evidence: Case): string {
  const { arrived, canonical } = evidence
  if (canonical.path === received) return arrived.path
  return isSingle(evidence) ? received : decodeUri(received)
}

/** Parameters that a signer puts into a URL; it will do so anew. */
const SIGNING = /^X-Amz-(?:Algorithm|Credential|Date|Expires|SignedHeaders|Security-Token|Signature)=/i

/** The request's target with another path, and without a signature or token. */
export function targetWith({ request }: Case, path: string): string {
  const query = request.query
    .split('&')
    .filter((pair) => !SIGNING.test(pair))
    .join('&')
  return query === '' ? path : `${path}?${query}`
}

/** A canonical path with the bytes that it stands for rewritten. */
export function recode(path: string, evidence: Case, rewrite: (bytes: string) => string): string {
  if (isSingle(evidence)) return encodeUriPath(rewrite(decodeUri(path)))
  return encodeUriPath(encodeUriPath(rewrite(decodeUri(decodeUri(path)))))
}
