/**
 * Requests as a server receives them, signed right on the terms that a test sets: also with a date, scope or list of
 * headers that no signer would take. The signature is made here with node:crypto, not by the library.
 *
 * @module
 */
import { createHash, createHmac } from 'node:crypto'
import { expect } from 'vitest'
import { buildCanonicalPath } from '../../packages/countersign/src/core/canonical-path.ts'
import { buildCanonicalQuery } from '../../packages/countersign/src/core/canonical-query.ts'
import { serviceRules } from '../../packages/countersign/src/core/service-rules.ts'
import {
  createVerifier,
  VerificationError,
  type RequestMessage,
  type VerificationErrorCode,
  type VerifiedRequest,
  type Verifier,
  type VerifierOptions,
} from '../../packages/countersign/src/verify/index.ts'
import { SIGV4A, signWithEcdsa } from './ecdsa.ts'

/** A header as it stands on the wire. */
export type HeaderField = readonly [name: string, value: string]

/** What to sign. Every part has a default that verifies. */
export interface Draft {
  readonly service?: string
  readonly region?: string
  readonly method?: string
  readonly target?: string
  /** Besides the ones that signing adds; one that is given is not added. */
  readonly headers?: readonly HeaderField[]
  readonly body?: string | undefined
  readonly accessKeyId?: string
  readonly secretAccessKey?: string
  readonly sessionToken?: string | undefined
  readonly amzDate?: string
  /** Signs with SigV4A: `*` is in `x-amz-region-set` unless `regionSet` says otherwise. */
  readonly isSigV4A?: boolean
  /** `undefined` leaves it out. */
  readonly regionSet?: string | undefined
  /** All after the access key id: `20261122/us-east-1/s3/aws4_request`. */
  readonly scope?: string
  /** Names joined with `;`; all headers by default. */
  readonly signedHeaders?: string
  /** Last line of the canonical request. */
  readonly payloadHash?: string
  /** `X-Amz-Expires`, as it stands in the URL; `undefined` leaves it out. */
  readonly expires?: string | undefined
}

/** A message that a test may alter. */
export type SentMessage = RequestMessage & {
  readonly headers: readonly HeaderField[]
  readonly body?: Uint8Array | undefined
}

/** Signs a draft in one of the two places. */
export type Sign = (draft?: Draft) => SentMessage

export const KEY_ID = 'AKIDEXAMPLE'
export const SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'
export const TOKEN = 'FwoGZXIvYXdzEXAMPLE+token/value=='
export const NOW = new Date('2026-11-22T12:00:00Z')
export const HOST = 'tenant-a.example.com'
export const BAD_SIGNATURE = '0'.repeat(64)
export const EMPTY_HASH = sha256('')

/** SHA-256 in lower-case hex. */
export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex')
}

/** An instant as `YYYYMMDDTHHMMSSZ`, some seconds away from {@link NOW}. */
export function dateAt(seconds = 0): string {
  return new Date(NOW.getTime() + seconds * 1000).toISOString().replace(/\.\d+|\W/g, '')
}

/** Bytes of a text. */
export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

/** The same string as a name of headers would be compared. */
function lowerName(name: string): string {
  return name === ':authority' ? 'host' : name.toLowerCase()
}

function has(headers: readonly HeaderField[], wanted: string): boolean {
  return headers.some(([name]) => lowerName(name) === wanted)
}

function completed(headers: readonly HeaderField[], added: readonly HeaderField[]): HeaderField[] {
  const host: HeaderField[] = has(headers, 'host') ? [] : [['host', HOST]]
  return [...host, ...headers, ...added.filter(([name]) => !has(headers, name))]
}

function namesOf(headers: readonly HeaderField[]): string {
  return [...new Set(headers.map(([name]) => lowerName(name)))].toSorted().join(';')
}

/** `name:value` lines of the headers that are named and there. */
function canonicalHeaders(headers: readonly HeaderField[], signedHeaders: string): string {
  const lineOf = (wanted: string): string => {
    const values = headers.filter(([name]) => lowerName(name) === wanted).map(([, value]) => value)
    const tidy = values.map((value) => value.replace(/[\t ]+/g, ' ').replace(/^ | $/g, ''))
    return values.length > 0 ? `${wanted}:${tidy.join(',')}\n` : ''
  }
  return signedHeaders.split(';').map(lineOf).join('')
}

interface Parts {
  readonly method: string
  readonly target: string
  readonly headers: readonly HeaderField[]
  readonly service: string
  readonly amzDate: string
  readonly scope: string
  readonly algorithm: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly signedHeaders: string
  readonly payloadHash: string
}

