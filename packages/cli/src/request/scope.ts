/**
 * What a request is signed for: flags first, then what the host tells, then the environment. How each was found
 * out is said.
 *
 * @module
 */
import type { CredentialScope, KeyCredentials, SignatureAlgorithm } from 'countersign'
import { readProfileRegion } from '../credentials/profile-region.ts'
import type { AnyCredentials } from '../credentials/resolved-credentials.ts'
import { CommandError } from '../frame/command-error.ts'
import type { Configured, CredentialFlags, OlderName, ScopeFlags } from '../frame/options.ts'
import type { Output } from '../frame/output.ts'
import { isOlder, resolveAlgorithm } from './algorithm.ts'
import { scopeOfHost, type KnownScope } from './host-scope.ts'
import type { Inferred } from './pin.ts'
import { assertScheme, authorityOf } from './url-parts.ts'

/** Signing name and region, in the form of options of a signing. */
export interface ResolvedScope {
  readonly service: string
  /** Of SigV4A a set: `us-east-1,eu-*`, or `*`. */
  readonly region: string
  /** SigV4 unless it is there. */
  readonly algorithm?: SignatureAlgorithm
  /** What came before version 4, which has no region and signs in another way. */
  readonly older?: OlderName
  /** What takes the place of a signature with the credentials themselves. */
  readonly scheme?: 'bearer' | 's3express'
}

/**
 * Finds service and region, and tells where.
 *
 * @throws {@link CommandError} `SCOPE_UNKNOWN` when neither flags nor host nor environment tell them; what a lock file has
 *   against it
 * @throws {@link SigningError} `URL_INVALID`, `HOST_NOT_SIGNABLE`
 */
export async function resolveScope(
  url: string,
  flags: ScopeFlags & Pick<CredentialFlags, 'profile'>,
  credentials: AnyCredentials,
  output: Output,
): Promise<ResolvedScope> {
  assertScheme(url)
  if (flags.pin === undefined || isOlder(flags.algorithm)) {
    assertPinned(flags)
    return assertWhole(url, await inferScope(url, flags, credentials, output))
  }
  const inferred: Inferred[] = []
  const listener: Output = {
    ...output,
    infer(what, value, from) {
      if (what === 'service' || what === 'region') inferred.push({ what, value, from })
      output.infer(what, value, from)
    },
  }
  const found = await inferScope(url, flags, credentials, listener)
  if (flags.algorithm === undefined) inferred.push(inferredAlgorithm(url, flags, found))
  const { holdToPin } = await import('./pin.ts')
  const isUpdated = flags.updatePin === true
  const pinned = holdToPin(flags.pin, pinnedHost(url, found), inferred, { isUpdated, output })
  const fill = (what: 'service' | 'region'): string | undefined => {
    if (found[what] === undefined && pinned[what] !== undefined)
      output.infer(what, pinned[what], flags.pin ?? '')
    return found[what] ?? pinned[what]
  }
  return assertWhole(url, { ...found, service: fill('service'), region: fill('region') })
}

function assertPinned({ pin, updatePin }: ScopeFlags): void {
  if (pin !== undefined || !updatePin) return
  throw new CommandError('USAGE', '--update-pin needs --pin', {
    why: 'nothing says which file is written anew',
    fix: 'add --pin FILE',
  })
}

function inferredAlgorithm(url: string, { regionSet }: ScopeFlags, { algorithm }: FoundScope): Inferred {
  const from = regionSet === undefined ? `host ${authorityOf(url)}` : '--region-set'
  return { what: 'algorithm', value: algorithm ? 'v4a' : 'v4', from }
}

/** AWS IoT has two services on one host. */
function pinnedHost(url: string, { service }: FoundScope): string {
  return authorityOf(url).toLowerCase() + (service === 'iotdevicegateway' ? '/mqtt' : '')
}

/** What there is of a scope: neither flags nor host nor environment may tell a half of it. */
type FoundScope = Omit<ResolvedScope, 'service' | 'region'> & KnownScope

function assertWhole(url: string, { service, region, ...rest }: FoundScope): ResolvedScope {
  if (service !== undefined && region !== undefined) return { service, region, ...rest }
  throw new CommandError('SCOPE_UNKNOWN', `${authorityOf(url)} does not tell ${missing(service, region)}`, {
    why: 'a signature is for one service in one region, and a guess would be refused',
    fix: service === undefined ? 'add --service NAME --region NAME' : 'add --region NAME',
  })
}

async function inferScope(
  url: string,
  flags: ScopeFlags & Pick<CredentialFlags, 'profile'>,
  credentials: AnyCredentials,
  output: Output,
): Promise<FoundScope> {
  const given = { service: flags.service, region: readRegions(flags) }
  const algorithm = await resolveAlgorithm(url, flags, output)
  if (isOlder(flags.algorithm))
    return { service: SERVICE_OF[flags.algorithm], region: '', older: flags.algorithm }
  const ofKey = (credentials as Partial<KeyCredentials>).signingKey?.scope
  const ofHost = ofKey ?? scopeOfHost(url, given, algorithm)
  let service = given.service ?? ofHost.service
  let region = given.region ?? ofHost.region
  const origin = ofKey ? 'the signing key' : `host ${authorityOf(url)}`
  if (service !== undefined && given.service === undefined) output.infer('service', service, origin)
  if (region !== undefined && given.region === undefined) output.infer('region', region, origin)
  service ??= tellConfigured('service', flags.configuredService, output)
  region ??= regionOfSurroundings(flags, output)
  return {
    ...(service !== undefined && { service }),
    ...(region !== undefined && { region }),
    ...(algorithm && { algorithm }),
  }
}

const SERVICE_OF: Readonly<Record<OlderName, string>> = { s3v2: 's3', v2: 'any', v3: 'any' }

/** A scope as the string to sign spells it, without its end. That of SigV4A has no region. */
export function formatScope({ date, region, service }: CredentialScope): string {
  return region === undefined ? `${date}/${service}` : `${date}/${region}/${service}`
}

function readRegions({ region, regionSet }: ScopeFlags): string | undefined {
  if (region === undefined || regionSet === undefined) return regionSet ?? region
  throw new CommandError('USAGE', '--region and --region-set both name the regions', {
    why: 'a signature has one region, or a set of them',
    fix: 'give one of them',
  })
}

function missing(service: string | undefined, region: string | undefined): string {
  if (service === undefined) return region === undefined ? 'service and region' : 'the service'
  return 'the region, nor does the environment'
}

/** What a file of the configuration says, and that it does. */
function tellConfigured(
  what: string,
  configured: Configured | undefined,
  output: Output,
): string | undefined {
  if (configured) output.infer(what, configured.value, configured.from)
  return configured?.value
}

function regionOfSurroundings(
  { profile, configuredRegion }: ScopeFlags & Pick<CredentialFlags, 'profile'>,
  output: Output,
): string | undefined {
  for (const name of ['AWS_REGION', 'AWS_DEFAULT_REGION']) {
    const region = process.env[name]
    if (!region) continue
    output.infer('region', region, name)
    return region
  }
  const configured = tellConfigured('region', configuredRegion, output)
  if (configured !== undefined) return configured
  const region = readProfileRegion(profile)
  if (region !== undefined) output.infer('region', region, "the profile in AWS's configuration file")
  return region
}
