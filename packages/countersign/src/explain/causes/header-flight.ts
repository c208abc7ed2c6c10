/**
 * Causes in headers: what proxies, clients and tracing libraries do to them after they were signed.
 *
 * @module
 */
import { lineOf } from '../canonical-parts.ts'
import type { Case } from '../case.ts'
import type { Cause, Finding, Proof } from '../cause.ts'
import type { Difference } from '../difference.ts'
import { HOP_BY_HOP, lines, missedFinding, missedHeader, namesIn, TRACING } from './header-lines.ts'

/** The names that the request's own Connection header names. */
function namedInConnection({ request, wire }: Case): Set<string> {
  const values = [...request.headers, ...(wire?.headers ?? [])].filter(([name]) => name === 'connection')
  const names = values.flatMap(([, value]) => value.toLowerCase().split(/[\s,]+/))
  return new Set(names.filter((name) => name !== '' && name !== 'close'))
}

function isHopByHop(name: string, evidence: Case): boolean {
  return HOP_BY_HOP.has(name) || namedInConnection(evidence).has(name)
}

/** Whether some other cause of this file has a better claim to a header. */
function isSpecial(name: string, evidence: Case): boolean {
  return (
    /^(?:host|accept-encoding|content-length|content-type|date|x-amz-security-token|x-amz-content-sha256)$/.test(
      name,
    ) ||
    TRACING.test(name) ||
    isHopByHop(name, evidence)
  )
}

/** The line that differs, with the advice to leave its header unsigned. */
function unsign({ differences }: Proof): { correction: { unsignHeaders: string[] } } {
  return { correction: { unsignHeaders: differences.map(({ header }) => header).filter(Boolean) } }
}

/** What the server says of a header that did not arrive, where it is of this cause's kind and had a value. */
function missedAs(evidence: Case, fix: string, isOwn: (name: string) => boolean): Finding[] {
  const [name = '', value = ''] = missedHeader(evidence) ?? []
  return value !== '' && isOwn(name) ? missedFinding(evidence, fix) : []
}

function isGone({ part, signed, received }: Difference): boolean {
  return part === 'header' && Boolean(signed) && !received
}

const dropped: Cause = {
  id: 'M61',
  code: 'header-dropped',
  title: 'A signed header did not arrive',
  family: 'headers',
  fix: 'Do not sign this header, or have it let through.',
  accountsFor: (difference, evidence) => isGone(difference) && !isSpecial(difference.header, evidence),
  detect: (evidence) => missedAs(evidence, dropped.fix, (name) => !isSpecial(name, evidence)),
  explain: (proof) => ({
    finding: `The header ${proof.differences[0]?.header} was signed and did not arrive.`,
    ...unsign(proof),
  }),
}

const ENCODINGS = [
  'identity',
  'gzip',
  'gzip, br',
  'gzip,br',
  'br, gzip',
  'gzip, deflate',
  'gzip,deflate',
  'gzip, deflate, br',
  'gzip, deflate, br, zstd',
  '*',
  'br',
  '',
  undefined,
]

const acceptEncoding: Cause = {
  id: 'M62',
  code: 'accept-encoding',
  title: 'Accept-Encoding is not the one that was signed, as where a proxy or CDN rewrites it',
  family: 'headers',
  fix: 'Leave accept-encoding out of the signature (--unsign accept-encoding): proxies and CDNs rewrite it.',
  signedInstead: (received) =>
    namesIn(received.signedHeaders).includes('accept-encoding')
      ? lines(received, 'accept-encoding', ...ENCODINGS)
      : [],
  receivedInstead: (signed) =>
    namesIn(signed.signedHeaders).includes('accept-encoding')
      ? lines(signed, 'accept-encoding', ...ENCODINGS)
      : [],
  accountsFor: ({ header }) => header === 'accept-encoding',
  explain: unsign,
}

const hopByHop: Cause = {
  id: 'M63',
  code: 'hop-by-hop',
  title: 'A header was signed that every hop takes off',
  family: 'headers',
  fix: 'Take headers of the connection off before signing: connection, te, keep-alive, upgrade, transfer-encoding and those that Connection names.',
  signedInstead: (received, evidence) =>
    namesIn(received.signedHeaders)
      .filter((name) => isHopByHop(name, evidence))
      .flatMap((name) => lines(received, name, undefined, '', 'keep-alive', 'close', 'trailers', 'chunked')),
  accountsFor: ({ part, header }, evidence) => part === 'header' && isHopByHop(header, evidence),
  detect: (evidence) => {
    const names = namesIn(evidence.request.claim?.signedHeaders ?? '').filter((name) =>
      isHopByHop(name, evidence),
    )
    if (names.length === 0) return []
    const stated = missedAs(evidence, hopByHop.fix, (name) => isHopByHop(name, evidence))
    if (stated.length > 0) return stated
    const finding = `The signature covers ${names.join(', ')}, which every proxy takes off or writes anew.`
    return [{ grade: 'likely', finding, fix: hopByHop.fix, correction: { unsignHeaders: names } }]
  },
  explain: unsign,
}

