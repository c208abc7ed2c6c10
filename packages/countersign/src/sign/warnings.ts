/**
 * What a caller should know about a request although it was signed.
 *
 * @module
 */
import { hasDotSegment } from '../core/canonical-path.ts'
import { parseQuery } from '../core/canonical-query.ts'
import type { Credentials, KeyCredentials } from '../credentials/credentials.ts'
import type { SigningWarning } from './http-request.ts'

/** Warnings about credentials, which are used as they are. */
export function credentialWarnings(credentials: Credentials | KeyCredentials): SigningWarning[] {
  const warnings: SigningWarning[] = []
  if (credentials.sessionToken && credentials.accessKeyId.startsWith('AKIA')) {
    warnings.push({
      code: 'TOKEN_WITH_LONG_TERM_KEY',
      message: 'A key id that starts with AKIA belongs to a long-term key, which has no session token',
    })
  }
  const position = 'secretAccessKey' in credentials ? credentials.secretAccessKey.search(/[\s%]/) : -1
  if (position >= 0) {
    warnings.push({
      code: 'SECRET_HAS_ODD_CHARACTERS',
      message: `The secret access key has a blank, a line end or a % at position ${position}; was it copied whole and undecoded?`,
    })
  }
  return warnings
}

/** Warnings about the URL: what was rewritten, and what servers or clients are known to read in two ways. */
export function urlWarnings(path: string, query: string, plusMeans: string, isS3: boolean): SigningWarning[] {
  const warnings: SigningWarning[] = []
  if (query.includes('+')) {
    warnings.push({
      code: 'PLUS_REWRITTEN',
      message: `A + in the query was rewritten as a ${plusMeans}; write %20 or %2B, or set plusInQuery`,
    })
  }
  if (isS3 && hasRepeatedName(query)) {
    warnings.push({
      code: 'DUPLICATE_QUERY_NAMES',
      message: 'A query name stands twice: all are signed, but S3 is reported to use the first only',
    })
  }
  if (hasDotSegment(path)) {
    warnings.push({
      code: 'DOT_SEGMENTS',
      message:
        'The path has dot segments: browsers, fetch and most URL classes take them out, and the signature fails',
    })
  }
  return warnings
}

function hasRepeatedName(query: string): boolean {
  if (!query.includes('&')) return false
  const names = parseQuery(query, 'space').map(([name]) => name)
  return new Set(names).size < names.length
}
