/**
 * What one signature algorithm is: a value that is passed around, never a name that is switched on.
 *
 * @module
 */
import type { CredentialScope } from '../core/credential-scope.ts'

/** A key that is ready for use. Holds key material: never log or serialise it. */
export interface SignatureKey {
  /** Signs an ASCII text; lower-case hex. */
  signHex(text: string): string
  /** Whether this key made a signature of a text; in constant time where a signature is a secret. */
  hasSigned(text: string, signature: string): boolean
}

/** How signatures name the regions that they hold in, where keys are not bound to one. */
export interface RegionSetRules {
  /**
   * Writes the set as `x-amz-region-set` carries it: `us-east-1,eu-west-*`.
   *
   * @throws {@link SigningError} `OPTION_INVALID`
   */
  readonly format: (regions: string | readonly string[]) => string
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
