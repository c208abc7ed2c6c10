/**
 * A small signer with one mistake: it signs a request right but for what a test tells it to do wrong, and sends it as it
 * was given. It shares no code with the library.
 *
 * @module
 */
import { createHash, createHmac } from 'node:crypto'
import type { HeaderField, ObservedRequest } from '../../packages/countersign/src/explain/index.ts'

export const KEY_ID = 'AKIDEXAMPLE'
export const SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'
export const NOW = new Date('2026-11-22T12:00:00Z')
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

/** Signs in the header, with one mistake or none. */
export function signWrongly(request: Request, mistake: Mistake = {}): WronglySigned {
  const { method = 'GET', target = '/', service = 's3', region = 'us-east-1' } = request
  const body =
    typeof request.body === 'string' ? Buffer.from(request.body) : (request.body ?? new Uint8Array())
  const [rawPath = '', ...rest] = target.split('?')
  const rawQuery = rest.join('?')
  const added: HeaderField[] = [
    ['host', HOST],
    ['x-amz-date', AMZ_DATE],
    ...(isS3(service) ? [['x-amz-content-sha256', sha256(body)] as const] : []),
  ]
  const given = request.headers ?? []
  const isGiven = (name: string): boolean => given.some(([other]) => other.toLowerCase() === name)
  const sent = [...added.filter(([name]) => !isGiven(name)), ...given]
  const lines = (mistake.headers ?? same)(linesOf(sent))
  const names = (mistake.list ?? same)(lines.map(([name]) => name).join(';'))
  const hash = linesOf(sent).find(([name]) => name === 'x-amz-content-sha256')?.[1] ?? sha256(body)
  const parts = [
    (mistake.method ?? same)(method),
    (mistake.path ?? same)(rightPath(rawPath, service), rawPath),
    (mistake.query ?? same)(rightQuery(rawQuery, service), rawQuery),
    lines.map(([name, value]) => `${name}:${value}\n`).join(''),
    names,
    (mistake.payloadHash ?? same)(hash),
  ]
  const canonicalRequest = (mistake.text ?? same)(parts.join('\n'))
  const scope = [AMZ_DATE.slice(0, 8), region, service, 'aws4_request']
  const hashed = sha256(Buffer.from(canonicalRequest, 'latin1'))
  const stringToSign = ['AWS4-HMAC-SHA256', AMZ_DATE, scope.join('/'), hashed].join('\n')
  let key: string | Buffer = `AWS4${(mistake.secret ?? same)(SECRET)}`
  for (const part of (mistake.keyScope ?? same<readonly string[]>)(scope)) key = hmac(key, part)
  const signature = hmac(key, stringToSign).toString('hex')
  const credential = `${KEY_ID}/${scope.join('/')}`
  const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names}, Signature=${signature}`
  const headers: HeaderField[] = [...sent, ['authorization', authorization]]
  let last = signature
  const chunkSignature = (data: string): string => {
    const chunk = ['AWS4-HMAC-SHA256-PAYLOAD', AMZ_DATE, scope.join('/'), last, sha256(''), sha256(data)]
    last = hmac(key, chunk.join('\n')).toString('hex')
    return last
  }
  return { request: { method, target, headers, body }, canonicalRequest, stringToSign, chunkSignature }
}
