/**
 * What a signature stands for, read off a message as plainly as it can be, by none of the library's code: two messages
 * with the same meaning may share a signature, and two with other meanings never. Meanings are made of decoded text where
 * the library encodes, so that the two cannot be wrong in the same way.
 *
 * @module
 */
import type { HeaderField, SentMessage } from './messages.ts'

/** Reads a meaning; what it does not hold, anybody may change. */
export type MeaningOf = (message: SentMessage) => string

type Pair = readonly [name: string, value: string]

function decode(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

function sorted<T>(list: readonly T[]): T[] {
  return list.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
}

function splitTarget({ target }: SentMessage): { path: string; query: string } {
  const [, rest = ''] = /^https?:\/\/[^/?]*(.*)$/i.exec(target) ?? [undefined, target]
  const [path = '', ...more] = rest.split('?')
  return { path: path === '' ? '/' : path, query: more.join('?') }
}

function pairsOf(query: string, isPlusBlank: boolean): Pair[] {
  const pieces = query.split('&').filter((piece) => piece !== '')
  return pieces.map((piece) => {
    const [name = '', ...value] = (isPlusBlank ? piece.replaceAll('+', ' ') : piece).split('=')
    return [decode(name), decode(value.join('='))]
  })
}

function fieldsOf({ headers }: SentMessage): HeaderField[] {
  const fields = headers.map<HeaderField>(([name, value]) => [name.toLowerCase(), value])
  const authority = fields.find(([name]) => name === ':authority')
  if (!authority) return fields
  return [['host', authority[1]], ...fields.filter(([name]) => name !== 'host' && !name.startsWith(':'))]
}

function lineOf(fields: readonly HeaderField[], wanted: string): string {
  const values = fields
    .filter(([name]) => name === wanted)
    .map(([, value]) => value.replace(/^[\t ]+|[\t ]+$/g, ''))
  return values.join(',')
}

/** The general services read a path as segments, of which empty ones and dots mean nothing, and never decode it. */
function segmentsOf(path: string): string[] {
  const kept: string[] = []
  for (const segment of path.split('/')) {
    if (segment === '..') kept.pop()
    else if (segment !== '' && segment !== '.') kept.push(segment)
  }
  return [...kept, kept.length > 0 && path.endsWith('/') ? 'and a slash' : '']
}

/** Of SigV4 and SigV4A, wherever they stand. */
export function meaningOfV4(message: SentMessage): string {
  const fields = fieldsOf(message)
  const { path, query } = splitTarget(message)
  const authorization = lineOf(fields, 'authorization')
  const isHeader = authorization !== ''
  const claim = isHeader
    ? pairsOf(authorization.replace(/^[^\t ]*[\t ]+/, '').replace(/[\t ]*,[\t ]*/g, '&'), false)
    : pairsOf(query, false)
  const part = (name: string): string => claim.find(([each]) => each === name)?.[1] ?? ''
  const prefix = isHeader ? '' : 'X-Amz-'
  const credential = part(`${prefix}Credential`)
  const isS3 = credential.endsWith('/s3/aws4_request')
  const names = part(`${prefix}SignedHeaders`).split(';')
  const pairs = pairsOf(query, isS3).filter(([name]) => isHeader || name !== 'X-Amz-Signature')
  return JSON.stringify([
    message.method,
    isS3 ? decode(path) : segmentsOf(path),
    sorted(pairs),
    names.map((name) => [name, lineOf(fields, name).replace(/[\t ]+/g, ' ')]),
    credential,
    isHeader ? authorization.split(/[\t ]/)[0] : '',
    part(`${prefix}Signature`),
  ])
}

// A list of its own: those that the requests of the test have, and some that could be put in.
const SUB_RESOURCES =
  /^(?:acl|cors|delete|policy|tagging|torrent|uploadId|uploads|versionId|versioning|website|partNumber)$/
const OF_URL = /^(?:AWSAccessKeyId|Expires|x-amz-.*)$/i
const OVERRIDES = /^response-(?:cache-control|content-(?:disposition|encoding|language|type)|expires)$/

const V2_HEADER = /^(?:x-amz-.*|content-md5|content-type|date)$/

/** Of version 2 of S3: neither host nor body, and of the query the sub-resources. */
export function meaningOfS3V2(message: SentMessage): string {
  const fields = fieldsOf(message)
  const { path, query } = splitTarget(message)
  const pairs = query.split('&').map((piece): Pair => {
    const [name = '', ...rest] = piece.split('=')
    const [plain, value] = [decode(name), rest.join('=')]
    return [plain, OF_URL.test(plain) || OVERRIDES.test(plain) ? decode(value.replaceAll('+', ' ')) : value]
  })
  const isCovered = ([name]: Pair): boolean =>
    SUB_RESOURCES.test(name) || OVERRIDES.test(name) || OF_URL.test(name)
  const names = new Set(fields.map(([name]) => name).filter((name) => V2_HEADER.test(name)))
  // The date of a URL is its end; that of a header is `x-amz-date` where there is one.
  if (names.has('x-amz-date') || pairs.some(([name]) => name === 'Expires')) names.delete('date')
  const headers = [...names].map((name): Pair => [name, lineOf(fields, name)])
  return JSON.stringify([
    message.method,
    path,
    sorted(pairs.filter((pair) => isCovered(pair))),
    // Of these two, version 2 signs a value or none, and does not tell an empty one from none.
    sorted(headers.filter(([name, value]) => value !== '' || !name.startsWith('content-'))),
    lineOf(fields, 'authorization')
      .replace(/:.*/, '')
      .replace(/[\t ]+/g, ' '),
  ])
}

/** Of version 2 of the query APIs: all parameters, in the URL or the form. */
export function meaningOfSigV2(message: SentMessage): string {
  const { path, query } = splitTarget(message)
  const form =
    message.method === 'POST' ? Buffer.from(message.body ?? new Uint8Array()).toString('latin1') : ''
  const pairs = pairsOf([query, form].join('&'), true).filter(([name]) => name !== 'Signature')
  return JSON.stringify([
    message.method,
    lineOf(fieldsOf(message), 'host').toLowerCase(),
    path,
    sorted(pairs),
  ])
}
