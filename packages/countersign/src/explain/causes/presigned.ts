/**
 * Causes of presigned URLs: another method, headers that are missing or too many, URLs that were mangled or are over.
 *
 * @module
 */
import { parseAmzDate } from '../../core/amz-date.ts'
import { encodeUri } from '../../core/uri-encoding.ts'
import { EMPTY_SHA256, MAX_EXPIRES, UNSIGNED_PAYLOAD } from '../../core/names.ts'
import type { Case } from '../case.ts'
import type { Cause, Finding } from '../cause.ts'
import { isCode, inMessage, messageOf, shownName, shownSpan } from './answered.ts'

function isPresigned({ request }: Case): boolean {
  return request.claim?.mechanism === 'query'
}

const METHODS = ['GET', 'HEAD', 'PUT', 'POST', 'DELETE', 'OPTIONS', 'PATCH']

const method: Cause = {
  id: 'M85a',
  code: 'presign-method',
  title: 'Sent with another method than the one that was signed',
  family: 'presigned',
  fix: 'Send the method that was signed: HEAD needs a URL of its own, or GET with a Range.',
  signedInstead: ({ method: received }) =>
    [...METHODS, received.toLowerCase()]
      .filter((name) => name !== received)
      .map((name) => ({ method: name })),
  explain: ({ signed, received, evidence }) => ({
    finding: `${isPresigned(evidence) ? 'The URL' : 'The request'} was signed for ${shownName(signed.method)}, and sent with ${shownName(received.method)}.`,
    correction: { method: shownName(signed.method) },
  }),
}

/** Names that were signed, and that the request does not bring. */
function missingHeaders(evidence: Case): string[] {
  const { request, wire } = evidence
  const names = request.claim?.signedHeaders.split(';').filter((name) => name !== '') ?? []
  const sent = new Set([...(wire ?? request).headers].map(([name]) => name))
  return names.filter((name) => !sent.has(name))
}

const NAMED = /'([\w-]+)' is named as a SignedHeader, but it does not exist/

const headersMissing: Cause = {
  id: 'M85b',
  code: 'presign-headers-missing',
  insteadOf: ['header-dropped'],
  title: 'Headers that were signed into the URL are not sent with it',
  family: 'presigned',
  fix: 'Send each header that stands in X-Amz-SignedHeaders, with the value that was signed.',
  detect: (evidence) => {
    if (!isPresigned(evidence)) return []
    const [said] = inMessage(evidence, NAMED) ?? []
    const missing = said === undefined ? missingHeaders(evidence).filter((name) => name !== 'host') : [said]
    // A URL alone says nothing of the headers that go with it.
    if (missing.length === 0 || (evidence.answer?.status ?? 0) < 400) return []
    const lines = missing.map((name) => `-H '${shownName(name)}: …'`).join(' ')
    const finding = `The URL was signed with ${missing.map(shownName).join(', ')}, which was not sent.`
    return [{ grade: said === undefined ? 'likely' : 'stated', finding, fix: `Send with it: ${lines}` }]
  },
}

const extraHeader: Cause = {
  id: 'M85c',
  code: 'presign-extra-header',
  insteadOf: ['header-late'],
  title: 'Headers are sent with the URL that were not signed into it',
  family: 'presigned',
  fix: 'Send the headers alone that were signed; or sign the others, too.',
  detect: (evidence) => {
    if (!isPresigned(evidence)) return []
    const told = evidence.answer?.fields.get('HeadersNotSigned')
    const signed = new Set(evidence.request.claim?.signedHeaders.split(';'))
    const sent = (evidence.wire ?? evidence.request).headers.map(([name]) => name)
    const extra = told?.split(/, ?/) ?? sent.filter((name) => name.startsWith('x-amz-') && !signed.has(name))
    if (extra.length === 0) return []
    const names = extra.map(shownName)
    return [
      {
        grade: told === undefined ? 'likely' : 'stated',
        finding: `${names.join(', ')} was sent with the URL, and is not signed.`,
        fix: extraHeader.fix,
        correction: { removeHeaders: names },
      },
    ]
  },
}

