/**
 * AWS4SigningKey: the signing key of one day, region and service, with or without the secret that it came from.
 *
 * @see {@link https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html}
 * @module
 */
import { SigningKey } from '../keys/signing-key.ts'
import { NoSecretKeyError } from './aws4auth-errors.ts'
import { parseKeyDate, type KeyDate } from './key-day.ts'
import { readKeyScope } from './key-scope.ts'
import { assertNames } from './option-names.ts'

/** What a new key differs in from the old one. What is left out stays as it was, save the date: that is today. */
export interface KeyChanges {
  /** Needed where the old key does not store its secret. */
  readonly secretAccessKey?: string | undefined
  readonly region?: string | undefined
  /** Signing name of the service. */
  readonly service?: string | undefined
  /** Day of the new key; today in UTC by default. */
  readonly date?: KeyDate | undefined
}

const CHANGES: Readonly<Record<keyof KeyChanges, true>> = {
  secretAccessKey: true,
  region: true,
  service: true,
  date: true,
}

let readSecret: (key: AWS4SigningKey) => string | undefined

/**
 * A signing key with its scope. It never changes; {@link AWS4SigningKey.regenerate} makes a new one.
 *
 * Day, region, service and scope can be seen by anybody. The secret cannot be read at all, and the key itself only on
 * purpose, by name: neither is in JSON, in what Node prints, or in a structured clone.
 */
export class AWS4SigningKey {
  /** Day of the scope, `YYYYMMDD`. */
  readonly date: string
  readonly region: string
  readonly service: string
  /** Credential scope, `20110909/us-east-1/iam/aws4_request`. */
  readonly scope: string
  readonly #signingKey: SigningKey
  readonly #secret: string | undefined
  readonly #storesSecret: boolean

  static {
    readSecret = (key) => key.#secret
  }

  /**
   * Derives a key.
   *
   * @param date day of the key; today in UTC by default
   * @param storeSecretKey whether the secret is kept, so that the key of another day can be derived
   * @throws {@link NoSecretKeyError} when there is no secret
   * @throws {@link DateFormatError} when the date is none
   * @throws {@link SigningError} `SCOPE_UNKNOWN`, `CREDENTIAL_SCOPE_MALFORMED`
   */
  constructor(
    secretAccessKey: string,
    region: string,
    service: string,
    date?: KeyDate,
    storeSecretKey?: boolean,
  )
  /** Takes a key that was derived before, here or elsewhere. Its secret is not known. */
  constructor(signingKey: SigningKey)
  constructor(
    source: string | SigningKey,
    region?: string,
    service?: string,
    date?: KeyDate,
    storeSecretKey = true,
  ) {
    const signingKey = source instanceof SigningKey ? source : deriveKey(source, region, service, date)
    this.#signingKey = signingKey
    this.#storesSecret = storeSecretKey && typeof source === 'string'
    this.#secret = this.#storesSecret ? (source as string) : undefined
    this.date = signingKey.scope.date
    this.region = signingKey.scope.region
    this.service = signingKey.scope.service
    this.scope = signingKey.scopeText
    Object.freeze(this)
  }

  /** The 32 bytes of the key, a copy. Whoever has them can sign within the scope until its day is over. */
  get key(): Uint8Array {
    const [, hex = ''] = /(\w{64})$/.exec(this.#signingKey.export()) ?? []
    return Uint8Array.from({ length: 32 }, (_, i) => parseInt(hex.slice(2 * i, 2 * i + 2), 16))
  }

  /** The same key as `signRequest` and the other functions of the library take it. */
  get signingKey(): SigningKey {
    return this.#signingKey
  }

  /**
   * Derives a key for another day, region or service. Whether the secret is stored stays as it was.
   *
   * @throws {@link NoSecretKeyError} when no secret is given and none is stored
   * @throws {@link SigningError} `OPTION_INVALID`, and what the constructor throws
   */
  regenerate(changes: KeyChanges = {}): AWS4SigningKey {
    assertNames(changes, CHANGES)
    const { secretAccessKey = this.#secret, region = this.region, service = this.service, date } = changes
    if (secretAccessKey === undefined) {
      throw new NoSecretKeyError(
        `The signing key for ${this.scope} does not store its secret access key: give one to derive another key`,
      )
    }
    return new AWS4SigningKey(secretAccessKey, region, service, date, this.#storesSecret)
  }
}

/** Secret that a key stores. Not for the public: nobody outside this folder gets at it. */
export function secretOf(key: AWS4SigningKey): string | undefined {
  return readSecret(key)
}

function deriveKey(secret: string, region: unknown, service: unknown, date: KeyDate | undefined): SigningKey {
  if (typeof secret !== 'string' || secret === '') {
    throw new NoSecretKeyError('A signing key is derived from a secret access key; none was given')
  }
  const now = new Date()
  return SigningKey.derive(secret, {
    date: parseKeyDate(date === undefined ? now : date, now),
    ...readKeyScope(region, service),
  })
}
