/**
 * What a verifier gives for an upload form that it lets in.
 *
 * @module
 */
import type { CredentialScope } from '../../core/credential-scope.ts'
import { isExemptField, POST_FIELD } from '../../core/post-policy.ts'
import type { Found, MatchedKey } from '../found-key.ts'
import type { VerificationWarning } from '../verified-request.ts'
import type { SizeRange } from './form-file.ts'
import type { FormValues } from './form-values.ts'
import type { PostClaim } from './post-claim.ts'

/** A form whose policy was signed, and which is as its policy wants it. */
export interface VerifiedForm<P = unknown> extends SizeRange {
  readonly accessKeyId: string
  /** What the look-up gave for the key. */
  readonly principal: P | undefined
  readonly mechanism: 'form'
  readonly algorithm: string
  /** Absent for SigV2. */
  readonly scope?: CredentialScope
  readonly bucket: string
  /** The object's key, with the file's name put in. It is a name and no path: `..` in it means nothing. */
  readonly key: string
  /** The other fields that the policy covers, by lower-case names: `acl`, `content-type`, `x-amz-meta-…`. */
  readonly fields: ReadonlyMap<string, string>
  readonly warnings: readonly VerificationWarning[]
}

/** A form with its file. */
export interface VerifiedPost<P = unknown> extends VerifiedForm<P> {
  /** The file while it comes in; throws at the first byte over `maxBytes`, and at its end when it is too small. */
  readonly file: AsyncIterable<Uint8Array>
}

const TOLD_ELSEWHERE: ReadonlySet<string> = new Set(['key', 'bucket', ...Object.values(POST_FIELD)])

/** Puts the result together. */
export function describeForm<P>(
  claim: PostClaim,
  { principal }: Found<P>,
  { isOlder }: MatchedKey,
  values: FormValues,
  { minBytes, maxBytes }: SizeRange,
): VerifiedForm<P> {
  const isCovered = ([name]: readonly [string, string]): boolean =>
    !TOLD_ELSEWHERE.has(name) && !isExemptField(name)
  return {
    accessKeyId: claim.accessKeyId,
    principal,
    mechanism: 'form',
    algorithm: claim.algorithm.name,
    ...(claim.isScoped && { scope: claim.scope }),
    bucket: values.get('bucket') ?? '',
    key: values.get('key') ?? '',
    fields: new Map([...values].filter(isCovered)),
    minBytes,
    maxBytes,
    warnings: isOlder ? ['OLDER_SECRET_USED'] : [],
  }
}
