/**
 * Plans the request target: what is sent, and what is signed for it.
 *
 * @module
 */
import { buildCanonicalPath, isPlainPath, type PathRules } from '../core/canonical-path.ts'
import type { PlusMeaning } from '../core/canonical-query.ts'
import { encodeUnsendable } from '../core/uri-encoding.ts'

const PLAIN_QUERY = /^[\w.~=&-]*$/

/**
 * The path as it is sent, and as it is signed. S3 gets the strictly encoded form, which servers that decode and
 * servers that take the path as it stands read alike.
 */
export function planPath(path: string, rules: PathRules): [wire: string, canonical: string] {
  if (isPlainPath(path)) return [path, path]
  const sendable = encodeUnsendable(path)
  const canonical = buildCanonicalPath(sendable, rules)
  return [rules.pathEncoding === 'single' && !rules.normalizePath ? canonical : sendable, canonical]
}

/** The query as it is sent: escaped where it must be, and with no raw `+`, which servers read in two ways. */
export function planQuery(query: string, plus: PlusMeaning): string {
  if (PLAIN_QUERY.test(query)) return query
  return encodeUnsendable(query).replaceAll('+', plus === 'space' ? '%20' : '%2B')
}
