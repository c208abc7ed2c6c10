/**
 * What a caller should know about a request although it was signed.
 *
 * @module
 */
import { hasDotSegment } from '../core/canonical-path.ts'
import { parseQuery } from '../core/canonical-query.ts'
import type { SigningWarning } from './http-request.ts'
import type { SignOptions } from './sign-options.ts'

const NONE: readonly SigningWarning[] = Object.freeze([])
const ODD = /[\s%]/

/** All that applies to a request. */
export function collectWarnings(
  { credentials }: SignOptions,
  wirePath: string,
  query: string,
  isS3: boolean,
): readonly SigningWarning[] {
  const found: (SigningWarning | false | '' | undefined)[] = [
    credentials.sessionToken && credentials.accessKeyId.startsWith('AKIA') && 'TOKEN_WITH_LONG_TERM_KEY',
    'secretAccessKey' in credentials && ODD.test(credentials.secretAccessKey) && 'SECRET_HAS_ODD_CHARACTERS',
    query.includes('+') && 'PLUS_REWRITTEN',
    isS3 && hasRepeatedName(query) && 'DUPLICATE_QUERY_NAMES',
    hasDotSegment(wirePath) && 'DOT_SEGMENTS',
  ]
  return found.some(Boolean) ? found.filter((code) => typeof code === 'string' && code !== '') : NONE
}

function hasRepeatedName(query: string): boolean {
  if (!query.includes('&')) return false
  const names = parseQuery(query, 'space').map(([name]) => name)
  return new Set(names).size < names.length
}
