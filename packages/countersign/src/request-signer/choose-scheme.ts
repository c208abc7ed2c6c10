/**
 * Chooses the kind of authentication that a request wants. The order is: what the caller names, the operation, the
 * endpoint's rules, the regions, the service and its host.
 *
 * @module
 */
import type { HostScope } from '../core/service-hosts.ts'
import type { UrlParts } from '../sign/read-url.ts'
import { isSessionRequest, readDirectoryBucket } from '../sign/s3-express-bucket.ts'
import { chooseOfEndpoint, choosePreferred, type SchemeChoice } from './auth-schemes.ts'
import { takesNoAuthentication } from './operations.ts'
import type { RequestRules } from './request-rules.ts'
import { findScheme, readScheme, type SchemeName } from './scheme-names.ts'

/** What a choice depends on. */
export interface SchemeFacts {
  readonly url: UrlParts
  /** Those of the signer and of the request in one. */
  readonly rules: RequestRules
  /** What the host tells. */
  readonly host: HostScope | undefined
  /** Kinds that were passed in. */
  readonly available: ReadonlySet<SchemeName>
}

/** Services whose models name another kind than SigV4. */
const SCHEMES: ReadonlyMap<string, SchemeName> = new Map([
  ['codecatalyst', 'bearer'],
  ['importexport', 'sigv2'],
  ['sdb', 'sigv2'],
])

/**
 * Chooses.
 *
 * @throws {@link SigningError} `AUTH_SCHEME_UNKNOWN`
 */
export function chooseScheme(facts: SchemeFacts): SchemeChoice {
  const { rules, host } = facts
  const { scheme: given, operation, authSchemes, schemePreference } = rules
  const service = rules.service ?? host?.service
  if (given !== undefined) {
    const scheme = readScheme(given)
    const endpoint = authSchemes?.find(({ name }) => findScheme(name) === scheme)
    return { scheme, reason: 'given as scheme', endpoint }
  }
  if (operation !== undefined && takesNoAuthentication(service, operation)) {
    return { scheme: 'none', reason: `${operation} takes no authentication` }
  }
  if (authSchemes) return chooseOfEndpoint(authSchemes, schemePreference)
  return ofRegions(rules.region) ?? ofHost(facts, service) ?? ofService(facts, service)
}

/** Whether a region is a set of several, which SigV4A alone can sign for. */
export function isRegionSet(region: RequestRules['region']): boolean {
  return /[*,]/.test(String(region ?? '')) || typeof region === 'object'
}

function ofRegions(region: RequestRules['region']): SchemeChoice | undefined {
  return isRegionSet(region) ? { scheme: 'sigv4a', reason: 'region is a set of regions' } : undefined
}

function ofHost({ url, host }: SchemeFacts, service: string | undefined): SchemeChoice | undefined {
  if (host?.region === '*') return { scheme: 'sigv4a', reason: `${host.reason} is for all regions` }
  if (service !== 's3express') return undefined
  const bucket = readDirectoryBucket(url)
  if (!bucket) return { scheme: 'sigv4', reason: 'what is not in a directory bucket has no session' }
  return isSessionRequest(url, bucket)
    ? { scheme: 'sigv4', reason: 'CreateSession is signed with the credentials themselves' }
    : { scheme: 'sigv4-s3express', reason: `${bucket.name} is a directory bucket` }
}

function ofService({ rules, available }: SchemeFacts, service: string | undefined): SchemeChoice {
  const own = service && SCHEMES.get(service)
  if (own) return { scheme: own, reason: `${service} takes nothing else` }
  const usual: SchemeChoice = { scheme: 'sigv4', reason: 'as all services by default' }
  // Bedrock's API keys are the one token that takes the place of credentials wherever there is one.
  const token: SchemeChoice = { scheme: 'bearer', reason: 'bedrock takes bearer tokens, and one was given' }
  const offered = service === 'bedrock' && available.has('bearer') ? [token, usual] : [usual]
  return choosePreferred(offered, rules.schemePreference) ?? usual
}
