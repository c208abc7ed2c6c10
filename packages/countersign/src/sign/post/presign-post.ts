/**
 * Signs an upload form, for browsers that upload straight to a bucket.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-UsingHTTPPOST.html}
 * @module
 */
import { sigV4Post } from '../../algorithms/post-v4.ts'
import { formatAmzDate } from '../../core/amz-date.ts'
import type { CredentialScope } from '../../core/credential-scope.ts'
import { formatPostPolicy, POST_FIELD, type PostCondition } from '../../core/post-policy.ts'
import { assertCredentials, type AnyCredentials } from '../../credentials/credentials.ts'
import { SigningError } from '../../errors.ts'
import { readUrl, type UrlParts } from '../read-url.ts'
import { resolveExpiry } from '../resolve-expiry.ts'
import { resolveKey } from '../resolve-key.ts'
import { credentialsWarnings } from '../warnings.ts'
import { planForm } from './plan-form.ts'
import type { PostForm, PresignedPost, PresignPostOptions } from './post-form.ts'

/** Who signs a policy, and the fields that say so. */
interface PolicySigner {
  readonly fields: [name: string, value: string][]
  readonly scope?: CredentialScope
  sign(policy: string): string
}

/**
 * Signs an upload form, at once and without waiting for anything. Whoever has it can upload what its conditions allow,
 * as often as he likes, until `expiresAt`; without `content-length-range`, in any size.
 *
 * @throws {@link SigningError} `FORM_FIELD_INVALID`, `CONDITION_INVALID`, `CONDITION_CONTRADICTED`, `EXPIRY_INVALID`,
 *   `SCOPE_UNKNOWN`, `URL_INVALID`; `SECRET_KEY_MISSING` for SigV2 with a derived key
 * @throws {@link CredentialsError} `CREDENTIALS_INVALID`, `CREDENTIALS_EXPIRED`
 */
export function presignPost(form: PostForm, options: PresignPostOptions): PresignedPost {
  const { credentials, algorithm = sigV4Post, date = new Date() } = options
  assertCredentials(credentials)
  const url = readUrl(form.url)
  const amzDate = formatAmzDate(date)
  const warnings = credentialsWarnings(credentials)
  const { expiresAt } = resolveExpiry(
    { credentials, expiresIn: form.expiresIn },
    { query: { wire: '' }, second: Math.floor(date.getTime() / 1000), warnings },
  )
  const signer = algorithm.signPolicy
    ? secretSigner(options, algorithm.signPolicy)
    : scopedSigner(options, url, amzDate)
  const planned = planForm(form)
  const token = tokenField(credentials)
  const own = [...(algorithm.signPolicy ? [] : signer.fields), ...token]
  const conditions = [
    ...planned.conditions,
    ...own.map(([name, value]): PostCondition => ({ [name]: value })),
  ]
  const policy = formatPostPolicy(expiresAt, conditions)
  const encoded = btoa(policy)
  return {
    url: `${url.scheme}://${url.host}${url.path}${url.query && '?'}${url.query}`,
    fields: [
      ...planned.fields,
      ...signer.fields,
      ...token,
      [POST_FIELD.policy, encoded],
      [algorithm.signatureField, signer.sign(encoded)],
    ],
    policy,
    conditions,
    expiresAt,
    ...(signer.scope && { scope: signer.scope }),
    warnings,
  }
}

function tokenField({ sessionToken }: AnyCredentials): [name: string, value: string][] {
  return sessionToken ? [[POST_FIELD.securityToken, sessionToken]] : []
}

function scopedSigner(
  { credentials, region, service = 's3', algorithm = sigV4Post }: PresignPostOptions,
  url: UrlParts,
  amzDate: string,
): PolicySigner {
  const key = resolveKey({ credentials, region, service }, url, amzDate.slice(0, 8))
  return {
    fields: [
      [POST_FIELD.algorithm, algorithm.signature.name],
      [algorithm.credentialField, `${credentials.accessKeyId}/${key.scopeText}`],
      [POST_FIELD.date, amzDate],
    ],
    scope: key.scope,
    sign: (policy) => key.sign(policy),
  }
}

function secretSigner(
  { credentials, algorithm = sigV4Post }: PresignPostOptions,
  signPolicy: (secretAccessKey: string, policy: string) => string,
): PolicySigner {
  const { accessKeyId, secretAccessKey }: AnyCredentials = credentials
  if (secretAccessKey === undefined) {
    throw new SigningError(
      'SECRET_KEY_MISSING',
      `${algorithm.signature.name} signs with the secret, not with a derived key`,
    )
  }
  return {
    fields: [[algorithm.credentialField, accessKeyId]],
    sign: (policy) => signPolicy(secretAccessKey, policy),
  }
}
