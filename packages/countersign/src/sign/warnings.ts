/**
 * What a caller should know about a request although it was signed.
 *
 * @module
 */
import { hasDotSegment } from '../core/canonical-path.ts'
import { parseQuery } from '../core/canonical-query.ts'
import type { AnyCredentials } from '../credentials/credentials.ts'
import type { SigningWarning } from './http-request.ts'

/** All that applies to a request. */
export function collectWarnings(
  { accessKeyId, secretAccessKey, sessionToken }: AnyCredentials,
  wirePath: string,
  query: string,
  isS3: boolean,
): SigningWarning[] {
  const found: SigningWarning[] = []
  if (sessionToken && accessKeyId.startsWith('AKIA')) found.push('TOKEN_WITH_LONG_TERM_KEY')
  if (secretAccessKey && /[\s%]/.test(secretAccessKey)) found.push('SECRET_HAS_ODD_CHARACTERS')
  if (query.includes('+')) found.push('PLUS_REWRITTEN')
  if (isS3 && hasRepeatedName(query)) found.push('DUPLICATE_QUERY_NAMES')
  if (hasDotSegment(wirePath)) found.push('DOT_SEGMENTS')
  return found
}

function hasRepeatedName(query: string): boolean {
  const names = parseQuery(query, 'space').map(([name]) => name)
  return new Set(names).size < names.length
}
