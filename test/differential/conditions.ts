/**
 * Conditions on a request that several peers have trouble with.
 *
 * @module
 */
import type { PeerRequest } from './compare.ts'

export const isS3 = ({ generated }: PeerRequest): boolean => generated.service === 's3'

/** Percent-decodes to bytes; a `%` that begins no escape stays. */
export function decoded(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8').toString('latin1')
  const plain = bytes.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
  return Buffer.from(plain, 'latin1')
}

/** Whether a `%` in a text begins no escape. */
export function hasLonePercent(text: string): boolean {
  return /%(?![0-9a-f]{2})/i.test(text)
}

/** Whether a text holds what a client must escape before it sends it. */
export function hasUnsendable(text: string): boolean {
  return /[^\x21-\x7e]|["<>\\^`{|}]/.test(text) || hasLonePercent(text)
}

/** Whether a path is not in the form that S3 makes of it: decoded once, all but unreserved characters escaped. */
export function isNotStrict(path: string): boolean {
  const strict = decoded(path)
    .toString('latin1')
    .replace(/[^\w\-.~/]/g, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)
  return strict !== path
}

/** Whether the decoded text is not UTF-8. */
export function isNotUtf8(text: string): boolean {
  const bytes = decoded(text)
  return !Buffer.from(bytes.toString('utf8'), 'utf8').equals(bytes)
}

/** Decoded names of the query, in order. */
function queryNames({ query }: PeerRequest): string[] {
  const pieces = query.split('&').filter((piece) => piece !== '')
  return pieces.map((piece) => decoded(piece.split('=', 1)[0]!).toString('utf8'))
}

/** Whether a name stands twice in the query. */
export function hasRepeatedNames(request: PeerRequest): boolean {
  const names = queryNames(request)
  return new Set(names).size < names.length
}

/** Whether a query has a parameter of this decoded name. */
export function hasQueryName(request: PeerRequest, name: string): boolean {
  return queryNames(request).includes(name)
}

/** Whether a header of this name is there. */
export function hasHeader({ headers }: PeerRequest, ...wanted: string[]): boolean {
  return headers.some(([name]) => wanted.includes(name))
}

/** Values of the headers of one name. */
export function headerValues({ headers }: Pick<PeerRequest, 'headers'>, wanted: string): string[] {
  return headers.filter(([name]) => name === wanted).map(([, value]) => value)
}

/** Whether a header stands twice. */
export function hasRepeatedHeaders({ headers }: PeerRequest): boolean {
  return new Set(headers.map(([name]) => name)).size < headers.length
}

/** Whether a path has a segment that a URL class takes out, however it is spelt. */
export function hasDotSegments({ path }: PeerRequest): boolean {
  return path.split('/').some((segment) => /^(?:\.|%2e){1,2}$/i.test(segment))
}
