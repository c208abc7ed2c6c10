/**
 * What a request is signed for: flags first, then what the host tells, then the environment. How each was found
 * out is said.
 *
 * @module
 */
import { CountersignError, signRequest, type KeyCredentials } from 'countersign'
import { readProfileRegion } from '../credentials/profile-region.ts'
import type { AnyCredentials } from '../credentials/resolved-credentials.ts'
import { CommandError } from '../frame/command-error.ts'
import type { CredentialFlags, ScopeFlags } from '../frame/options.ts'
import type { Output } from '../frame/output.ts'

/** Signing name and region. */
export interface ResolvedScope {
  readonly service: string
  readonly region: string
}

/** Either half may be unknown. */
interface KnownScope {
  readonly service?: string | undefined
  readonly region?: string | undefined
}

/**
 * Finds service and region, and tells where.
 *
 * @throws {@link CommandError} `SCOPE_UNKNOWN` when neither flags nor host nor environment tell them
 * @throws {@link SigningError} `URL_INVALID`, `HOST_NOT_SIGNABLE`
 */
export async function resolveScope(
  url: string,
  flags: ScopeFlags & Pick<CredentialFlags, 'profile'>,
  credentials: AnyCredentials,
  output: Output,
): Promise<ResolvedScope> {
  const ofKey = (credentials as Partial<KeyCredentials>).signingKey?.scope
  const ofHost = ofKey ?? scopeOfHost(url, flags)
  const service = flags.service ?? ofHost.service
  let region = flags.region ?? ofHost.region
  const origin = ofKey ? 'the signing key' : `host ${hostOf(url)}`
  if (service !== undefined && flags.service === undefined) output.infer('service', service, origin)
  if (region !== undefined && flags.region === undefined) output.infer('region', region, origin)
  region ??= regionOfSurroundings(flags.profile, output)
  if (service !== undefined && region !== undefined) return { service, region }
  throw new CommandError('SCOPE_UNKNOWN', `${hostOf(url)} does not tell ${missing(service, region)}`, {
    why: 'a signature is for one service in one region, and a guess would be refused',
    fix: 'add --service NAME --region NAME',
  })
}

function missing(service: string | undefined, region: string | undefined): string {
  if (service === undefined) return region === undefined ? 'service and region' : 'the service'
  return 'the region, nor does the environment'
}

function allRegions(url: string): CommandError {
  return new CommandError('SCOPE_UNKNOWN', `${hostOf(url)} takes signatures for all regions alone`, {
    why: 'that is SigV4A, which this command does not make',
    fix: 'use a regional host, such as bucket.s3.REGION.amazonaws.com',
  })
}

function hostOf(url: string): string {
  return /^[a-z]+:\/\/(?:[^/?#]*@)?([^/?#]*)/i.exec(url)?.[1] ?? url.split('?')[0] ?? ''
}

/** The library knows the hosts: it is asked what it would sign for, and where that fails, for either half. */
function scopeOfHost(url: string, { service, region }: ScopeFlags): KnownScope {
  if (service !== undefined && region !== undefined) return {}
  return (
    tryScope(url, { service, region }) ?? {
      service: tryScope(url, { region: 'any' })?.service,
      region: tryScope(url, { service: 'any' })?.region,
    }
  )
}

function tryScope(url: string, half: KnownScope): KnownScope | undefined {
  const credentials = { accessKeyId: 'nobody', secretAccessKey: 'nothing' }
  try {
    return signRequest({ method: 'GET', url }, { ...half, credentials }).scope
  } catch (error) {
    const code = error instanceof CountersignError ? error.code : undefined
    if (code === 'SCOPE_UNKNOWN') return undefined
    throw code === 'SIGV4A_REQUIRED' ? allRegions(url) : error
  }
}

function regionOfSurroundings(profile: string | undefined, output: Output): string | undefined {
  for (const name of ['AWS_REGION', 'AWS_DEFAULT_REGION']) {
    const region = process.env[name]
    if (!region) continue
    output.infer('region', region, name)
    return region
  }
  const region = readProfileRegion(profile)
  if (region !== undefined) output.infer('region', region, "the profile in AWS's configuration file")
  return region
}