function canonicalRequestOf({ method, target, headers, service, signedHeaders, payloadHash }: Parts): string {
  const rules = serviceRules(service)
  const [path = '', ...rest] = target.replace(/^https?:\/\/[^/?]*/i, '').split('?')
  return [
    method,
    buildCanonicalPath(path, rules),
    buildCanonicalQuery(rest.join('?'), rules.plusInQuery),
    canonicalHeaders(headers, signedHeaders),
    signedHeaders,
    payloadHash,
  ].join('\n')
}

/** The right signature, whatever the scope is. */
function signatureOf(parts: Parts): string {
  const { scope, amzDate, algorithm, secretAccessKey } = parts
  const hash = sha256(Buffer.from(canonicalRequestOf(parts), 'latin1'))
  const stringToSign = `${algorithm}\n${amzDate}\n${scope}\n${hash}`
  if (algorithm === SIGV4A) return signWithEcdsa(parts, stringToSign)
  const hmac = (key: string | Uint8Array, text: string): Uint8Array =>
    createHmac('sha256', key).update(text).digest()
  const key = scope.split('/').reduce<string | Uint8Array>(hmac, `AWS4${secretAccessKey}`)
  return Buffer.from(hmac(key, stringToSign)).toString('hex')
}

/** The value of `x-amz-region-set`. */
function regionSetOf(draft: Draft): string | undefined {
  return 'regionSet' in draft || !draft.isSigV4A ? draft.regionSet : '*'
}

function settle(draft: Draft): Omit<Parts, 'headers' | 'payloadHash' | 'signedHeaders'> {
  const { service = 's3', region = 'us-east-1', amzDate = dateAt(), isSigV4A = false } = draft
  const place = isSigV4A ? service : `${region}/${service}`
  const scope = draft.scope ?? `${amzDate.slice(0, 8)}/${place}/aws4_request`
  const algorithm = isSigV4A ? SIGV4A : 'AWS4-HMAC-SHA256'
  const { method = 'GET', target = '/bucket/key', secretAccessKey = SECRET } = draft
  const { accessKeyId = KEY_ID } = draft
  return { service, amzDate, scope, algorithm, accessKeyId, method, target, secretAccessKey }
}

function bodyPart({ body }: Draft): { body?: Uint8Array } {
  return body === undefined ? {} : { body: bytesOf(body) }
}

/** Signs in the Authorization header. */
export function signInHeader(draft: Draft = {}): SentMessage {
  const settled = settle(draft)
  const { service, amzDate, scope, method, target } = settled
  const given = draft.headers ?? []
  const carried = given.find(([name]) => lowerName(name) === 'x-amz-content-sha256')?.[1]
  const payloadHash = draft.payloadHash ?? carried ?? sha256(draft.body ?? '')
  const added: HeaderField[] = [['x-amz-date', amzDate]]
  if (serviceRules(service).contentSha256Header) added.push(['x-amz-content-sha256', payloadHash])
  if (draft.sessionToken !== undefined) added.push(['x-amz-security-token', draft.sessionToken])
  const regionSet = regionSetOf(draft)
  if (regionSet !== undefined) added.push(['x-amz-region-set', regionSet])
  const headers = completed(given, added)
  const signedHeaders = draft.signedHeaders ?? namesOf(headers)
  const signature = signatureOf({ ...settled, headers, signedHeaders, payloadHash })
  const credential = `${draft.accessKeyId ?? KEY_ID}/${scope}`
  const authorization = `${settled.algorithm} Credential=${credential}, SignedHeaders=${signedHeaders}, Signature=${signature}`
  return { method, target, headers: [...headers, ['authorization', authorization]], ...bodyPart(draft) }
}

/** Signs in the URL. */
export function presign(draft: Draft = {}): SentMessage {
  const settled = settle(draft)
  const { service, amzDate, scope, method } = settled
  const rules = serviceRules(service)
  const payloadHash =
    draft.payloadHash ?? (rules.unsignedPayload ? 'UNSIGNED-PAYLOAD' : sha256(draft.body ?? ''))
  const headers = completed(draft.headers ?? [], [])
  const signedHeaders = draft.signedHeaders ?? namesOf(headers)
  const parameters: (readonly [string, string | undefined])[] = [
    ['X-Amz-Algorithm', settled.algorithm],
    ['X-Amz-Credential', `${draft.accessKeyId ?? KEY_ID}/${scope}`],
    ['X-Amz-Date', amzDate],
    ['X-Amz-Expires', 'expires' in draft ? draft.expires : '3600'],
    ['X-Amz-SignedHeaders', signedHeaders],
    ['X-Amz-Security-Token', draft.sessionToken],
    ['X-Amz-Region-Set', regionSetOf(draft)],
  ]
  const target = withParameters(settled.target, parameters)
  const signature = signatureOf({ ...settled, target, headers, signedHeaders, payloadHash })
  return { method, target: `${target}&X-Amz-Signature=${signature}`, headers, ...bodyPart(draft) }
}

