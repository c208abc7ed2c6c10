/**
 * The policy of a browser upload: which forms S3 takes without any other signature, until when, and what their fields
 * may hold. `["starts-with", "$key", "user/eric/"]` is one of its conditions.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html}
 * @module
 */

/** One condition: a field's value, how it begins, or the size of the file in bytes. */
export type PostCondition =
  | { readonly [field: string]: string }
  | readonly [operator: 'eq' | 'starts-with', field: string, value: string]
  | readonly [operator: 'content-length-range', min: number, max: number]

/** A condition on a field, in the one form that signer and verifier compare. */
export interface FieldRule {
  /** Lower case, without `$`. */
  readonly field: string
  readonly operator: 'eq' | 'starts-with'
  readonly value: string
}

/** Stands for the name of the uploaded file in any field. */
export const FILENAME_VARIABLE = '${filename}'

/** Fields of the signature itself, lower case. */
export const POST_FIELD = {
  policy: 'policy',
  algorithm: 'x-amz-algorithm',
  credential: 'x-amz-credential',
  date: 'x-amz-date',
  securityToken: 'x-amz-security-token',
  signature: 'x-amz-signature',
  accessKeyIdV2: 'awsaccesskeyid',
  signatureV2: 'signature',
} as const

const UNCOVERED: ReadonlySet<string> = new Set([
  'file',
  POST_FIELD.policy,
  POST_FIELD.signature,
  POST_FIELD.accessKeyIdV2,
  POST_FIELD.signatureV2,
])

/** Whether a field needs no condition. */
export function isExemptField(lowerCaseName: string): boolean {
  return UNCOVERED.has(lowerCaseName) || lowerCaseName.startsWith('x-ignore-')
}

/** Whether a value is what a rule asks for. A Content-Type with commas is a list, each of which must begin right. */
export function isMetBy({ field, operator, value }: FieldRule, given: string): boolean {
  if (operator === 'eq') return given === value
  const parts = field === 'content-type' ? given.split(',') : [given]
  return parts.every((part) => (parts.length > 1 ? part.trim() : part).startsWith(value))
}

/** Writes a policy as JSON in ASCII, which every encoding of a form leaves as it is. */
export function formatPostPolicy(expiration: Date, conditions: readonly PostCondition[]): string {
  const text = JSON.stringify({ expiration: expiration.toISOString().replace(/\.\d+/, ''), conditions })
  return text.replace(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
