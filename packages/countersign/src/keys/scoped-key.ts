/**
 * What a signer needs of a key: the scope and the algorithm that it is good for, and what it signs with. A
 * {@link SigningKey} is one that can be handed out too.
 *
 * @module
 */
import type { SignatureAlgorithm } from '../algorithms/algorithm.ts'
import {
  assertCredentialScope,
  formatCredentialScope,
  type CredentialScope,
} from '../core/credential-scope.ts'
import { SIGV4_ALGORITHM } from '../core/names.ts'
import { defaultSha256 } from '../crypto/default-sha256.ts'
import type { HmacKey } from '../crypto/sha256.ts'

/** A derived key with its scope. The key itself shows in no log, JSON, inspection or structured clone. */
export class ScopedKey {
  readonly scope: CredentialScope
  /** Name of the algorithm. */
  readonly algorithm: string
  /** The scope as the string to sign has it. */
  readonly scopeText: string
  readonly #key: HmacKey

  /**
   * @param bytes the derived key, 32 bytes
   * @param algorithm SigV4 unless given, so that signers with it carry nothing of verifying
   * @throws {@link SigningError} `CREDENTIAL_SCOPE_MALFORMED`
   */
  constructor(bytes: Uint8Array, scope: CredentialScope, algorithm?: SignatureAlgorithm) {
    this.scope = Object.freeze(scope)
    this.algorithm = algorithm?.name ?? SIGV4_ALGORITHM
    this.scopeText = formatCredentialScope(scope)
    assertCredentialScope(this.scopeText)
    this.#key = (algorithm?.prepareKey ?? defaultSha256().hmacKey)(bytes)
  }

  /** Signs an ASCII string to sign; lower-case hex. */
  sign(stringToSign: string): string {
    return this.#key.signHex(stringToSign)
  }
}
