/**
 * The scope must be of the request's own day, and of a service and region that are served here: a signature for
 * another server, or with a key of another day, is no signature for this one.
 *
 * @module
 */
import type { Claim, Mechanism } from '../claim.ts'
import { refuse } from '../refusals.ts'
import type { Check } from './check.ts'

/** The scope's day is that of the request's date. */
export const scopeDate: Check = ({ scope, amzDate, mechanism }) => {
  if (scope.date === amzDate.slice(0, 8)) return undefined
  const facts = { mechanism, scopeDate: scope.date, requestDate: amzDate }
  return refuse('SCOPE_DATE_MISMATCH', `The scope is for ${scope.date}, the request for ${amzDate}`, facts)
}

/** The scope's service is one of those served. */
export const scopeService: Check = ({ scope, mechanism }, { rules: { services } }) =>
  services.includes(scope.service)
    ? undefined
    : wrong('SCOPE_SERVICE_WRONG', 'service', scope.service, services, mechanism)

/** The scope's region, or one of the regions that a signature names in its place, is one of those served. */
export const scopeRegion: Check = (claim, { rules: { regions } }) => {
  if (regions === '*' || regions.some((region) => isSignedFor(claim, region))) return undefined
  const { scope, regionSet = [], mechanism } = claim
  return wrong('SCOPE_REGION_WRONG', 'region', scope.region ?? regionSet.join(','), regions, mechanism)
}

function wrong(
  code: 'SCOPE_SERVICE_WRONG' | 'SCOPE_REGION_WRONG',
  part: string,
  given: string,
  served: readonly string[],
  mechanism: Mechanism,
): ReturnType<Check> {
  const expected = served.join(', ')
  return refuse(code, `Signed for the ${part} ${given}; here is ${expected}`, { mechanism, given, expected })
}

function isSignedFor({ scope, regionSet, algorithm, older }: Claim, region: string): boolean {
  // Versions before 4 name no region: who lists them takes them for any.
  if (older) return true
  if (regionSet === undefined) return scope.region === region
  return algorithm.regionSet?.includes(regionSet, region) ?? false
}
