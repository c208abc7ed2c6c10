/**
 * Plans the request target: what is sent, and what is signed for it.
 *
 * @module
 */
import { buildCanonicalPath, type PathRules } from '../core/canonical-path.ts'
import type { PlusMeaning } from '../core/canonical-query.ts'
import { encodeUnsendable } from '../core/uri-encoding.ts'
import type { SigningRules } from './sign-options.ts'

/** The two forms of one path. */
export interface PlannedPath {
  readonly wire: string
  readonly canonical: string
}

const PLAIN_PATH = /^[A-Za-z0-9\-._~/]*$/
const PLAIN_QUERY = /^[A-Za-z0-9\-._~=&]*$/

/**
 * Plans the path. S3 gets the strictly encoded form, which servers that decode and servers that take the path as
 * it stands read alike.
 */
export function planPath(path: string, rules: PathRules): PlannedPath {
  const sendable = PLAIN_PATH.test(path) ? path : encodeUnsendable(path)
  const canonical = buildCanonicalPath(sendable, rules)
  return { wire: rules.pathEncoding === 'single' && !rules.normalizePath ? canonical : sendable, canonical }
}

/** The query as it is sent: escaped where it must be, and with no raw `+`, which servers read in two ways. */
export function planQuery(query: string, plus: PlusMeaning): string {
  if (PLAIN_QUERY.test(query)) return query
  return encodeUnsendable(query).replaceAll('+', plus === 'space' ? '%20' : '%2B')
}

/** The path rules in force: the options, else those of the service. */
export function resolvePathRules(rules: PathRules, { normalizePath, pathEncoding }: SigningRules): PathRules {
  if (normalizePath === undefined && pathEncoding === undefined) return rules
  return {
    normalizePath: normalizePath ?? rules.normalizePath,
    pathEncoding: pathEncoding ?? rules.pathEncoding,
  }
}
