/**
 * What one signature algorithm is: a value that is passed around, never a name that is switched on.
 *
 * @module
 */
import type { CredentialScope, RegionalScope } from '../core/credential-scope.ts'

/** A key that is ready for use. Holds key material: never log or serialise it. */
export interface SignatureKey {
  /** Signs an ASCII text; lower-case hex. */
  signHex(text: string): string
  /**
   * Whether this key made a signature of a text, in the one form that the algorithm writes; in constant time where a
   * signature is a secret.
   */
  hasSigned(text: string, signature: string): boolean
}

/** What a signer signs with. */
export interface SignerKey {
  /** Name of the algorithm. */
  readonly algorithm: string
  readonly scope: CredentialScope
  /** The scope as the string to sign has it. */
  readonly scopeText: string
  /** The regions that the signature holds in, as `x-amz-region-set` carries them, where the scope has none. */
  readonly regionSet?: string | undefined
  /** Signs an ASCII string to sign; lower-case hex. */
  sign(stringToSign: string): string
}

/** Who signs. */
export interface KeyOwner {
  readonly accessKeyId: string
  readonly secretAccessKey?: string | undefined
}

/** How signatures name the regions that they hold in, where keys are not bound to one. */
export interface RegionSetRules {
  /**
   * The key that a signer signs with.
   *
   * @param scope its region has commas between several, and `*` for any run of characters
   * @throws {@link SigningError} `OPTION_INVALID`, `CREDENTIAL_SCOPE_MALFORMED`, `SECRET_KEY_MISSING`
   */
  readonly resolveKey: (owner: KeyOwner, scope: RegionalScope) => SignerKey
  /** Reads the set; `undefined` when it is none. */
  readonly parse: (text: string) => readonly string[] | undefined
  /** Whether a signature for the set holds in a region. */
  readonly includes: (regionSet: readonly string[], region: string) => boolean
}

/** An algorithm of the version 4 family. */
export interface SignatureAlgorithm {
  /** Name in the Authorization header, in `X-Amz-Algorithm` and in the string to sign. */
  readonly name: string
  /** Where signatures hold in a set of regions, which they name; the credential scope has no region then. */
  readonly regionSet?: RegionSetRules | undefined
  /** Derives the key of an access key for a scope; 32 bytes. */
  readonly deriveKey: (secretAccessKey: string, scope: CredentialScope, accessKeyId: string) => Uint8Array
  /** Makes a key of derived bytes ready for use. */
  readonly prepareKey: (bytes: Uint8Array) => SignatureKey
  /** Whether a signature has the form that this algorithm writes. */
  readonly isWellFormed: (signature: string) => boolean
}
