/**
 * Canonical path: what stands between method and query in a canonical request. S3 decodes the path
 * once and encodes it strictly (`/a%7Eb` → `/a~b`); all others tidy it up and encode it again
 * (`/a%20b` → `/a%2520b`).
 *
 * @see {@link https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html}
 * @module
 */
import { decodeUri, encodeUriPath } from './uri-encoding.ts'

/** How a path is encoded: `single` as S3 does, `double` as the others do, `verbatim` for servers that do neither. */
export type PathEncoding = 'single' | 'double' | 'verbatim'

/** The two choices that make a canonical path. */
export interface PathRules {
  /** Whether `.` and `..` segments and repeated slashes are taken out first. */
  readonly normalizePath: boolean
  readonly pathEncoding: PathEncoding
}

// No segment of it is empty or begins with a dot.
const PLAIN = /^(?:\/[\w~-][\w.~-]*)*\/?$/
const DOT_SEGMENT = /\/(?:\.|%2e){1,2}(?:\/|$)/i

/** Whether there is nothing to tidy up or to encode in a path, whatever the rules. Most paths are such. */
export function isPlainPath(path: string): boolean {
  return PLAIN.test(path)
}

/** Whether a URL class would take a segment out of this path: `.`, `..` or one of them with `%2e`. */
export function hasDotSegment(path: string): boolean {
  return DOT_SEGMENT.test(path)
}

/**
 * Takes out `.` and `..` segments and repeated slashes, never above the root. The result ends in a slash only
 * if the input does: `/a/b/.` is `/a/b`, not `/a/b/` as in RFC 3986.
 */
export function normalizePath(path: string): string {
  const kept: string[] = []
  for (const segment of path.split('/')) {
    if (segment === '..') kept.pop()
    else if (segment !== '' && segment !== '.') kept.push(segment)
  }
  const end = kept.length > 0 && path.endsWith('/') ? '/' : ''
  return '/' + kept.join('/') + end
}

/**
 * Builds the canonical path from the path on the wire.
 *
 * @param path raw path as a byte string, without the query; empty means `/`
 */
export function buildCanonicalPath(path: string, rules: PathRules): string {
  if (isPlainPath(path)) return path || '/'
  const tidy = rules.normalizePath ? normalizePath(path) : path
  if (rules.pathEncoding === 'verbatim') return tidy
  return encodeUriPath(rules.pathEncoding === 'single' ? decodeUri(tidy) : tidy)
}
