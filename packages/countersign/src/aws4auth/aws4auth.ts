/**
 * AWS4Auth: the object that users of Python's requests-aws4auth and httpx-auth know. It holds an access key and the
 * signing key of the day, and signs any number of requests.
 *
 * @module
 */
import { parseDate } from '../core/http-date.ts'
import { cacheCredentials } from '../credentials/cache-credentials.ts'
import type { Credentials, CredentialsProvider, KeyCredentials } from '../credentials/credentials.ts'
import { CredentialsError, SigningError } from '../errors.ts'
import type { SigningKey } from '../keys/signing-key.ts'
import type { Body, HttpRequest, SignedBody, SignedRequest, SyncBody } from '../sign/http-request.ts'
import { readSyncBody } from '../sign/read-body.ts'
import { readHeaders } from '../sign/read-headers.ts'
import { signWithBody } from '../sign/sign-request.ts'
import type { SignOptions } from '../sign/sign-options.ts'
import type { AWS4SigningKey, KeyChanges } from './aws4-signing-key.ts'
import { NoSecretKeyError } from './aws4auth-errors.ts'
import {
  readArguments,
  type AWS4AuthArguments,
  type AWS4AuthInit,
  type AWS4AuthOptions,
} from './aws4auth-options.ts'
import { assertRequest, settleBody } from './given-request.ts'
import { chooseHeaders, type HeaderChoice } from './included-headers.ts'
import { dayOf, parseKeyDate } from './key-day.ts'
import { credentialsOf, holdKey, renewHolder, type KeyHolder } from './key-holder.ts'
import type { KeyScope } from './key-scope.ts'
import { requestDate } from './request-date.ts'

/**
 * Signs requests with AWS Signature Version 4. A request of another day than the signing key gets a new key.
 *
 * One object may be shared by any number of concurrent requests: nothing of a request is kept, and the access key
 * with its signing key is replaced as a whole. Neither key nor secret shows in JSON, in what Node prints or in clones.
 */
export class AWS4Auth {
  readonly #options: Omit<SignOptions, 'credentials'>
  readonly #chooseHeaders: HeaderChoice
  readonly #isDateStrict: boolean
  readonly #clock: () => Date
  readonly #provide: CredentialsProvider | undefined
  readonly #firstDay: string | undefined
  #scope: KeyScope
  #holder: KeyHolder | undefined

  /**
   * Takes a long-term access key, or a temporary one with its `sessionToken`.
   *
   * @throws {@link CredentialsError} `CREDENTIALS_INVALID`
   * @throws {@link DateFormatError} when the option `date` is none
   * @throws {@link SigningError} `OPTION_INVALID`, `SCOPE_UNKNOWN`, `CREDENTIAL_SCOPE_MALFORMED`
   */
  constructor(
    accessKeyId: string,
    secretAccessKey: string,
    region: string,
    service: string,
    options?: AWS4AuthOptions,
  )
  /** Takes a signing key in place of the secret. Unless it stores its secret, it is good for its own day only. */
  constructor(
    accessKeyId: string,
    signingKey: AWS4SigningKey | SigningKey,
    options?: Omit<AWS4AuthOptions, 'date'>,
  )
  /** Takes credentials as an object, or a provider of them; with a provider, requests are signed by `signAsync`. */
  constructor(init: AWS4AuthInit)
  constructor(...args: readonly unknown[]) {
    const { source, scope, rules } = readArguments(args as AWS4AuthArguments)
    const { date, raiseInvalidDate = false, includeHeaders, now = () => new Date(), ...options } = rules
    this.#options = options
    this.#chooseHeaders = chooseHeaders(includeHeaders)
    this.#isDateStrict = raiseInvalidDate
    this.#clock = now
    this.#scope = scope
    this.#firstDay = date === undefined ? undefined : parseKeyDate(date, this.#now())
    if (typeof source === 'function') this.#provide = cacheCredentials(source, { now: () => this.#now() })
    else this.#holder = 'key' in source ? source : this.#hold(source)
  }

  /** The access key in use; `undefined` until a provider has been asked. */
  get accessKeyId(): string | undefined {
    return this.#holder?.accessKeyId
  }

  /** The signing key in use; `undefined` until a provider has been asked. */
  get signingKey(): AWS4SigningKey | undefined {
    return this.#holder?.key
  }

  /** Day of the signing key in use, `YYYYMMDD`. */
  get date(): string | undefined {
    return this.#holder?.key.date
  }

  /** Region that is signed for. */
  get region(): string {
    return this.#scope.region
  }

