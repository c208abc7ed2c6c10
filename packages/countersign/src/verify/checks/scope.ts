/**
 * The scope must be of the request's own day, and of a service and region that are served here: a signature for
 * another server, or with a key of another day, is no signature for this one.
 *
 * @module
 */
import type { Claim } from '../claim.ts'
import { refuse } from '../refusals.ts'
import type { Check } from './check.ts'

/** The scope's day is that of the request's date. */
export const scopeDate: Check = {
  name: 'scope date',
  find({ scope, amzDate, mechanism }) {
    if (scope.date === amzDate.slice(0, 8)) return undefined
    const facts = { mechanism, scopeDate: scope.date, requestDate: amzDate }
    return refuse('SCOPE_DATE_MISMATCH', `The scope is for ${scope.date}, the request for ${amzDate}`, facts)
  },
}

/** The scope's service is one of those served. */
export const scopeService: Check = {
  name: 'scope service',
  find({ scope, mechanism }, { rules }) {
    if (rules.services.includes(scope.service)) return undefined
    const facts = { mechanism, given: scope.service, expected: rules.services.join(', ') }
    return refuse(
      'SCOPE_SERVICE_WRONG',
      `Signed for the service ${scope.service}; here is ${facts.expected}`,
      facts,
    )
  },
}

/** The scope's region, or one of the regions that a signature names in its place, is one of those served. */
export const scopeRegion: Check = {
  name: 'scope region',
  find(claim, { rules: { regions } }) {
    if (regions === '*' || regions.some((region) => isSignedFor(claim, region))) return undefined
    const { scope, regionSet = [], mechanism } = claim
    const facts = { mechanism, given: scope.region ?? regionSet.join(','), expected: regions.join(', ') }
    return refuse(
      'SCOPE_REGION_WRONG',
      `Signed for the region ${facts.given}; here is ${facts.expected}`,
      facts,
    )
  },
}

function isSignedFor({ scope, regionSet, algorithm, older }: Claim, region: string): boolean {
  // Versions before 4 name no region: who lists them takes them for any.
  if (older) return true
  if (regionSet === undefined) return scope.region === region
  return algorithm.regionSet?.includes(regionSet, region) ?? false
}
