/**
 * What day, region and service are mistaken for: the names that signers have by default, or by mistake.
 *
 * @module
 */
import { TERMINATOR } from '../../core/credential-scope.ts'
import type { Case } from '../case.ts'
import type { Change } from '../change.ts'

/** Regions, the usual ones. */
export const REGIONS: readonly string[] = [
  'us-east-1',
  'us-west-2',
  'eu-west-1',
  'eu-central-1',
  'ap-northeast-1',
  'ap-southeast-1',
  'auto',
]

/** Signing names of services, the usual ones. */
export const SERVICES: readonly string[] = [
  's3',
  'execute-api',
  'lambda',
  'es',
  'aoss',
  'sts',
  'iam',
  'dynamodb',
  'bedrock',
  'appsync',
]

/** Days that are near a day of a scope; none where that is no day. */
export function otherDays(date: string): string[] {
  const day = new Date(`${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}T00:00:00Z`)
  if (Number.isNaN(day.getTime())) return []
  return [-1, 1, -2, -7].map((days) =>
    new Date(day.getTime() + days * 86_400_000).toISOString().slice(0, 10).replaceAll('-', ''),
  )
}

/**
 * Scopes of SigV4A that stand in the string to sign alone. Nothing for SigV4: there the key goes with the scope.
 *
 * @param rewrite gives the parts between which slashes stand, without the last one
 */
export function scopesInstead(
  { isSigV4A, scopeParts }: Case,
  rewrite: (scope: NonNullable<Case['scopeParts']>) => readonly (readonly string[])[],
): Change[] {
  if (!isSigV4A || !scopeParts) return []
  return rewrite(scopeParts).map((parts) => ({ scope: [...parts, TERMINATOR].join('/') }))
}

/** The regions that a request of SigV4A names. */
export function namedRegions({ request: { claim } }: Case): string[] {
  return claim?.regionSet?.split(/[\s,]+/).filter(Boolean) ?? []
}
