/**
 * Keeps the sessions of the buckets that were used last, each as long as the credentials stay that it was asked for
 * with.
 *
 * @module
 */
import type { AnyCredentials, Credentials, KeyCredentials } from '../credentials/credentials.ts'
import { RefreshedValue } from '../credentials/refreshed-value.ts'
import { createSession, type SessionTerms } from './create-session.ts'
import type { ExpressSession } from './session.ts'

type Given = Credentials | KeyCredentials

interface CachedSession {
  /** Whose session it is; no secret is part of a key in the map. */
  readonly owner: AnyCredentials
  readonly session: RefreshedValue<ExpressSession>
}

/** How many buckets are remembered. */
const CACHED_BUCKETS = 100
/** A session lives for five minutes. */
const TIMES = { advisory: 45, mandatory: 10, pause: 5 }

/** Sessions by bucket, the one used last at the end. */
export class SessionCache {
  readonly #sessions = new Map<string, CachedSession>()
  readonly #terms: SessionTerms

  constructor(terms: SessionTerms) {
    this.#terms = terms
  }

  /**
   * The session of a bucket. It is asked for once for all concurrent callers.
   *
   * @param seconds of life that it should have left
   */
  async find(bucketUrl: string, owner: Given, seconds?: number): Promise<ExpressSession> {
    const cached = this.#sessions.get(bucketUrl)
    this.#sessions.delete(bucketUrl)
    const entry = cached && isSame(cached.owner, owner) ? cached : this.#begin(bucketUrl, owner)
    this.#sessions.set(bucketUrl, entry)
    const [oldest] = this.#sessions.keys()
    if (this.#sessions.size > CACHED_BUCKETS && oldest !== undefined) this.#sessions.delete(oldest)
    return entry.session.get(seconds)
  }

  #begin(bucketUrl: string, owner: Given): CachedSession {
    const fetchSession = async (): Promise<ExpressSession> => createSession(bucketUrl, owner, this.#terms)
    return { owner, session: new RefreshedValue(fetchSession, () => TIMES, this.#terms.now) }
  }
}

function isSame(a: AnyCredentials, b: AnyCredentials): boolean {
  return (
    a === b ||
    (a.accessKeyId === b.accessKeyId &&
      a.secretAccessKey === b.secretAccessKey &&
      a.signingKey === b.signingKey &&
      a.sessionToken === b.sessionToken)
  )
}
