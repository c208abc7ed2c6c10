/**
 * A small signer of SigV4 and SigV4A with one mistake: it signs a request right but for what a test tells it to do wrong, and sends it as it
 * was given. It shares no code with the library.
 *
 * @module
 */
import { createHash, createHmac } from 'node:crypto'
import type { HeaderField, ObservedRequest } from '../../packages/countersign/src/explain/index.ts'
import { SIGV4A, signWithEcdsa } from '../kit/ecdsa.ts'

export const KEY_ID = 'AKIDEXAMPLE'
export const SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'
export const NOW = new Date('2026-11-22T12:00:00Z')
const SIGV4 = 'AWS4-HMAC-SHA256'
const AMZ_DATE = '20261122T120000Z'
export const HOST = 'tenant-a.example.com'

/** What to sign. */
export interface Request {
  readonly method?: string
  readonly target?: string
  /** Besides host, date and hash. */
  readonly headers?: readonly HeaderField[]
  readonly body?: string | Uint8Array
  readonly service?: string
  readonly region?: string
  /** With SigV4A, for the set of regions; the key is not bound to any. */
  readonly regionSet?: string | undefined
  /** Presigned, in the query. */
  readonly isPresigned?: boolean | undefined
}

/** Where the signer goes wrong: each gets what is right, and gives what is signed instead. */
export interface Mistake {
  readonly method?: (method: string) => string
  readonly path?: (canonical: string, raw: string) => string
  readonly query?: (canonical: string, raw: string) => string
  readonly headers?: (lines: readonly HeaderField[]) => readonly HeaderField[]
  readonly list?: (names: string) => string
  readonly payloadHash?: (hash: string) => string
  /** Of the whole canonical request. */
  readonly text?: (canonicalRequest: string) => string
  readonly secret?: (secret: string) => string
  readonly keyScope?: (scope: readonly string[]) => readonly string[]
  /** Of the string to sign alone. */
  readonly scope?: (scope: readonly string[]) => readonly string[]
  readonly algorithm?: (name: string) => string
  /** The key id that the key of SigV4A is made of. */
  readonly keyId?: (accessKeyId: string) => string
}

/** A request as it was sent, and what was hashed to sign it. */
export interface WronglySigned {
  readonly request: ObservedRequest & { readonly body: Uint8Array }
  readonly canonicalRequest: string
  readonly stringToSign: string
  /** The signature of the next chunk of an upload in chunks. */
  readonly chunkSignature: (data: string) => string
}

const same = <T>(value: T): T => value

export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex')
}

function decode(text: string): Buffer {
  const bytes = text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1')
}

function encodeBytes(bytes: Buffer, bare: string): string {
  return Array.from(bytes, (byte) => {
    const c = String.fromCharCode(byte)
    return /[A-Za-z0-9._~-]/.test(c) || bare.includes(c)
      ? c
      : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }).join('')
}

function isS3(service: string): boolean {
  return service.startsWith('s3')
}

/** The canonical path, by the letter of the documentation. */
export function rightPath(raw: string, service: string): string {
  if (isS3(service)) return encodeBytes(decode(raw || '/'), '/')
  const kept: string[] = []
  for (const segment of raw.split('/')) {
    if (segment === '..') kept.pop()
    else if (segment && segment !== '.') kept.push(segment)
  }
  const tidy = `/${kept.join('/')}${kept.length > 0 && raw.endsWith('/') ? '/' : ''}`
  return encodeBytes(Buffer.from(tidy, 'latin1'), '/')
}

/** The canonical query, likewise. */
export function rightQuery(raw: string, service: string): string {
  const pairs = raw
    .split('&')
    .filter(Boolean)
    .map((pair) => {
      const at = pair.includes('=') ? pair.indexOf('=') : pair.length
      return [pair.slice(0, at), pair.slice(at + 1)].map((part) =>
        encodeBytes(decode(isS3(service) ? part.replaceAll('+', ' ') : part), ''),
      )
    })
  const order = ([a, b]: string[], [c, d]: string[]): number =>
    Buffer.compare(Buffer.from(a!), Buffer.from(c!)) || Buffer.compare(Buffer.from(b!), Buffer.from(d!))
  return pairs
    .toSorted(order)
    .map((pair) => pair.join('='))
    .join('&')
}

function linesOf(headers: readonly HeaderField[]): HeaderField[] {
  const names = [...new Set(headers.map(([name]) => name.toLowerCase()))].toSorted()
  return names.map((wanted) => {
    const values = headers.filter(([name]) => name.toLowerCase() === wanted).map(([, value]) => value)
    return [wanted, values.map((value) => value.trim().replace(/[ \t]+/g, ' ')).join(',')]
  })
}

export function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text, 'latin1').digest()
}

