/**
 * The front door: finds out how a service, its region and its endpoint want to be signed for, and signs so. Named after
 * botocore's object, and for whoever comes from there.
 *
 * @module
 */
import { sigV4 } from '../algorithms/sigv4.ts'
import { cacheCredentials } from '../credentials/cache-credentials.ts'
import type { Credentials, KeyCredentials } from '../credentials/credentials.ts'
import { CredentialsError, SigningError } from '../errors.ts'
import type { Body, HttpRequest, PresignedUrl, SignedBody, SignedRequest } from '../sign/http-request.ts'
import type { PostForm, PresignedPost, PresignPostOptions } from '../sign/post/post-form.ts'
import { presignPost } from '../sign/post/presign-post.ts'
import { readUrl } from '../sign/read-url.ts'
import type { Signer } from '../sign/signer.ts'
import { decide, mergeRules } from './decide.ts'
import type { SigningDecision } from './decision.ts'
import { createEngines, type Engine } from './engines.ts'
import type { RequestRules, RequestSignerOptions } from './request-rules.ts'
import { missingAlgorithm, type SchemeName } from './scheme-names.ts'

/** What comes with everything that a {@link RequestSigner} signs. */
export interface Decided {
  readonly decision: SigningDecision
}

/** Options of {@link RequestSigner.presign}. */
export interface PresignRules extends RequestRules {
  /** Lifetime in whole seconds, 1 to 604,800; 3600 by default, and what a session has left for S3 Express. */
  readonly expiresIn?: number | undefined
}

/** Options of {@link RequestSigner.post}. */
export interface PostRules extends RequestRules {
  /** SigV4 by default; `sigV2Post` of `countersign/post` for old stores, never by itself. */
  readonly algorithm?: PresignPostOptions['algorithm']
}

/**
 * Signs any number of requests, each as its service wants it; wherever a {@link Signer} is taken, it will do.
 *
 * ```js
 * const signer = new RequestSigner({ credentials, algorithms: [sigV4, sigV4A] })
 * const { url, headers, decision } = await signer.sign(request, { operation: 'PutSnapshotBlock' })
 * ```
 *
 * What is wanted and was not passed in is an error. Nothing weaker is taken in its place.
 */
export class RequestSigner implements Signer {
  readonly #rules: RequestRules
  readonly #engines: ReadonlyMap<SchemeName, Engine>
  readonly #provide: () => Promise<Credentials | KeyCredentials>
  readonly #now: (host: string) => Date

  constructor({ credentials, algorithms = [sigV4], now, ...rules }: RequestSignerOptions) {
    this.#rules = rules
    this.#now = now ?? (() => new Date())
    this.#provide =
      typeof credentials === 'function'
        ? cacheCredentials(credentials, { now: () => this.#now('') })
        : async () => {
            if (credentials) return credentials
            throw new CredentialsError(
              'CREDENTIALS_INVALID',
              'No credentials were given, and this request needs them',
            )
          }
    this.#engines = createEngines(algorithms, { provide: this.#provide, now })
  }

  /**
   * How a request would be signed, and why. Nothing is signed, and no credentials are asked for.
   *
   * @throws {@link SigningError} `AUTH_SCHEME_UNKNOWN`, `URL_INVALID`, `HOST_NOT_SIGNABLE`, `HEADER_INVALID`
   */
  decide(request: HttpRequest<Body>, rules: RequestRules = {}): SigningDecision {
    return decide(request, rules, this.#rules, new Set(this.#engines.keys()))
  }

  /**
   * Signs a request. Of a bearer token, and where nothing is signed, the steps are empty.
   *
   * @throws {@link SigningError} `ALGORITHM_MISSING`, and what the signature needs
   * @throws {@link CredentialsError}
   */
  async sign(
    request: HttpRequest<Body>,
    rules: RequestRules = {},
  ): Promise<SignedRequest<SignedBody> & Decided> {
    const decision = this.decide(request, rules)
    const signed = await this.#engineFor(decision).sign(request, decision, mergeRules(this.#rules, rules))
    return { ...signed, decision }
  }

  /**
   * Makes a presigned URL; of a request that is not signed, the bare one, which does not end.
   *
   * @throws {@link SigningError} `ALGORITHM_MISSING`, `PRESIGN_UNSUPPORTED`, and what the signature needs
   * @throws {@link CredentialsError}
   */
  async presign(request: HttpRequest<Body>, options: PresignRules = {}): Promise<PresignedUrl & Decided> {
    const { expiresIn, ...rules } = options
    const decision = this.decide(request, rules)
    const engine = this.#engineFor(decision)
    const merged = { ...mergeRules(this.#rules, rules), expiresIn }
    return { ...(await engine.presign(request, decision, merged)), decision }
  }

  /**
   * Signs an upload form.
   *
   * @throws {@link SigningError} `PRESIGN_UNSUPPORTED` where SigV4 is not what is wanted, and what `presignPost` throws
   * @throws {@link CredentialsError}
   */
  async post(form: PostForm, { algorithm, ...rules }: PostRules = {}): Promise<PresignedPost & Decided> {
    const decision = this.decide({ method: 'POST', url: form.url }, rules)
    const { scheme, service, region } = decision
    if (scheme !== 'sigv4') {
      throw new SigningError(
        'PRESIGN_UNSUPPORTED',
        `There are no upload forms for ${scheme} (${decision.why.scheme}); presign a PUT`,
      )
    }
    this.#engineFor(decision)
    const date = this.#now(readUrl(form.url).host)
    const credentials = await this.#provide()
    return { ...presignPost(form, { credentials, service, region, date, algorithm }), decision }
  }

  #engineFor({ scheme, why }: SigningDecision): Engine {
    const engine = this.#engines.get(scheme)
    if (engine) return engine
    throw missingAlgorithm(scheme, why.scheme)
  }
}
