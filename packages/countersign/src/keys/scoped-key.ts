/**
 * What a signer needs of a key of SigV4: the scope that it is good for, and its HMAC. A {@link SigningKey} is one that
 * can be handed out too.
 *
 * @module
 */
import type { SignerKey } from '../algorithms/algorithm.ts'
import { assertCredentialScope, formatCredentialScope, type RegionalScope } from '../core/credential-scope.ts'
import { SIGV4_ALGORITHM } from '../core/names.ts'
import { defaultSha256 } from '../crypto/default-sha256.ts'
import type { HmacKey } from '../crypto/sha256.ts'

/** A derived key with its scope. The key itself shows in no log, JSON, inspection or structured clone. */
export class ScopedKey implements SignerKey {
  /** Name of the algorithm. */
  readonly algorithm: string = SIGV4_ALGORITHM
  readonly scope: RegionalScope
  /** The scope as the string to sign has it. */
  readonly scopeText: string
  readonly #hmacKey: HmacKey

  /**
   * @param bytes the derived key, 32 bytes
   * @throws {@link SigningError} `CREDENTIAL_SCOPE_MALFORMED`
   */
  constructor(bytes: Uint8Array, scope: RegionalScope) {
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
