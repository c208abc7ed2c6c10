/**
 * What one signature algorithm is: a value that is passed around, never a name that is switched on.
 *
 * @module
 */
import type { CredentialScope } from '../core/credential-scope.ts'
import type { HmacKey } from '../crypto/sha256.ts'

/** An algorithm of the version 4 family whose keys are derived day by day. */
export interface SignatureAlgorithm {
  /** Name in the Authorization header and in `X-Amz-Algorithm`. */
  readonly name: string
  /** Derives the signing key of one day, region and service from a secret access key; 32 bytes. */
  deriveKey(secretAccessKey: string, scope: CredentialScope): Uint8Array
  /** Makes a key of derived bytes ready for use. */
  prepareKey(bytes: Uint8Array): HmacKey
  /** Whether a signature has the form that this algorithm writes. */
  isWellFormed(signature: string): boolean
}
