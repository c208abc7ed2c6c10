/**
 * What the requests of a route are signed for, as far as its settings and the name of its host tell.
 *
 * @module
 */
import { CountersignError, signRequest } from 'countersign'
import type { RouteSettings } from './route-settings.ts'

/** Signing name and region; either may be unknown. */
export interface RouteScope {
  readonly service?: string | undefined
  readonly region?: string | undefined
}

const NOBODY = { accessKeyId: 'nobody', secretAccessKey: 'nothing' }

/** The host that the requests of a route are signed for; `undefined` where clients name it. */
function signedHost({ upstream, sign }: RouteSettings): string | undefined {
  return sign?.host ?? upstream?.host
}

/**
 * What the name of a host tells.
 *
 * @throws {@link SigningError} `HOST_NOT_SIGNABLE`
 */
export function scopeOfHost(host: string): RouteScope {
  return {
    service: tryScope(host, { region: 'any' }).service,
    region: tryScope(host, { service: 'any' }).region,
  }
}

/** What a route signs for. */
export function scopeOfRoute(route: RouteSettings): RouteScope {
  const { service, region } = route.sign ?? {}
  const host = signedHost(route)
  const known = host === undefined || (service && region) ? {} : scopeOfHost(host)
  return { service: service ?? known.service, region: region?.join(',') ?? known.region }
}

/** The library knows the hosts: it is asked what it would sign for. */
function tryScope(host: string, half: RouteScope): RouteScope {
  try {
    return signRequest({ method: 'GET', url: `https://${host}/` }, { ...half, credentials: NOBODY }).scope
  } catch (error) {
    // The second is the answer for hosts that are signed for in all regions at once, which SigV4A does.
    const isUnknown =
      error instanceof CountersignError && /^(?:SCOPE_UNKNOWN|SIGV4A_REQUIRED)$/.test(error.code)
    if (isUnknown) return {}
    throw error
  }
}
