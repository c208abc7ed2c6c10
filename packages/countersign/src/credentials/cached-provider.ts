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

const MINUTE = 60_000
/** From here on a caller waits for new credentials; in milliseconds before the end. */
const MANDATORY = MINUTE
/** No second attempt so soon after one that failed, in milliseconds. */
const BACK_OFF = 5 * MINUTE

type Given = Credentials | KeyCredentials

/** Milliseconds before the end from which on new credentials are fetched while the old ones serve. */
function advisoryWindow(lifetime: number): number {
  if (lifetime <= 20 * MINUTE) return 5 * MINUTE
  return lifetime < 90 * MINUTE ? 15 * MINUTE : 60 * MINUTE
}

/**
 * Wraps a provider. Credentials without an end are asked for once. When a refresh fails, those at hand serve until
 * they truly die.
 *
 * @param now the clock
 * @returns a provider that throws {@link CredentialsError} `CREDENTIALS_PROVIDER_FAILED` or `CREDENTIALS_INVALID`
 */
export function cacheProvider(provider: CredentialsProvider, now: () => Date): CredentialsProvider {
  let current: Given | undefined
  let refreshAt = Infinity
  let pending: Promise<Given> | undefined

  const fetchNow = async (): Promise<Given> => {
    try {
      const given = await provider()
      assertCredentials(given)
      current = Object.freeze({ ...given })
      const end = given.expiration?.getTime() ?? Infinity
      refreshAt = end - advisoryWindow(end - now().getTime())
      return current
    } catch (cause) {
      refreshAt = now().getTime() + BACK_OFF
      if (cause instanceof CredentialsError) throw cause
      throw new CredentialsError(
        'CREDENTIALS_PROVIDER_FAILED',
        'The credentials provider failed; see cause',
        { cause },
      )
    } finally {
      pending = undefined
    }
  }
  const refresh = (): Promise<Given> => (pending ??= fetchNow())

  return async () => {
    if (!current) return refresh()
    const usable = current
    const time = now().getTime()
    const left = (usable.expiration?.getTime() ?? Infinity) - time
    if (left > MANDATORY) {
      if (time >= refreshAt) refresh().catch(() => undefined)
      return usable
    }
    return left > 0 ? refresh().catch(() => usable) : refresh()
  }
}
