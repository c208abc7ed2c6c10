/**
 * What a verifier needs of a key: the scope that it is good for, and whether it made a signature. The key itself
 * shows in no log, JSON or inspection.
 *
 * @module
 */
import type { SignatureAlgorithm } from '../algorithms/algorithm.ts'
import type { CredentialScope } from '../core/credential-scope.ts'
import { equalConstantTime } from '../crypto/constant-time.ts'
import { SigningError } from '../errors.ts'
import type { SigningKey } from './signing-key.ts'

/** Whether a key made a signature of an ASCII text. */
type Verification = (text: string, signature: string) => boolean

/** A key that signatures are checked with. */
export class VerifyingKey {
  readonly scope: CredentialScope
  readonly #hasSigned: Verification

  private constructor(scope: CredentialScope, hasSigned: Verification) {
    this.scope = scope
    this.#hasSigned = hasSigned
  }

  /**
   * Derives the key of an access key for a scope.
   *
   * @throws {@link SigningError} `SECRET_KEY_MISSING`
   */
  static derive(
    { deriveKey, prepareKey }: SignatureAlgorithm,
    secretAccessKey: string,
    scope: CredentialScope,
    accessKeyId: string,
  ): VerifyingKey {
    if (typeof secretAccessKey !== 'string' || secretAccessKey === '') {
      throw new SigningError('SECRET_KEY_MISSING', 'There is no secret access key to derive from')
    }
    return new VerifyingKey(scope, prepareKey(deriveKey(secretAccessKey, scope, accessKeyId)).hasSigned)
  }

  /** A derived key that was handed out in place of its secret. */
  static of(key: SigningKey): VerifyingKey {
    return new VerifyingKey(key.scope, (text, signature) => equalConstantTime(key.sign(text), signature))
  }

  /** Whether this key made a signature of an ASCII text; in constant time where a signature is a secret. */
  hasSigned(text: string, signature: string): boolean {
    return this.#hasSigned(text, signature)
  }
}
