/**
 * Plans the request target: what is sent, what is signed for it, and what the caller should know of it.
 *
 * @module
 */
import { buildCanonicalPath, hasDotSegment, isPlainPath, type PathRules } from '../core/canonical-path.ts'
import { buildCanonicalQuery, isEncodedQuery, sortQuery, type PlusMeaning } from '../core/canonical-query.ts'
import { encodeUnsendable } from '../core/uri-encoding.ts'
import type { SigningWarning } from './http-request.ts'

// In a canonical query equal names stand side by side.
const REPEATED_NAME = /(?:^|&)([^=]*=)[^&]*&\1/

/** Path or query in their two forms: as sent, and as signed. */
export interface PlannedPart {
  readonly wire: string
  readonly canonical: string
}

/**
 * Plans the path. S3 gets the strictly encoded form, which servers that decode and servers that take the path as
 * it stands read alike.
 */
export function planPath(path: string, rules: PathRules, warnings: SigningWarning[]): PlannedPart {
  if (isPlainPath(path)) return { wire: path, canonical: path }
  const sendable = encodeUnsendable(path)
  const canonical = buildCanonicalPath(sendable, rules)
  const wire = rules.pathEncoding === 'single' && !rules.normalizePath ? canonical : sendable
  if (hasDotSegment(wire)) warnings.push('DOT_SEGMENTS')
  return { wire, canonical }
}

/** Plans the query. No `+` is sent raw, since servers read it in two ways. */
export function planQuery(query: string, plus: PlusMeaning, warnings: SigningWarning[]): PlannedPart {
  if (isEncodedQuery(query)) return { wire: query, canonical: sortQuery(query) }
  if (query.includes('+')) warnings.push('PLUS_REWRITTEN')
  const wire = encodeUnsendable(query).replaceAll('+', plus === 'space' ? '%20' : '%2B')
  return { wire, canonical: buildCanonicalQuery(wire, 'plus') }
}

/** Whether a name stands twice in a canonical query. */
export function hasRepeatedName(canonicalQuery: string): boolean {
  return REPEATED_NAME.test(canonicalQuery)
}
