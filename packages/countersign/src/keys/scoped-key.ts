/**
 * What a signer needs of a key: the scope that it is good for, and its HMAC. A {@link SigningKey} is one that can
 * be handed out too.
 *
 * @module
 */
import {
  assertCredentialScope,
  formatCredentialScope,
  type CredentialScope,
} from '../core/credential-scope.ts'
import { defaultSha256 } from '../crypto/default-sha256.ts'
import type { HmacKey } from '../crypto/sha256.ts'

/** A derived key with its scope. The key itself shows in no log, JSON, inspection or structured clone. */
export class ScopedKey {
  readonly scope: CredentialScope
  /** The scope as the string to sign has it. */
  readonly scopeText: string
  readonly #hmacKey: HmacKey

  /**
   * @param bytes the derived key, 32 bytes
   * @throws {@link SigningError} `CREDENTIAL_SCOPE_MALFORMED`
   */
  constructor(bytes: Uint8Array, scope: CredentialScope) {
    this.scope = Object.freeze(scope)
    this.scopeText = formatCredentialScope(scope)
    assertCredentialScope(this.scopeText)
    this.#hmacKey = defaultSha256().hmacKey(bytes)
  }

  /** Signs an ASCII string to sign; lower-case hex. */
  sign(stringToSign: string): string {
    return this.#hmacKey.signHex(stringToSign)
  }
}
