/**
 * Upload forms as a server receives them, signed right on the terms that a test sets: also with a policy, a date or a
 * scope that no signer would take. The signature is made here with node:crypto, not by the library.
 *
 * @module
 */
import { createHmac } from 'node:crypto'
import { expect } from 'vitest'
import type { VerificationError, VerificationErrorCode } from '../../packages/countersign/src/errors.ts'
import {
  createPostVerifier,
  type PostMessage,
  type PostVerifier,
  type PostVerifierOptions,
  type VerifiedPost,
} from '../../packages/countersign/src/post.ts'

/** A field of a form. */
export type Field = readonly [name: string, value: string]

/** What to sign. Every part has a default that verifies. */
export interface FormDraft {
  readonly bucket?: string
  /** Where the form is sent, as host or path tell. */
  readonly sentTo?: string
  readonly key?: string
  /** Further fields. */
  readonly fields?: readonly Field[]
  /** Conditions besides those of bucket, key and signature. */
  readonly conditions?: readonly unknown[]
  /** In place of the condition on the key. */
  readonly keyCondition?: unknown
  /** The policy, whole, as text; `conditions` and the rest are not looked at then. */
  readonly policyText?: string
  /** The policy's base64 in place of that of the text. */
  readonly policyBase64?: string
  readonly expiration?: unknown
  readonly accessKeyId?: string
  readonly secretAccessKey?: string
  readonly sessionToken?: string | undefined
  readonly amzDate?: string
  /** All after the access key id. */
  readonly scope?: string
  readonly algorithm?: string
  readonly signature?: string
}

export const BUCKET = 'uploads'
export const FORM_KEY_ID = 'AKIDEXAMPLE'
export const FORM_SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'
export const FORM_NOW = new Date('2026-11-22T12:00:00Z')
const AMZ_DATE = '20261122T115500Z'

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}

/** Signs a policy in base64 as SigV4 does. */
export function signPolicyV4(policy: string, secretAccessKey: string, scope: string): string {
  const key = scope
    .split('/')
    .reduce<string | Buffer>((last, part) => hmac(last, part), `AWS4${secretAccessKey}`)
  return hmac(key, policy).toString('hex')
}

/** The fields of a signed form, in their order; the file comes behind them. */
export function signForm(draft: FormDraft = {}): Field[] {
  const {
    bucket = BUCKET,
    key = 'user/eric/a.txt',
    fields = [],
    conditions = [],
    keyCondition = ['starts-with', '$key', 'user/eric/'],
    expiration = '2026-11-22T13:00:00Z',
    accessKeyId = FORM_KEY_ID,
    secretAccessKey = FORM_SECRET,
    sessionToken,
    amzDate = AMZ_DATE,
    scope = `${AMZ_DATE.slice(0, 8)}/us-east-1/s3/aws4_request`,
    algorithm = 'AWS4-HMAC-SHA256',
  } = draft
  const own: Field[] = [
    ['x-amz-algorithm', algorithm],
    ['x-amz-credential', `${accessKeyId}/${scope}`],
    ['x-amz-date', amzDate],
    ...(sessionToken === undefined ? [] : [['x-amz-security-token', sessionToken] as const]),
  ]
  const document = {
    expiration,
    conditions: [{ bucket }, keyCondition, ...conditions, ...own.map(([name, value]) => ({ [name]: value }))],
  }
  const text = draft.policyText ?? JSON.stringify(document)
  const policy = draft.policyBase64 ?? Buffer.from(text).toString('base64')
  const signature = draft.signature ?? signPolicyV4(policy, secretAccessKey, scope)
  return [['key', key], ...fields, ...own, ['policy', policy], ['x-amz-signature', signature]]
}

/** The signed fields with some changed; `undefined` leaves one out. */
export function withField(fields: readonly Field[], name: string, value: string | undefined): Field[] {
  return fields.flatMap(([of, old]) => {
    if (of !== name) return [[of, old]]
    return value === undefined ? [] : [[of, value]]
  })
}

/** A file of a form. */
export interface SentFile {
  readonly name?: string
  readonly bytes: Uint8Array | string
}

/** The body of a form, written byte by byte. */
export function writeForm(
  fields: readonly Field[],
  { name = 'a.txt', bytes }: SentFile,
  { boundary = 'boundary-of-the-form', after = '' }: { boundary?: string; after?: string } = {},
): Buffer {
  const parts = fields.map(
    ([field, value]) =>
      `--${boundary}\r\nContent-Disposition: form-data; name="${field}"\r\n\r\n${value}\r\n`,
  )
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\nContent-Type: text/plain\r\n\r\n`
  return Buffer.concat([
    Buffer.from(parts.join('') + head),
    Buffer.from(bytes),
    Buffer.from(`\r\n--${boundary}${after === '' ? '--\r\n' : `\r\n${after}`}`),
  ])
}

/** The message of a form. */
export function messageOfForm(
  body: PostMessage['body'],
  { bucket = BUCKET, boundary = 'boundary-of-the-form' } = {},
): PostMessage {
  return {
    method: 'POST',
    target: '/',
    headers: [
      ['host', `${bucket}.s3.amazonaws.com`],
      ['content-type', `multipart/form-data; boundary=${boundary}`],
    ],
    body,
    bucket,
  }
}

/** A signed form with its file as a message. */
export function sendForm(draft: FormDraft = {}, file: SentFile = { bytes: 'hello' }): PostMessage {
  return messageOfForm(writeForm(signForm(draft), file), { bucket: draft.sentTo ?? BUCKET })
}

/** A verifier that knows one key. */
export function postVerifier(options: Partial<PostVerifierOptions<string>> = {}): PostVerifier<string> {
  return createPostVerifier<string>({
    secrets: (id) => (id === FORM_KEY_ID ? { secretAccessKey: FORM_SECRET, principal: 'eric' } : undefined),
    region: 'us-east-1',
    now: () => FORM_NOW,
    ...options,
  })
}

/** Reads a file to its end. */
export async function readAll(file: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of file) pieces.push(Uint8Array.from(piece))
  return Buffer.concat(pieces)
}

/** Verifies a form and reads its file. */
export async function upload(
  message: PostMessage,
  options?: Partial<PostVerifierOptions<string>>,
): Promise<VerifiedPost<string> & { readonly bytes: Buffer }> {
  const verified = await postVerifier(options).verify(message)
  return { ...verified, bytes: await readAll(verified.file) }
}

/** Expects that a form is refused, in its fields or in its file. */
export async function expectFormRefused(
  message: PostMessage,
  code: VerificationErrorCode,
  awsCode: string,
  options?: Partial<PostVerifierOptions<string>>,
): Promise<VerificationError> {
  const result: unknown = await upload(message, options).catch((error: unknown) => error)
  expect(result).toMatchObject({ name: 'VerificationError', code, awsCode })
  return result as VerificationError
}