function withParameters(
  target: string,
  parameters: readonly (readonly [string, string | undefined])[],
): string {
  const pairs = parameters.flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
  )
  return `${target}${target.includes('?') ? '&' : '?'}${pairs.join('&')}`
}

/** Both mechanisms, for tests that are the same in either. */
export const MECHANISMS: readonly { readonly mechanism: 'header' | 'query'; readonly sign: Sign }[] = [
  { mechanism: 'header', sign: signInHeader },
  { mechanism: 'query', sign: presign },
]

/** A service of S3's rules and one of the general ones. */
export const SERVICES = ['s3', 'execute-api'] as const

/** Every mechanism with every kind of service. */
export const EVERYWHERE: readonly { mechanism: 'header' | 'query'; sign: Sign; service: string }[] =
  SERVICES.flatMap((service) => MECHANISMS.map((mechanism) => ({ ...mechanism, service })))

/** The message with more headers, which its signature does not know of. */
export function withHeaders(message: SentMessage, ...headers: HeaderField[]): SentMessage {
  return { ...message, headers: [...message.headers, ...headers] }
}

/** The message without a header. */
export function withoutHeader(message: SentMessage, wanted: string): SentMessage {
  return { ...message, headers: message.headers.filter(([name]) => name.toLowerCase() !== wanted) }
}

/** The message with something else in its Authorization header. */
export function withAuthorization(message: SentMessage, change: (value: string) => string): SentMessage {
  const headers = message.headers.map<HeaderField>(([name, value]) =>
    name.toLowerCase() === 'authorization' ? [name, change(value)] : [name, value],
  )
  return { ...message, headers }
}

/** The message with another query or path. */
export function withTarget(message: SentMessage, change: (target: string) => string): SentMessage {
  return { ...message, target: change(message.target) }
}

/** The message with a signature of zeroes. */
export function withBadSignature(message: SentMessage): SentMessage {
  const forge = (text: string): string => text.replace(/Signature=[0-9a-f]{64}/, `Signature=${BAD_SIGNATURE}`)
  return withTarget(withAuthorization(message, forge), forge)
}

/** A verifier for {@link KEY_ID} at {@link NOW}. */
export function verifierFor(options: Partial<VerifierOptions<string>> = {}): Verifier<string> {
  return createVerifier<string>({
    service: [...SERVICES],
    region: 'us-east-1',
    now: () => NOW,
    secrets: (id) => (id === KEY_ID ? { secretAccessKey: SECRET, principal: 'alice' } : undefined),
    ...options,
  })
}

/** Verifies, with a body read to its end. */
export async function verifyWhole(
  message: RequestMessage,
  options?: Partial<VerifierOptions<string>>,
): Promise<VerifiedRequest<string> & { readonly bytes: Uint8Array }> {
  const verified = await verifierFor(options).verify(message)
  const chunks: Uint8Array[] = []
  for await (const chunk of verified.body ?? []) chunks.push(chunk)
  return Object.assign(Object.create(verified) as typeof verified, { bytes: Buffer.concat(chunks) })
}

/** The refusal of a message; fails when it is let in. */
export async function refusalOf(
  message: RequestMessage,
  options?: Partial<VerifierOptions<string>>,
): Promise<VerificationError> {
  try {
    await verifyWhole(message, options)
  } catch (error) {
    if (error instanceof VerificationError) return error
    throw error
  }
  return expect.fail('The request was let in')
}

/** Expects a refusal by its own code and that of AWS. */
export async function expectRefused(
  message: RequestMessage,
  code: VerificationErrorCode,
  awsCode: string,
  options?: Partial<VerifierOptions<string>>,
): Promise<VerificationError> {
  const error = await refusalOf(message, options)
  expect({ code: error.code, awsCode: error.awsCode }).toEqual({ code, awsCode })
  return error
}

/** Expects a request to be let in. */
export async function expectLetIn(
  message: RequestMessage,
  options?: Partial<VerifierOptions<string>>,
): Promise<VerifiedRequest<string>> {
  const verified = await verifyWhole(message, options)
  expect(verified.principal).toBe('alice')
  return verified
}
