/**
 * What is given to the signers of before version 4, and what comes back. There is no canonical request and no scope.
 *
 * @module
 */
import type { Bytes } from '../../core/bytes.ts'
import type { Credentials } from '../../credentials/credentials.ts'
import type { SigningWarning } from '../http-request.ts'

/** Options that all of them have. */
export interface OlderSignOptions {
  /** Derived signing keys are of version 4; these signatures need the secret itself. */
  readonly credentials: Credentials
  /** The signing instant; by default the request's own date header where it is signed, else now. */
  readonly date?: Date | undefined
}

/** A request that is ready to be sent: `fetch(signed.url, signed)`. */
export interface OlderSignedRequest {
  /** Upper case. */
  readonly method: string
  /** Exactly what was signed; to be sent as it is. */
  readonly url: string
  /** In the order of the wire, lower-case names, repeats kept, `host` included. */
  readonly headers: [name: string, value: string][]
  /** Absent when there is none. */
  readonly body?: Bytes
  /** A byte string. What `AWS3` signs has the body behind it. */
  readonly stringToSign: string
  /** Base64. */
  readonly signature: string
  readonly warnings: readonly SigningWarning[]
}

/** A URL that carries a signature of S3's version 2. */
export interface OlderPresignedUrl {
  readonly method: string
  readonly url: string
  /** Headers that are signed and must be sent with the URL, as they stand here. */
  readonly headers: [name: string, value: string][]
  /** When the URL stops working: its own expiry, or that of the credentials if they die first. */
  readonly expiresAt: Date
  readonly stringToSign: string
  /** Base64. */
  readonly signature: string
  readonly warnings: readonly SigningWarning[]
}
