/**
 * The upload form that is asked for, and the one that comes back.
 *
 * @module
 */
import type { PostAlgorithm } from '../../algorithms/post-algorithm.ts'
import type { CredentialScope } from '../../core/credential-scope.ts'
import type { PostCondition } from '../../core/post-policy.ts'
import type { Credentials, KeyCredentials } from '../../credentials/credentials.ts'
import type { SigningWarning } from '../http-request.ts'
import type { PostFields } from './form-fields.ts'

/** An upload form to be signed. */
export interface PostForm {
  /** Where the form is sent: `https://my-bucket.s3.eu-west-1.amazonaws.com/`, or the bucket as the path. */
  readonly url: string | URL
  readonly bucket: string
  /** The object's key. `${filename}` in it stands for the name of the file that is uploaded. */
  readonly key?: string | undefined
  /** How the key must begin. Without `key` the file's name comes behind it. */
  readonly keyStartsWith?: string | undefined
  /** Further fields, such as `acl` or `success_action_status`; each becomes a condition by itself. */
  readonly fields?: PostFields | undefined
  /** What fields that the page fills in may hold, and the size of the file. Exact ones become fields by themselves. */
  readonly conditions?: Iterable<PostCondition> | undefined
  /** Lifetime in whole seconds, 1 to 604,800; 3600 by default. */
  readonly expiresIn?: number | undefined
}

/** Options of {@link presignPost}. */
export interface PresignPostOptions {
  readonly credentials: Credentials | KeyCredentials
  /** By default read off the host. */
  readonly region?: string | undefined
  /** Signing name; `s3` by default. */
  readonly service?: string | undefined
  /** The signing instant; now by default. */
  readonly date?: Date | undefined
  /** SigV4 by default; `sigV2Post` for old stores. */
  readonly algorithm?: PostAlgorithm | undefined
}

/** A form that is ready: send `fields` in their order, then the file as `file`. */
export interface PresignedPost {
  readonly url: string
  /** To be sent as they stand; what follows the file is ignored. */
  readonly fields: [name: string, value: string][]
  /** The policy as JSON. In the form it stands in base64. */
  readonly policy: string
  readonly conditions: readonly PostCondition[]
  /** When the form stops working: its own expiry, or that of the credentials if they die first. */
  readonly expiresAt: Date
  /** Absent for SigV2. */
  readonly scope?: CredentialScope
  readonly warnings: readonly SigningWarning[]
}