/** What a URL looks like after a mail, a page or a form had it. */
const MANGLINGS: readonly (readonly [RegExp, string])[] = [
  [/[?&]amp;X-Amz-|&amp;/i, 'it has &amp; in the place of &'],
  [/X-Amz-Credential=[^&]*%252F/i, 'its escapes were escaped again (%252F)'],
  [/X-Amz-Credential=[^&]*%2520/i, 'its escapes were escaped again (%2520)'],
  [/X-Amz-Security-Token=[^&]*(?:%20|\+| )/i, 'a + of its session token became a blank'],
  [/X-Amz-Signature=(?![\da-f]{64}(?:[&#]|$))[\da-f]{1,63}(?:&|$)/i, 'its signature was cut off'],
  [/X-Amz-Signature=[\da-f]{64}[^&\da-f]/i, 'something was put behind its signature'],
]

const mangled: Cause = {
  id: 'M85d',
  code: 'presign-mangled',
  title: 'The URL was changed on its way',
  family: 'presigned',
  fix: 'Hand the URL on as it was made: as text, not through HTML, not encoded or decoded again.',
  detect: (evidence) => {
    const { query } = evidence.request
    const found = MANGLINGS.find(([pattern]) => pattern.test(`?${query}`))
    if (!found || !/X-Amz-(?:Signature|Credential)=/i.test(query)) return []
    const repaired = repair(query)
    const path = evidence.evidence.request.target.split('?')[0] ?? ''
    return [
      {
        grade: 'likely',
        finding: `The URL is not as it was made: ${found[1]}.`,
        fix: mangled.fix,
        ...(repaired !== query && { correction: { target: `${path}?${repaired}` } }),
      },
    ]
  },
}

function repair(query: string): string {
  const plain = query.replaceAll(/&amp;/gi, '&').replace(/^amp;/, '')
  const single = /%25(?:2F|20)/i.test(plain) ? plain.replace(/%25([\dA-F]{2})/gi, '%$1') : plain
  return single.replace(/(X-Amz-Security-Token=)([^&]*)/i, (_, name: string, token: string) => {
    return name + token.replace(/%20|\+| /g, encodeUri('+'))
  })
}

/** Whether a presigned URL had ended when the server looked at it. */
export function isOverdue({ request: { claim }, answer, now }: Case): boolean {
  const start = claim?.mechanism === 'query' ? parseAmzDate(claim.amzDate) : undefined
  const looked = answer?.serverTime ?? now
  return (
    start !== undefined &&
    looked !== undefined &&
    looked.getTime() > start.getTime() + Number(claim?.expires) * 1000
  )
}

/** What S3 tells of a URL that nobody has any more. */
function expiredByAnswer({ answer }: Case): Finding[] {
  const { message = '', fields, serverTime } = answer ?? {}
  const told = (finding: string): Finding[] => [{ grade: 'stated', finding, fix: expired.fix }]
  if (/must be less than a week/.test(message))
    return told(`The URL asks for more than a week (${MAX_EXPIRES}).`)
  if (!/Request has expired/.test(message)) return []
  const end = new Date(fields?.get('Expires') ?? '')
  if (!serverTime || Number.isNaN(end.getTime())) return told('The URL is over.')
  const late = shownSpan((serverTime.getTime() - end.getTime()) / 1000)
  return told(`The URL ended ${late} before the server looked at it.`)
}

const expired: Cause = {
  id: 'M85e',
  code: 'presign-expired',
  title: 'The URL is over, or asks for more time than there is',
  family: 'presigned',
  fix: 'Make a new URL; it lives 7 days at most, and no longer than the credentials that sign it.',
  detect: (evidence) => {
    const { claim } = evidence.request
    const message = messageOf(evidence)
    if (!claim) return expiredByAnswer(evidence)
    if (!isPresigned(evidence)) return []
    const seconds = Number(claim.expires)
    if (/must be less than a week|X-Amz-Expires (?:must|should) be/.test(message) || seconds > MAX_EXPIRES) {
      const isStated = message.includes('X-Amz-Expires')
      const finding = `The URL asks for ${shownName(claim.expires)} seconds, and a week (${MAX_EXPIRES}) is the most.`
      return [{ grade: isStated ? 'stated' : 'likely', finding, fix: expired.fix }]
    }
    if (/Request is not valid yet/.test(message)) {
      const finding = `The URL is dated ${shownName(claim.amzDate)}, which the server's clock has not reached.`
      return [{ grade: 'stated', finding, fix: 'Set the clock of whoever makes the URLs.' }]
    }
    const start = parseAmzDate(claim.amzDate)
    const end = start && new Date(start.getTime() + seconds * 1000)
    const now = evidence.answer?.serverTime ?? evidence.now
    const isStated = /Request has expired/.test(message)
    const isOver = isOverdue(evidence)
    if (!isStated && !(isOver && isCode(evidence, 'AccessDenied', 'ExpiredToken'))) return []
    const by =
      end && now && isOver
        ? `, ${shownSpan((now.getTime() - end.getTime()) / 1000)} before the server looked at it`
        : ''
    const when = end && !Number.isNaN(end.getTime()) ? ` at ${end.toISOString().replace(/\.\d+/, '')}` : ''
    const finding = `The URL was made for ${shownSpan(seconds || 0)}, and ended${when}${by}.`
    return [{ grade: isStated ? 'stated' : 'likely', finding, fix: expired.fix }]
  },
}

const hash: Cause = {
  id: 'M85f',
  code: 'presign-hash',
  insteadOf: ['body-empty-hash', 'unsigned-refused'],
  title: 'The URL was signed with another payload hash than the server takes',
  family: 'presigned',
  fix: 'Sign URLs of S3 with UNSIGNED-PAYLOAD, and those of other services with the hash of an empty body.',
  signedInstead: ({ payloadHash }, evidence) =>
    isPresigned(evidence)
      ? [UNSIGNED_PAYLOAD, EMPTY_SHA256]
          .filter((value) => value !== payloadHash)
          .map((value) => ({ payloadHash: value }))
      : [],
  explain: ({ signed, received }) => ({
    finding: `The URL was signed with ${nameOfHash(signed.payloadHash)}, and the server takes ${nameOfHash(received.payloadHash)}.`,
    correction: { payloadHash: received.payloadHash },
  }),
}

function nameOfHash(value: string): string {
  return value === EMPTY_SHA256 ? 'the hash of an empty body' : value
}

const TOKEN_PAIR = /(?:^|&)X-Amz-Security-Token=[^&]*/

const iotToken: Cause = {
  id: 'M85g',
  code: 'iot-token',
  title: 'The session token was signed, where IoT takes it outside the signature',
  family: 'presigned',
  fix: 'Sign the URL without the token, and append X-Amz-Security-Token afterwards.',
  signedInstead: (parts, { request, rules }) => {
    const token = request.claim?.sessionToken ?? ''
    if (rules.tokenPlacement !== 'after' || token === '' || TOKEN_PAIR.test(parts.query)) return []
    const pairs = [...parts.query.split('&'), `X-Amz-Security-Token=${encodeUri(token)}`]
    return [{ query: pairs.toSorted().join('&') }]
  },
  explain: () => ({ finding: 'The session token is part of what was signed, and IoT leaves it out.' }),
}

const plusAuthorization: Cause = {
  id: 'M85j',
  code: 'presign-plus-auth',
  insteadOf: ['two-authorizations'],
  title: 'A presigned URL is sent with an Authorization header',
  family: 'presigned',
  fix: 'Send the URL without the header; a client that follows redirects must drop it.',
  detect: (evidence) => {
    const { query } = evidence.request
    const sent = evidence.wire ?? evidence.request
    const hasHeader = sent.headers.some(([name]) => name === 'authorization')
    const isUrl = /(?:^|&)(?:X-Amz-Signature|X-Amz-Algorithm|Signature)=/i.test(query)
    if (!isUrl || !hasHeader) return []
    const isStated = messageOf(evidence).startsWith('Only one auth mechanism allowed')
    const finding = 'The URL is signed, and there is an Authorization header beside it.'
    return [
      {
        grade: isStated ? 'stated' : 'likely',
        finding,
        fix: plusAuthorization.fix,
        correction: { removeHeaders: ['authorization'] },
      },
    ]
  },
}

/** The causes, the commonest first. */
export const PRESIGNED: readonly Cause[] = [
  method,
  expired,
  headersMissing,
  extraHeader,
  mangled,
  hash,
  iotToken,
  plusAuthorization,
]
