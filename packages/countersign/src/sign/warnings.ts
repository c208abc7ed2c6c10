/**
 * What a caller should know about a request although it was signed.
 *
 * @module
 */
import { hasDotSegment } from '../core/canonical-path.ts'
import { parseQuery } from '../core/canonical-query.ts'
import type { ServiceRules } from '../core/service-rules.ts'
import type { SigningWarning } from './http-request.ts'
import type { SignOptions } from './sign-options.ts'

const ODD = /[\s%]/

const NONE: readonly SigningWarning[] = Object.freeze([])

const TEXTS = {
  TOKEN_WITH_LONG_TERM_KEY: 'A key id that starts with AKIA belongs to a long-term key, which has no session token',
  SECRET_HAS_ODD_CHARACTERS: 'The secret access key has a blank, a line end or a %; was it copied whole and undecoded?',
  PLUS_REWRITTEN: 'A raw + in the query was rewritten; write %20 or %2B, or set plusInQuery',
  DUPLICATE_QUERY_NAMES: 'A query name stands twice: all are signed, but S3 is reported to use the first only',
  DOT_SEGMENTS: 'The path has dot segments: fetch and most URL classes take them out, and the signature fails',
} as const

/** All that applies to a request. */
export function collectWarnings(
  { credentials }: SignOptions,
  wirePath: string,
  query: string,
  rules: ServiceRules,
): readonly SigningWarning[] {
  const codes: (keyof typeof TEXTS)[] = []
  if (credentials.sessionToken && credentials.accessKeyId.startsWith('AKIA')) codes.push('TOKEN_WITH_LONG_TERM_KEY')
  if ('secretAccessKey' in credentials && ODD.test(credentials.secretAccessKey)) codes.push('SECRET_HAS_ODD_CHARACTERS')
  if (query.includes('+')) codes.push('PLUS_REWRITTEN')
  if (rules.plusInQuery === 'space' && hasRepeatedName(query)) codes.push('DUPLICATE_QUERY_NAMES')
  if (hasDotSegment(wirePath)) codes.push('DOT_SEGMENTS')
  return codes.length === 0 ? NONE : codes.map((code) => ({ code, message: TEXTS[code] }))
}

function hasRepeatedName(query: string): boolean {
  if (!query.includes('&')) return false
  const names = parseQuery(query, 'space').map(([name]) => name)
  return new Set(names).size < names.length
}
