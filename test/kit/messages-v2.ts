/**
 * Requests of version 2 as a server receives them, signed right on the terms that a test sets. The strings to sign are
 * written here and the signatures made with node:crypto, not by the library.
 *
 * @module
 */
import { createHmac } from 'node:crypto'
import { s3V2, sigV2 } from '../../packages/countersign/src/sigv2.ts'
import {
  sigV4,
  type VerificationError,
  type VerifierOptions,
} from '../../packages/countersign/src/verify/index.ts'
import { expectRefused } from './everywhere.ts'
import {
  bytesOf,
  HOST,
  KEY_ID,
  NOW,
  SECRET,
  withAuthorization,
  withTarget,
  type HeaderField,
  type SentMessage,
} from './messages.ts'

/** What to sign for S3. Every part has a default that verifies. */
export interface S3V2Draft {
  readonly method?: string
  /** Path and query, without the signature. */
  readonly target?: string
  /** What the string to sign has for {@link target}; the same by default. */
  readonly resource?: string
  /** Lower-case names, sorted; all that are signed. */
  readonly headers?: readonly HeaderField[]
  /** Headers that are sent beside them. */
  readonly unsigned?: readonly HeaderField[]
  /** The Date header, or the end of a URL. */
  readonly date?: string
  readonly accessKeyId?: string
  readonly host?: string
  readonly secretAccessKey?: string
  readonly body?: string
}

/** HMAC in base64. */
export function hmacBase64(hash: 'sha1' | 'sha256', text: string, secretAccessKey = SECRET): string {
  return createHmac(hash, secretAccessKey).update(Buffer.from(text, 'latin1')).digest('base64')
}

/** An instant as `Date` has it, some seconds away from {@link NOW}. */
export function httpDateAt(seconds = 0): string {
  return new Date(NOW.getTime() + seconds * 1000).toUTCString()
}

/** Seconds since 1970, some seconds away from {@link NOW}. */
export function epochAt(seconds = 0): string {
  return String(NOW.getTime() / 1000 + seconds)
}

function valueOf(headers: readonly HeaderField[], wanted: string): string {
  return headers.find(([name]) => name === wanted)?.[1] ?? ''
}

function signatureOf(draft: S3V2Draft, dateLine: string): string {
  const { method = 'GET', target = '/bucket/key', headers = [], secretAccessKey } = draft
  const amz = headers
    .filter(([name]) => name.startsWith('x-amz-'))
    .map(([name, value]) => `${name}:${value}\n`)
  const md5 = valueOf(headers, 'content-md5')
  const type = valueOf(headers, 'content-type')
  const text = `${method}\n${md5}\n${type}\n${dateLine}\n${amz.join('')}${draft.resource ?? target}`
  return hmacBase64('sha1', text, secretAccessKey)
}

function messageOf(draft: S3V2Draft, target: string, added: readonly HeaderField[]): SentMessage {
  const { method = 'GET', headers = [], unsigned = [], body, host = HOST } = draft
  const all: HeaderField[] = [['host', host], ...headers, ...unsigned, ...added]
  return { method, target, headers: all, ...(body !== undefined && { body: Buffer.from(body) }) }
}

/** Signs in the Authorization header. */
export function signS3V2InHeader(draft: S3V2Draft = {}): SentMessage {
  const { headers = [], date = httpDateAt(), target = '/bucket/key', accessKeyId = KEY_ID } = draft
  const isAmzDated = headers.some(([name]) => name === 'x-amz-date')
  const signature = signatureOf(draft, isAmzDated ? '' : date)
  const dated: HeaderField[] = isAmzDated ? [] : [['date', date]]
  return messageOf(draft, target, [...dated, ['authorization', `AWS ${accessKeyId}:${signature}`]])
}

/** Signs in the URL. */
export function signS3V2InUrl(draft: S3V2Draft = {}): SentMessage {
  const { date = epochAt(3600), target = '/bucket/key', accessKeyId = KEY_ID } = draft
  const signature = encodeURIComponent(signatureOf(draft, date))
  const id = encodeURIComponent(accessKeyId)
  const query = `AWSAccessKeyId=${id}&Expires=${encodeURIComponent(date)}&Signature=${signature}`
  return messageOf(draft, `${target}${target.includes('?') ? '&' : '?'}${query}`, [])
}

/** What to sign for a query API. */
export interface SigV2Draft {
  readonly method?: 'GET' | 'POST'
  readonly path?: string
  readonly host?: string
  /** Beside the ones of the signature, or in their place; `undefined` leaves one out. */
  readonly parameters?: Readonly<Record<string, string | undefined>>
  readonly hash?: 'sha1' | 'sha256'
  readonly headers?: readonly HeaderField[]
}

/** Signs in the URL, or in the form of a POST. */
export function signSigV2Message(draft: SigV2Draft = {}): SentMessage {
  const { method = 'GET', path = '/', host = HOST, hash = 'sha256', headers = [] } = draft
  const all: Record<string, string | undefined> = {
    Action: 'ListDomains',
    AWSAccessKeyId: KEY_ID,
    SignatureMethod: hash === 'sha1' ? 'HmacSHA1' : 'HmacSHA256',
    SignatureVersion: '2',
    Timestamp: NOW.toISOString().replace('.000', ''),
    ...draft.parameters,
  }
  const pairs = Object.entries(all)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`]))
    .toSorted()
  const signature = hmacBase64(hash, `${method}\n${host}\n${path}\n${pairs.join('&')}`)
  const query = `${pairs.join('&')}&Signature=${encodeURIComponent(signature)}`
  if (method === 'GET') return { method, target: `${path}?${query}`, headers: [['host', host], ...headers] }
  const form: HeaderField = ['content-type', 'application/x-www-form-urlencoded']
  return { method, target: path, headers: [['host', host], form, ...headers], body: Buffer.from(query) }
}

/** Verifiers that take version 2 of S3, of query APIs, and both. */
export const S3: Partial<VerifierOptions<string>> = { algorithms: [sigV4, s3V2] }
export const QUERY: Partial<VerifierOptions<string>> = { algorithms: [sigV4, sigV2], service: 'sdb' }
export const ALL: Partial<VerifierOptions<string>> = { algorithms: [sigV4, s3V2, sigV2] }
/** Where a signature of S3 may stand. */
export const PLACES = [
  { place: 'header', sign: signS3V2InHeader },
  { place: 'URL', sign: signS3V2InUrl },
]
/** Where the parameters of a query API may stand. */
export const FORMS = [
  { place: 'URL', method: 'GET' },
  { place: 'form', method: 'POST' },
] as const

/** Expects a refusal for the signature alone. */
export async function expectMismatch(
  message: SentMessage,
  options: Partial<VerifierOptions<string>> = S3,
): Promise<VerificationError> {
  return expectRefused(message, 'SIGNATURE_MISMATCH', 'SignatureDoesNotMatch', options)
}

/** The message with another signature, wherever it stands. */
export function withSignature(message: SentMessage, change: (base64: string) => string): SentMessage {
  const inText = (text: string): string =>
    text.replace(/(?<=Signature=)[^&]+/, (given) => encodeURIComponent(change(decodeURIComponent(given))))
  const changed = withTarget(
    withAuthorization(message, (value) => value.replace(/[^:]+$/, change)),
    inText,
  )
  const { body } = message
  return body === undefined ? changed : { ...changed, body: bytesOf(inText(Buffer.from(body).toString())) }
}

/** The same bytes with another digit before the padding. */
export function withOtherPadding(base64: string): string {
  const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
  return base64.replace(/.=$/, ([last = '']) => `${digits[digits.indexOf(last) + 1]}=`)
}
