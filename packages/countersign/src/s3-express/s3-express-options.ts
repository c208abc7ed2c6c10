/**
 * Options of a signer for directory buckets.
 *
 * @module
 */
import type { HeadersLike } from '../sign/http-request.ts'
import type { SignerOptions } from '../sign/sign-any-body.ts'
import type { SessionFetch } from './create-session.ts'

/** Options of {@link createS3ExpressSigner}. */
export interface S3ExpressSignerOptions extends Omit<
  SignerOptions,
  'algorithm' | 'region' | 'tokenPlacement'
> {
  /** By default read off the host. */
  readonly region?: string | undefined
  /**
   * What a session allows. Without it S3 gives one that may write, where the policies let it, and else one that may
   * read.
   */
  readonly sessionMode?: 'ReadWrite' | 'ReadOnly' | undefined
  /** Further headers of `CreateSession`: how objects are encrypted, such as `x-amz-server-side-encryption: aws:kms`. */
  readonly sessionHeaders?: HeadersLike | undefined
  /** What sends `CreateSession`; the runtime's own `fetch` by default. */
  readonly fetch?: SessionFetch | undefined
  /** Lets sessions, whose keys are secret, be asked for over plain http. To this machine itself they always are. */
  readonly allowPlainHttp?: boolean | undefined
  /** How long `CreateSession` may take, in seconds; 10 by default. */
  readonly timeout?: number | undefined
}