  /** Signing name of the service that is signed for. */
  get service(): string {
    return this.#scope.service
  }

  /**
   * Signs a request whose body is at hand, at once. Nothing of the caller's is changed; what comes back is to be sent
   * as it is: `fetch(signed.url, signed)`.
   *
   * @throws {@link CredentialsError} `CREDENTIALS_INVALID` when there is a provider, which has to be waited for
   * @throws {@link NoSecretKeyError} when another day's key is needed and no secret is stored
   * @throws {@link InvalidDateError} with `raiseInvalidDate`
   * @throws {@link SigningError} when the request cannot be signed, or could not be sent as it was signed
   */
  sign(request: HttpRequest<SyncBody>): SignedRequest {
    if (this.#provide || !this.#holder) {
      throw new CredentialsError(
        'CREDENTIALS_INVALID',
        'No credentials are at hand, a provider has to be asked for them: use await signAsync(request)',
      )
    }
    return this.#signWith(this.#holder, request)
  }

  /**
   * Signs a request with a body of any kind, and with credentials of any kind. A stream is signed only with a payload
   * hash, from the option or the header `x-amz-content-sha256`.
   *
   * @throws {@link CredentialsError} what a provider throws, as `CREDENTIALS_PROVIDER_FAILED`
   * @throws what {@link AWS4Auth.sign} throws
   */
  async signAsync(request: HttpRequest<Body>): Promise<SignedRequest<SignedBody>> {
    const { settled, stream } = await settleBody(request, this.#options.payloadHash !== undefined)
    const credentials = await this.#provide?.()
    // From here on nothing is waited for, so that no other request can come between.
    const signed = this.#signWith(credentials ? this.#adopt(credentials) : this.#holder!, settled)
    return stream ? { ...signed, body: stream } : signed
  }

  /**
   * Derives a new signing key; its date is today unless given. Where that fails, the old key stays.
   *
   * @throws {@link NoSecretKeyError} when no secret is given and none is stored
   * @throws {@link DateFormatError} when the date is none
   * @throws {@link SigningError} `OPTION_INVALID`, `SCOPE_UNKNOWN`, `CREDENTIAL_SCOPE_MALFORMED`
   */
  regenerateSigningKey(changes: KeyChanges = {}): void {
    if (this.#provide && changes?.secretAccessKey !== undefined) {
      throw new SigningError(
        'OPTION_INVALID',
        'The secret comes from the credentials provider: give none here',
      )
    }
    if (!this.#holder)
      throw new NoSecretKeyError('The credentials provider has not been asked yet: sign a request first')
    const key = this.#holder.key.regenerate({ ...changes, date: changes?.date ?? this.#now() })
    this.#holder = { ...this.#holder, key }
    this.#scope = { region: key.region, service: key.service }
  }

  /**
   * The key for a request of some day, given the key in use: what the modes differ in.
   *
   * @param day of the request in UTC, `YYYYMMDD`
   * @returns the same key, or another one that takes its place
   */
  protected keyForDay(key: AWS4SigningKey, day: string): AWS4SigningKey {
    return key.date === day ? key : key.regenerate({ date: day })
  }

  #signWith(holder: KeyHolder, request: HttpRequest<SyncBody>): SignedRequest {
    assertRequest(request)
    const headers = readHeaders(request.headers)
    const date = requestDate(headers, this.#now(), this.#isDateStrict)
    const key = this.keyForDay(holder.key, dayOf(date))
    if (key !== holder.key) this.#holder = { ...holder, key }
    const options: SignOptions = {
      ...this.#options,
      credentials: credentialsOf({ ...holder, key }),
      date,
      // keyForDay has decided.
      keyDate: 'keep',
      signHeaders: this.#chooseHeaders(headers),
    }
    const host = { now: () => date.getTime(), readDate: parseDate }
    return signWithBody(request, readSyncBody(request.body), options, host)
  }

  #adopt(credentials: Credentials | KeyCredentials): KeyHolder {
    const renewed = this.#holder && renewHolder(this.#holder, credentials)
    this.#holder = renewed ?? this.#hold(credentials)
    return this.#holder
  }

  #hold(credentials: Credentials | KeyCredentials): KeyHolder {
    const firstDay = this.#holder ? undefined : this.#firstDay
    return holdKey(credentials, this.#scope, firstDay ?? dayOf(this.#now()))
  }

  #now(): Date {
    const now = this.#clock()
    if (now instanceof Date) return now
    throw new SigningError('OPTION_INVALID', 'The option now is a function that gives a Date')
  }
}
