/**
 * The credentials that sign: asked for once for everybody, renewed before they end, and changed as a whole.
 *
 * @module
 */
import type { Credentials, CredentialsProvider, KeyCredentials } from 'countersign'
import { GatewayFault } from './pipeline/faults.ts'

/** Makes a provider of the credentials of a profile, or of the usual ones. It is asked seldom, and may take long. */
export interface CredentialsFactory {
  (profile: string | undefined): CredentialsProvider
}

/** Seconds before their end from which on a proxy is not ready. */
const ENDING = 60

/** Milliseconds that a provider has: a program that it asks may wait for somebody at a terminal that is not there. */
const LONGEST = 30_000

/** Milliseconds in which the answer of the cache is the same. */
const REPEATED = 1000

type Given = Credentials | KeyCredentials

/** Credentials of one profile. */
export class SigningCredentials {
  readonly #create: () => CredentialsProvider
  #cached: Promise<CredentialsProvider>
  #latest: Given | undefined
  #askedAt = -Infinity
  #failure = 'they have not been asked for yet'

  constructor(create: () => CredentialsProvider) {
    this.#create = create
    this.#cached = cache(create())
  }

  /** What was given last. */
  get latest(): Given | undefined {
    return this.#latest
  }

  /**
   * Gives credentials that have not ended: at once where the same question was answered just now.
   *
   * @throws {@link GatewayFault} `CREDENTIALS_UNAVAILABLE`
   */
  readonly provide = (): Given | Promise<Given> => {
    const given = this.#latest
    const isFresh = given && performance.now() - this.#askedAt < REPEATED && secondsLeft(given) > 1
    return isFresh ? given : this.ask()
  }

  /**
   * Asks the cache, which asks the provider where it has to.
   *
   * @throws {@link GatewayFault} `CREDENTIALS_UNAVAILABLE`
   */
  async ask(): Promise<Given> {
    try {
      const provide = await this.#cached
      const given = await provide()
      this.#latest = given
      this.#askedAt = performance.now()
      return given
    } catch (error) {
      this.#failure = reasonOf(error)
      const text = `There are no credentials to sign with: ${this.#failure}`
      throw new GatewayFault('CREDENTIALS_UNAVAILABLE', text, { cause: error })
    }
  }

  /** Asks anew, and takes what comes in the place of what there is; where nothing comes, that stays. */
  async reload(): Promise<void> {
    const cached = cache(this.#create())
    const provide = await cached
    this.#latest = await provide()
    this.#cached = cached
  }

  /** Names what keeps requests from being signed; `undefined` when nothing does. */
  async hindrance(): Promise<string | undefined> {
    const given = await this.ask().catch(() => undefined)
    if (!given) return `there are no credentials: ${this.#failure}`
    const left = secondsLeft(given)
    return left > ENDING ? undefined : `the credentials end in ${Math.max(0, Math.round(left))} s`
  }
}

/** What only those need who sign is loaded by those. */
async function cache(provider: CredentialsProvider): Promise<CredentialsProvider> {
  const { cacheCredentials } = await import('countersign/credentials')
  return cacheCredentials(withinTime(provider))
}

function withinTime(provide: CredentialsProvider): CredentialsProvider {
  return async () => {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      const error = new Error(`whoever gives them has said nothing for ${LONGEST / 1000} s`)
      timer = setTimeout(() => reject(error), LONGEST)
    })
    return Promise.race([provide(), late]).finally(() => clearTimeout(timer))
  }
}

/** Seconds until credentials end; `Infinity` for those that do not. */
export function secondsLeft({ expiration }: Pick<Given, 'expiration'>): number {
  return expiration === undefined ? Infinity : (expiration.getTime() - Date.now()) / 1000
}

/** What a provider says is more telling than that it failed; in one line. */
export function reasonOf(error: unknown): string {
  const told = error instanceof Error && error.cause instanceof Error ? error.cause : error
  return (told instanceof Error ? told.message : String(told)).split('\n', 1)[0] ?? ''
}
