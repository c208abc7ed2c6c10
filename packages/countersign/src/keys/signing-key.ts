/**
 * Signing key: what a secret access key becomes for one day, region and service. It can be handed out instead
 * of the secret: nothing outside its scope can be signed with it. SigV4A has none: its keys know no scope, so that
 * one that was handed out would sign everything.
 *
 * @see {@link https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html}
 * @module
 */
import { deriveSigV4Key } from '../algorithms/sigv4.ts'
import { formatAmzDate } from '../core/amz-date.ts'
import { bytesOfHex, hexOf } from '../core/bytes.ts'
import { formatCredentialScope, parseCredentialScope, type RegionalScope } from '../core/credential-scope.ts'
import { SigningError } from '../errors.ts'
import { ScopedKey } from './scoped-key.ts'

/** What a key is derived for. */
export interface SigningKeyScope {
  /** Any instant of the UTC day, or that day as `YYYYMMDD`. */
  readonly date: Date | string
  readonly region: string
  /** Signing name of the service. */
  readonly service: string
}

const PREFIX = 'countersign-signing-key:'
const EXPORTED = new RegExp(`^${PREFIX}([^:]+):([0-9a-f]{64})$`)

/**
 * A derived key with its scope. The key itself shows in no log, JSON, inspection or structured clone; `export()`
 * hands it out on purpose.
 */
export class SigningKey extends ScopedKey {
  readonly #bytes: Uint8Array

  private constructor(bytes: Uint8Array, scope: RegionalScope) {
    super(bytes, scope)
    this.#bytes = bytes
  }

  /**
   * Derives the key of a day, region and service.
   *
   * @throws {@link SigningError} `CREDENTIAL_SCOPE_MALFORMED`, `DATE_INVALID`, `SECRET_KEY_MISSING`
   */
  static derive(secretAccessKey: string, { date, region, service }: SigningKeyScope): SigningKey {
    if (typeof secretAccessKey !== 'string' || secretAccessKey === '') {
      throw new SigningError('SECRET_KEY_MISSING', 'There is no secret access key to derive from')
    }
    const day = typeof date === 'string' ? date : formatAmzDate(date).slice(0, 8)
    const scope = parseCredentialScope(formatCredentialScope({ date: day, region, service }))
    return new SigningKey(deriveSigV4Key(secretAccessKey, scope), scope)
  }

  /**
   * Reads a key that `export()` wrote.
   *
   * @throws {@link SigningError} `SIGNING_KEY_INVALID`, `CREDENTIAL_SCOPE_MALFORMED`
   */
  static import(text: string): SigningKey {
    const [, scope = '', hex = ''] = EXPORTED.exec(text) ?? []
    if (!hex) throw new SigningError('SIGNING_KEY_INVALID', 'This is no exported signing key')
    return new SigningKey(bytesOfHex(hex), parseCredentialScope(scope))
  }

  /** The key and its scope as one line of text. Whoever has it can sign within the scope until its day is over. */
  export(): string {
    return `${PREFIX}${this.scopeText}:${hexOf(this.#bytes)}`
  }
}
