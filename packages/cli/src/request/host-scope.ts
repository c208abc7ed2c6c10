/**
 * What the library would sign a URL for. It knows the hosts, and is asked by signing a request of nobody's.
 *
 * @module
 */
import { CountersignError, signRequest, type SignatureAlgorithm } from 'countersign'
import { authorityOf } from './url-parts.ts'

/** Either half may be unknown. */
export interface KnownScope {
  readonly service?: string | undefined
  readonly region?: string | undefined
}

interface Guess {
  readonly url: string
  readonly scope?: KnownScope
  readonly error?: unknown
}

/** Of the last URL: its host is asked about more than once, and the patterns of hosts take a while to compile. */
let last: Guess | undefined

/** What a host needs SigV4A for: it is refused with SigV4. */
export function hostThatNeedsSigV4A(url: string): string | undefined {
  const { error } = guess(url)
  const isNeeded = error instanceof CountersignError && error.code === 'SIGV4A_REQUIRED'
  // All else is told when the request itself is signed.
  return isNeeded ? `host ${authorityOf(url)}` : undefined
}

/** Asks for what is not given, and where the host does not tell both, for either half. */
export function scopeOfHost(
  url: string,
  given: KnownScope,
  algorithm: SignatureAlgorithm | undefined,
): KnownScope {
  const isGiven = { service: given.service !== undefined, region: given.region !== undefined }
  if (isGiven.service && isGiven.region) return {}
  const isPlain = !isGiven.service && !isGiven.region && algorithm === undefined
  const scope = isPlain ? guess(url).scope : undefined
  return (
    scope ??
    tryScope(url, given, algorithm) ?? {
      service: tryScope(url, { region: 'any' }, algorithm)?.service,
      region: tryScope(url, { service: 'any' }, algorithm)?.region,
    }
  )
}

/** What SigV4 would be for, or the error. */
function guess(url: string): Guess {
  if (last?.url !== url) {
    try {
      last = { url, scope: signForNobody(url, {}) }
    } catch (error) {
      last = { url, error }
    }
  }
  return last
}

function tryScope(
  url: string,
  half: KnownScope,
  algorithm: SignatureAlgorithm | undefined,
): KnownScope | undefined {
  try {
    return signForNobody(url, { ...half, algorithm })
  } catch (error) {
    if (error instanceof CountersignError && error.code === 'SCOPE_UNKNOWN') return undefined
    throw error
  }
}

function signForNobody(
  url: string,
  options: KnownScope & { readonly algorithm?: SignatureAlgorithm | undefined },
): KnownScope {
  const credentials = { accessKeyId: 'nobody', secretAccessKey: 'nothing' }
  const { scope, headers } = signRequest({ method: 'GET', url }, { ...options, credentials })
  const regionSet = headers.find(([name]) => name === 'x-amz-region-set')?.[1]
  return { service: scope.service, region: scope.region ?? regionSet }
}