/** What is added to a request before it is signed: headers, or parameters of a presigned URL. */
function additions(
  { service = 's3', regionSet, isPresigned, headers = [] }: Request,
  credential: string,
  hash: string,
): { fields: readonly HeaderField[]; parameters: readonly HeaderField[] } {
  const given = new Set(headers.map(([name]) => name.toLowerCase()))
  const set = regionSet === undefined ? [] : [['X-Amz-Region-Set', regionSet] as const]
  const host: HeaderField[] = given.has('host') ? [] : [['host', HOST]]
  if (isPresigned) {
    const names = linesOf([...host, ...headers]).map(([name]) => name)
    const parameters: HeaderField[] = [
      ['X-Amz-Algorithm', regionSet === undefined ? SIGV4 : SIGV4A],
      ['X-Amz-Credential', credential],
      ['X-Amz-Date', AMZ_DATE],
      ['X-Amz-Expires', '600'],
      ['X-Amz-SignedHeaders', names.join(';')],
      ...set,
    ]
    return { fields: host, parameters }
  }
  const fields: HeaderField[] = [
    ...host,
    ['x-amz-date', AMZ_DATE],
    ...(isS3(service) ? [['x-amz-content-sha256', hash] as const] : []),
    ...set.map(([name, value]): HeaderField => [name.toLowerCase(), value]),
  ]
  return { fields: fields.filter(([name]) => name === 'host' || !given.has(name)), parameters: [] }
}

/** Signs a text, with the mistakes in the key. */
function signText(text: string, scope: readonly string[], { regionSet }: Request, mistake: Mistake): string {
  const secretAccessKey = (mistake.secret ?? same)(SECRET)
  if (regionSet !== undefined) {
    return signWithEcdsa({ accessKeyId: (mistake.keyId ?? same)(KEY_ID), secretAccessKey }, text)
  }
  let key: string | Buffer = `AWS4${secretAccessKey}`
  for (const part of (mistake.keyScope ?? same<readonly string[]>)(scope)) key = hmac(key, part)
  return hmac(key, text).toString('hex')
}

/** Signs in the header or in a URL, with one mistake or none. In a URL, all headers are signed. */
export function signWrongly(request: Request, mistake: Mistake = {}): WronglySigned {
  const {
    method = 'GET',
    target = '/',
    service = 's3',
    region = 'us-east-1',
    regionSet,
    isPresigned,
  } = request
  const body =
    typeof request.body === 'string' ? Buffer.from(request.body) : (request.body ?? new Uint8Array())
  const algorithm = regionSet === undefined ? SIGV4 : SIGV4A
  const regions = regionSet === undefined ? [region] : []
  const scope = [AMZ_DATE.slice(0, 8), ...regions, service, 'aws4_request']
  const credential = `${KEY_ID}/${scope.join('/')}`
  const { fields, parameters } = additions(request, credential, sha256(body))
  const added = parameters.map(([name, value]) => `${name}=${encodeBytes(Buffer.from(value), '')}`).join('&')
  const whole = added === '' ? target : `${target}${target.includes('?') ? '&' : '?'}${added}`
  const [rawPath = '', ...rest] = whole.split('?')
  const rawQuery = rest.join('?')
  const sent = [...fields, ...(request.headers ?? [])]
  const lines = (mistake.headers ?? same)(linesOf(sent))
  const names = (mistake.list ?? same)(lines.map(([name]) => name).join(';'))
  const hashOf = isPresigned && isS3(service) ? 'UNSIGNED-PAYLOAD' : sha256(body)
  const hash = linesOf(sent).find(([name]) => name === 'x-amz-content-sha256')?.[1] ?? hashOf
  const parts = [
    (mistake.method ?? same)(method),
    (mistake.path ?? same)(rightPath(rawPath, service), rawPath),
    (mistake.query ?? same)(rightQuery(rawQuery, service), rawQuery),
    lines.map(([name, value]) => `${name}:${value}\n`).join(''),
    names,
    (mistake.payloadHash ?? same)(hash),
  ]
  const canonicalRequest = (mistake.text ?? same)(parts.join('\n'))
  const signedScope = (mistake.scope ?? same<readonly string[]>)(scope).join('/')
  const hashed = sha256(Buffer.from(canonicalRequest, 'latin1'))
  const stringToSign = [(mistake.algorithm ?? same)(algorithm), AMZ_DATE, signedScope, hashed].join('\n')
  const signature = signText(stringToSign, scope, request, mistake)
  const authorization = `${algorithm} Credential=${credential}, SignedHeaders=${names}, Signature=${signature}`
  const headers: HeaderField[] = isPresigned ? sent : [...sent, ['authorization', authorization]]
  const sentTarget = isPresigned ? `${whole}&X-Amz-Signature=${signature}` : whole
  let last = signature
  const chunkSignature = (data: string): string => {
    const chunk = [`${algorithm}-PAYLOAD`, AMZ_DATE, scope.join('/'), last, sha256(''), sha256(data)]
    last = signText(chunk.join('\n'), scope, request, mistake)
    return last
  }
  return {
    request: { method, target: sentTarget, headers, body },
    canonicalRequest,
    stringToSign,
    chunkSignature,
  }
}