const contentLength: Cause = {
  id: 'M64',
  code: 'content-length',
  title: 'Content-Length was signed, and is another one at the server, as where the body is framed anew',
  family: 'headers',
  fix: 'Leave content-length out of the signature.',
  signedInstead: (received, { request, wire }) => {
    if (!namesIn(received.signedHeaders).includes('content-length')) return []
    const lengths = [request, wire].flatMap((view) => (view?.body ? [String(view.body.length)] : []))
    return lines(received, 'content-length', undefined, '', '0', ...lengths)
  },
  accountsFor: ({ header }) => header === 'content-length',
  detect: (evidence) => missedAs(evidence, contentLength.fix, (name) => name === 'content-length'),
  explain: unsign,
}

/** Whether one value is the other with more behind or in front of it. */
function isDoubled({ signed = '', received = '' }: Difference): boolean {
  const values = received.split(/, ?/)
  return (
    signed !== '' && received !== signed && (received.startsWith(`${signed},`) || values.includes(signed))
  )
}

const tracing: Cause = {
  id: 'M65',
  code: 'tracing-header',
  title: 'A header of proxies or tracing was signed, and is another one at the server',
  family: 'headers',
  fix: 'Leave headers of proxies and tracing out of the signature.',
  signedInstead: (received) =>
    received.headers.flatMap(([name]) => (TRACING.test(name) ? lines(received, name, undefined, '') : [])),
  accountsFor: (difference) =>
    difference.part === 'header' && TRACING.test(difference.header) && !isDoubled(difference),
  detect: (evidence) => missedAs(evidence, tracing.fix, (name) => TRACING.test(name)),
  explain: unsign,
}

const tracingDuplicate: Cause = {
  id: 'M66',
  code: 'tracing-duplicate',
  title: 'A signed header was sent a second time, with another value',
  family: 'headers',
  fix: 'Have the tracing library add its header before signing, or leave it out of the signature.',
  signedInstead: (received) =>
    received.headers.flatMap(([name, value]) => {
      const at = value.indexOf(',')
      return at > 0 && name !== 'x-amz-security-token' && !/^(?:accept|host)/.test(name)
        ? lines(received, name, value.slice(0, at), value.slice(value.lastIndexOf(',') + 1).trim())
        : []
    }),
  receivedInstead: (signed) =>
    signed.headers.flatMap(([name, value]) =>
      value && TRACING.test(name) ? lines(signed, name, `${value},${value}`, `${value}, ${value}`) : [],
    ),
  accountsFor: (difference) =>
    difference.part === 'header' && difference.header !== 'x-amz-security-token' && isDoubled(difference),
  explain: unsign,
}

const altered: Cause = {
  id: 'M74',
  code: 'content-type-altered',
  title: 'Content-Type is not the one that was signed',
  family: 'headers',
  fix: 'Set content-type yourself before signing, charset and boundary included.',
  signedInstead: (received) =>
    typesOf(lineOf(received, 'content-type')).flatMap((type) => lines(received, 'content-type', type)),
  receivedInstead: (signed) =>
    typesOf(lineOf(signed, 'content-type')).flatMap((type) => lines(signed, 'content-type', type)),
  accountsFor: ({ header, signed = '', received = '' }) =>
    header === 'content-type' && !(isMultipart(signed) && isMultipart(received)),
  explain: ({ differences }) => {
    const { signed, received } = differences[0] ?? {}
    return {
      finding: `Content-Type was signed as ${signed || '(nothing)'}, and arrived as ${received || '(nothing)'}.`,
      ...(received && { correction: { setHeaders: [['content-type', received]] as const } }),
    }
  },
}

/** Whether a content type has a boundary. */
function isMultipart(type: string): boolean {
  return /^multipart\//i.test(type)
}

/** What clients make of a content type. */
function typesOf(type: string | undefined): string[] {
  if (type === undefined || isMultipart(type)) return []
  const plain = type.replace(/;.*$/, '').trim()
  const charsets = ['; charset=utf-8', '; charset=UTF-8', ';charset=utf-8', ';charset=UTF-8']
  return [plain, ...charsets.map((charset) => plain + charset), type.toLowerCase()]
}

/** The causes, the commonest first. */
export const HEADERS_IN_FLIGHT: readonly Cause[] = [
  acceptEncoding,
  altered,
  contentLength,
  dropped,
  tracing,
  tracingDuplicate,
  hopByHop,
]
