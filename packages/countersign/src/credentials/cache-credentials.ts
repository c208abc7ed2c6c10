/**
 * Asks a credentials provider once for all concurrent callers, and again before the credentials die.
 *
 * @module
 */
import { CredentialsError } from '../errors.ts'
import {
  assertCredentials,
  type Credentials,
  type CredentialsProvider,
  type KeyCredentials,
} from './credentials.ts'
import { RefreshedValue, type RefreshTimes } from './refreshed-value.ts'

/** Options of {@link cacheCredentials}. */
export interface CacheOptions {
  /** The clock. */
  readonly now?: (() => Date) | undefined
}

const MINUTE = 60

/** Providers that are such caches: a second one around them would only ask ahead of the first. */
const cached = new WeakSet<CredentialsProvider>()

/** The windows of AWS's newest SDKs for lives from 15 minutes on; shorter ones get the same parts of their life. */
function timesFor(life: number): RefreshTimes {
  const advisory = life <= 20 * MINUTE ? 5 : life < 90 * MINUTE ? 15 : 60
  return { advisory: advisory * MINUTE, mandatory: MINUTE, pause: 10 * MINUTE }
}

/**
 * Wraps a provider, so that any number of signers can share it: one question for all concurrent callers, a new one
 * ahead of the end while the old credentials serve, and pauses after one that failed. Credentials without an end are
 * asked for once. When a refresh fails, those at hand serve until they truly die.
 *
 * Signers wrap the provider that they are given; one that is wrapped already stays as it is.
 *
 * ```js
 * const credentials = cacheCredentials(fromAssumeRole({ … }))
 * const [files, queue] = [createSigner({ credentials, service: 's3' }), createSigner({ credentials, service: 'sqs' })]
 * ```
 *
 * @returns a provider that throws {@link CredentialsError}: what the provider throws as such, else
 *   `CREDENTIALS_PROVIDER_FAILED`, `CREDENTIALS_INVALID`, `CREDENTIALS_EXPIRED`
 */
export function cacheCredentials(
  provider: CredentialsProvider,
  options: CacheOptions = {},
): CredentialsProvider {
  if (cached.has(provider)) return provider
  const { now = () => new Date() } = options
  const value = new RefreshedValue(async () => askProvider(provider, now), timesFor, now)
  const provide: CredentialsProvider = async () => value.get()
  cached.add(provide)
  return provide
}

/** A provider of credentials that are given as such, or by one that is then asked once for all. */
export function resolveProvider(
  given: Credentials | KeyCredentials | CredentialsProvider,
  now?: () => Date,
): CredentialsProvider {
  return typeof given === 'function' ? cacheCredentials(given, { now }) : async () => given
}

async function askProvider(
  provider: CredentialsProvider,
  now: () => Date,
): Promise<Credentials | KeyCredentials> {
  try {
    const given = await provider()
    assertCredentials(given)
    assertAlive(given, now())
    return Object.freeze({ ...given })
  } catch (cause) {
    if (cause instanceof CredentialsError) throw cause
    throw new CredentialsError('CREDENTIALS_PROVIDER_FAILED', 'The credentials provider failed; see cause', {
      cause,
    })
  }
}

function assertAlive({ expiration }: Credentials | KeyCredentials, now: Date): void {
  if (!expiration) return
  // Providers in plain JavaScript tend to hand on the text that they read.
  const end = typeof expiration === 'object' ? Number(expiration) : NaN
  if (Number.isNaN(end)) {
    throw new CredentialsError(
      'CREDENTIALS_INVALID',
      'The expiration of the credentials must be a valid Date',
    )
  }
  if (end > now.getTime()) return
  throw new CredentialsError(
    'CREDENTIALS_EXPIRED',
    `The provider gave credentials that ended at ${new Date(end).toISOString()}: log in again, or set the clock right`,
  )
}
