/**
 * What an upload form says about its own signature.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-authentication-HTTPPOST.html}
 * @module
 */
import type { PostAlgorithm } from '../../algorithms/post-algorithm.ts'
import { parseAmzDate } from '../../core/amz-date.ts'
import { MAX_EXPIRES } from '../../core/names.ts'
import { POST_FIELD } from '../../core/post-policy.ts'
import { serviceRules } from '../../core/service-rules.ts'
import type { Claim } from '../claim.ts'
import { exceeded, type Limits } from '../limits.ts'
import { readCredential, type Credential } from '../read-credential.ts'
import { refuse } from '../refusals.ts'
import type { FormValues } from './form-values.ts'
import { malformedPolicy, missingField } from './post-refusals.ts'

/** What reading a form's claim depends on. */
export interface PostReadOptions {
  readonly algorithms: readonly PostAlgorithm[]
  readonly service: string
  readonly limits: Limits & { readonly policyBytes: number }
}

/** A claim, with the policy that was signed. */
export interface PostClaim extends Claim {
  readonly policy: string
  /** Whether the key is bound to a day, region and service. */
  readonly isScoped: boolean
}

const FIELDS_V4 = [
  POST_FIELD.algorithm,
  POST_FIELD.credential,
  POST_FIELD.signature,
  POST_FIELD.date,
] as const
const FIELDS_V2 = [POST_FIELD.accessKeyIdV2, POST_FIELD.signatureV2] as const
const ASCII = /^[\t\r\n -~]*$/
// It signs no request: no path, no headers. What is signed is the policy.
const MESSAGE = Object.freeze({
  method: 'POST',
  path: '',
  query: '',
  headers: [],
  isAscii: true,
  hasDigest: false,
  isPlain: true,
})

/**
 * Reads the claim of a form.
 *
 * @throws {@link VerificationError} `SIGNATURE_MISSING`, `MECHANISMS_SEVERAL`, `MECHANISM_UNSUPPORTED`,
 *   `FORM_FIELD_MISSING`, `ALGORITHM_UNSUPPORTED`, `CREDENTIAL_MALFORMED`, `DATE_INVALID`, `LIMIT_EXCEEDED`
 */
export function readPostClaim(values: FormValues, options: PostReadOptions): PostClaim {
  const isV4 = FIELDS_V4.some((name) => values.has(name))
  const isV2 = FIELDS_V2.some((name) => values.has(name))
  if (isV4 && isV2) throw refuse('MECHANISMS_SEVERAL', 'The form is signed in two ways; sign it once')
  if (!isV4 && !isV2 && !values.has(POST_FIELD.policy)) {
    throw refuse('SIGNATURE_MISSING', 'The form carries no signature')
  }
  for (const name of [POST_FIELD.policy, ...(isV2 ? FIELDS_V2 : FIELDS_V4), 'key']) {
    if (!values.get(name)) throw missingField(FIELD_NAMES.get(name) ?? name)
  }
  const policy = readPolicyText(values.get(POST_FIELD.policy) ?? '', options)
  return isV2 ? readV2(values, policy, options) : readV4(values, policy, options)
}

/** As S3 spells them in its answers. */
const FIELD_NAMES: ReadonlyMap<string, string> = new Map([
  [POST_FIELD.algorithm, 'X-Amz-Algorithm'],
  [POST_FIELD.credential, 'X-Amz-Credential'],
  [POST_FIELD.signature, 'X-Amz-Signature'],
  [POST_FIELD.date, 'X-Amz-Date'],
  [POST_FIELD.accessKeyIdV2, 'AWSAccessKeyId'],
  [POST_FIELD.signatureV2, 'Signature'],
])

// What is hashed is one byte a character; no other character may be taken for the one that has its lowest bits.
function readPolicyText(policy: string, { limits }: PostReadOptions): string {
  if (policy.length > limits.policyBytes) {
    throw exceeded('policyBytes', limits)
  }
  if (!ASCII.test(policy)) throw malformedPolicy('Invalid JSON.')
  return policy
}

function readV4(values: FormValues, policy: string, options: PostReadOptions): PostClaim {
  const name = values.get(POST_FIELD.algorithm)
  const used = options.algorithms.find(({ signature, signPolicy }) => !signPolicy && signature.name === name)
  if (!used) {
    const facts = {
      mechanism: 'form',
      argumentName: 'X-Amz-Algorithm',
      argumentValue: String(name).slice(0, 100),
    }
    throw refuse('ALGORITHM_UNSUPPORTED', 'The x-amz-algorithm of the form is not served here', facts)
  }
  const credential = readCredential(
    values.get(used.credentialField) ?? '',
    used.signature,
    'form',
    options.limits,
  )
  const amzDate = values.get(POST_FIELD.date) ?? ''
  const instant = parseAmzDate(amzDate)
  if (!instant) {
    const facts = { mechanism: 'form', argumentName: 'X-Amz-Date', argumentValue: amzDate.slice(0, 100) }
    throw refuse('DATE_INVALID', 'The x-amz-date of the form is not written as YYYYMMDDTHHMMSSZ', facts)
  }
  const dates = { amzDate, instant, expiresIn: MAX_EXPIRES }
  return { ...claimOf(values, policy, used, credential, options), ...dates, isScoped: true }
}

function readV2(values: FormValues, policy: string, options: PostReadOptions): PostClaim {
  const used = options.algorithms.find(({ signPolicy }) => signPolicy !== undefined)
  if (!used) throw refuse('MECHANISM_UNSUPPORTED', 'SigV2 is not served here; sign with AWS4-HMAC-SHA256')
  const { service, limits } = options
  // The scope is that of no day: keys of this kind have none.
  const date = '00000000'
  const text = `${values.get(POST_FIELD.accessKeyIdV2)}/${date}/any/${service}/aws4_request`
  const { accessKeyId } = readCredential(text, used.signature, 'form', limits)
  const credential = { accessKeyId, scope: { date, service }, scopeText: '' }
  const dates = { amzDate: '', instant: new Date(NaN), expiresIn: undefined }
  return { ...claimOf(values, policy, used, credential, options), ...dates, isScoped: false }
}

function claimOf(
  values: FormValues,
  policy: string,
  { signature, signatureField }: PostAlgorithm,
  { accessKeyId, scope, scopeText }: Credential,
  { limits }: PostReadOptions,
): Omit<PostClaim, 'amzDate' | 'instant' | 'expiresIn' | 'isScoped'> {
  const sessionToken = values.get(POST_FIELD.securityToken)
  if (sessionToken !== undefined && sessionToken.length > limits.sessionTokenBytes) {
    throw exceeded('sessionTokenBytes', limits)
  }
  return {
    message: MESSAGE,
    mechanism: 'form',
    algorithm: signature,
    accessKeyId,
    scope,
    scopeText,
    regionSet: undefined,
    rules: serviceRules('s3'),
    signedHeaders: [],
    signedHeadersText: '',
    signature: values.get(signatureField) ?? '',
    sessionToken,
    payload: { kind: 'unsigned' },
    policy,
  }
}
