/**
 * The shape of the `sigv4` and `sigv4a` vectors, and how a request is read out of one.
 *
 * @module
 */
import type { Header } from '../../packages/countersign/src/core/canonical-headers.ts'
import { formatCredentialScope } from '../../packages/countersign/src/core/credential-scope.ts'
import { SIGV4A_ALGORITHM, SIGV4_ALGORITHM } from '../../packages/countersign/src/core/names.ts'
import { loadVectors } from '../kit/vectors.ts'

/** Where a signature is carried. */
export type Mode = 'header' | 'query'

/** What a source says that comes out. */
export interface Expected {
  readonly signedHeaders: string
  readonly canonicalRequest: string
  readonly stringToSign: string
  readonly signature: string
  readonly authorization?: string
  /** Another signature of the same string to sign, in sources of SigV4A. */
  readonly signedRequestSignature?: string
  readonly expiresInSeconds?: number
  readonly amzDate?: string
  readonly addedParams?: readonly (readonly [string, string])[]
}

interface VectorRequest {
  readonly method: string
  readonly target: string
  readonly headers: readonly (readonly [string, string])[]
  readonly body?: string
  readonly bodyBase64?: string
  readonly bodyRepeat?: readonly [string, number]
}

interface Flags {
  readonly normalizePath: boolean
  readonly doubleEncodePath: boolean
  readonly omitSessionToken?: boolean
  readonly tokenParam?: string
  readonly expiresInSeconds?: number
  readonly plusIsSpace?: boolean
  readonly targetEndsAtFirstSpace?: boolean
}

/** One request of a file, with one or two signatures. */
export interface Vector {
  readonly name: string
  readonly credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string }
  readonly region: string
  /** Of SigV4A alone. */
  readonly regionSet?: string
  /** Of SigV4A alone, in hex. */
  readonly publicKey?: { readonly x: string; readonly y: string }
  readonly service: string
  readonly timestamp: string
  readonly amzDate?: string
  readonly flags: Flags
  readonly request: VectorRequest
  readonly header?: Expected
  readonly query?: Expected
  readonly url?: string
  readonly inputUrl?: string
}

/** One signature to be reproduced. */
export interface Signing {
  /** Name and mode, such as `get-vanilla (query)`. */
  readonly id: string
  readonly mode: Mode
  readonly vector: Vector
  readonly expected: Expected
}

// What one tool does against the rule that all others follow.
const QUIRKS = ['sortHeaderValues', 'keepQuotedSpaces', 'foldedLinesAreValues', 'sortQueryByNameOnly']

/** All signatures of a file. */
export function loadSignings(file: string): Signing[] {
  const { cases } = loadVectors<{ cases: Vector[] }>(`${file}.json`)
  return cases.flatMap((vector) =>
    (['header', 'query'] as const).flatMap((mode) => {
      const expected = vector[mode]
      return expected ? [{ id: `${vector.name} (${mode})`, mode, vector, expected }] : []
    }),
  )
}

/** Whether a case follows a rule of one tool alone. */
export function isQuirk({ vector }: Signing): boolean {
  return QUIRKS.some((quirk) => Object.hasOwn(vector.flags, quirk))
}

/** UTF-8 of a text as a byte string. */
export function byteString(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1')
}

/** The headers before signing. A folded line is one space (HDR-4), as whoever parses the raw request sees it. */
export function unfoldedHeaders({ request }: Vector): Header[] {
  return request.headers.map(([name, value]) => [name, value.replace(/\r?\n[\t ]*/g, ' ')])
}

/** The body's bytes. */
export function bodyOf({ request: { body = '', bodyBase64, bodyRepeat } }: Vector): Buffer {
  if (bodyRepeat) return Buffer.from(bodyRepeat[0].repeat(bodyRepeat[1]))
  return bodyBase64 === undefined ? Buffer.from(body) : Buffer.from(bodyBase64, 'base64')
}

/** The payload hash, which is the last line of every canonical request. */
export function payloadHashOf({ canonicalRequest }: Expected): string {
  return canonicalRequest.slice(canonicalRequest.lastIndexOf('\n') + 1)
}

/** The signing instant as the string to sign has it. */
export function amzDateOf({ vector, expected }: Signing): string {
  const given = expected.amzDate ?? vector.amzDate
  return given ?? vector.timestamp.replace(/[-:]|\.\d+/g, '')
}

/** Name of the algorithm. */
export function algorithmOf({ vector }: Signing): string {
  return vector.regionSet === undefined ? SIGV4_ALGORITHM : SIGV4A_ALGORITHM
}

/** The credential scope; that of SigV4A has no region. */
export function scopeTextOf(signing: Signing): string {
  const { region, regionSet, service } = signing.vector
  const date = amzDateOf(signing).slice(0, 8)
  return regionSet === undefined
    ? formatCredentialScope({ date, region, service })
    : `${date}/${service}/aws4_request`
}

/** Names that the source signs. */
export function signedNames({ signedHeaders }: Expected): string[] {
  return signedHeaders === '' ? [] : signedHeaders.split(';')
}
