/**
 * Readings of several texts, such as a request and an answer, as one piece of evidence. Where the request itself is not
 * known, the answer often tells it: S3 echoes all that it was signed with.
 *
 * @module
 */
import { parseQuery } from '../../core/canonical-query.ts'
import { parseParts, type CanonicalParts } from '../canonical-parts.ts'
import { checkEcho } from '../check-echo.ts'
import type { Evidence, ObservedAnswer, ObservedRequest } from '../evidence.ts'
import type { Reading } from './reading.ts'
import { headerOf, textOfBytes } from './text.ts'

/** A request of which nothing is known. */
const UNKNOWN: ObservedRequest = { method: '', target: '', headers: [] }

/** Puts readings together: of each part the first one that has it is taken. */
export function evidenceOf(readings: readonly Reading[]): Evidence {
  const first = <K extends 'request' | 'wire' | 'signed' | 'answer' | 'signing'>(name: K): Reading[K] =>
    readings.find((reading) => reading[name] !== undefined)?.[name]
  const answer = mergedAnswer(readings)
  const given = first('request') ?? first('wire')
  const request = given ?? requestOfEcho(answer) ?? UNKNOWN
  const wire = first('wire')
  const signed = first('signed')
  return {
    request: withClaim(request, first('signing'), answer),
    ...(wire && { wire }),
    ...(signed && { signed }),
    ...(answer && { answer }),
  }
}

/** A status may stand in one text, and the document in another. */
function mergedAnswer(readings: readonly Reading[]): ObservedAnswer | undefined {
  const answers = readings.flatMap(({ answer }) => answer ?? [])
  if (answers.length === 0) return undefined
  const status = answers.find((answer) => answer.status !== 0)?.status ?? 0
  const headers = answers.find((answer) => answer.headers.length > 0)?.headers ?? []
  const body = answers.find((answer) => (answer.body?.length ?? 0) > 0)?.body
  return { status, headers, ...(body && { body }) }
}

/** The request as an error document of S3 tells it; nothing where it echoes nothing. */
function requestOfEcho(answer: ObservedAnswer | undefined): ObservedRequest | undefined {
  const { state, canonicalRequest = '', stringToSign = '' } = checkEcho(answer)
  const parts = state === 'damaged' ? undefined : parseParts(canonicalRequest)
  if (!parts || !answer?.body) return undefined
  const document = textOfBytes(answer.body)
  const element = (name: string): string => new RegExp(`<${name}>([^<]*)<`).exec(document)?.[1] ?? ''
  const scope = stringToSign.split('\n')[2] ?? ''
  const signature = element('SignatureProvided')
  const isPresigned = parseQuery(parts.query, 'plus').some(([name]) => name === 'X-Amz-Credential')
  if (isPresigned) return { ...plain(parts), target: `${target(parts)}&X-Amz-Signature=${signature}` }
  const credential = `${element('AWSAccessKeyId')}/${scope}`
  const value = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${parts.signedHeaders}, Signature=${signature}`
  return { ...plain(parts), headers: [...parts.headers, ['authorization', value]] }
}

function target({ path, query }: CanonicalParts): string {
  return query === '' ? path : `${path}?${query}`
}

function plain(parts: CanonicalParts): ObservedRequest {
  return { method: parts.method, target: target(parts), headers: parts.headers }
}

/** A line of curl that signs has no Authorization header yet; what it will claim is known all the same. */
function withClaim(
  request: ObservedRequest,
  signing: Reading['signing'],
  answer: ObservedAnswer | undefined,
): ObservedRequest {
  if (!signing || headerOf(request.headers, 'authorization') !== undefined) return request
  const { accessKeyId, region, service } = signing
  const day = dayOf(answer)
  const scope =
    day === '' || region === '' || service === '' ? '' : `/${day}/${region}/${service}/aws4_request`
  const claim = `AWS4-HMAC-SHA256 Credential=${accessKeyId}${scope}`
  return { ...request, headers: [...request.headers, ['authorization', claim]] }
}

function dayOf(answer: ObservedAnswer | undefined): string {
  const echoed = checkEcho(answer).stringToSign?.split('\n')[1]?.slice(0, 8)
  if (echoed !== undefined) return echoed
  const date = new Date(headerOf(answer?.headers ?? [], 'date') ?? '')
  return Number.isNaN(date.getTime()) ? '' : date.toISOString().slice(0, 10).replaceAll('-', '')
}
