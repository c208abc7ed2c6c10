/**
 * The same answer as aws4, or a reason.
 */
import aws4 from 'aws4'
import { comparePeer, compareTrailingDots, credentialsOf, EXPIRES_IN, REGION } from './compare.ts'
import type { Disagreement, Peer, PeerRequest } from './compare.ts'
import {
  hasHeader,
  hasLonePercent,
  hasQueryName,
  hasRepeatedHeaders,
  hasRepeatedNames,
  isNotUtf8,
  isS3,
} from './conditions.ts'

/** What makes aws4 decode and encode the whole target. */
const NEEDS_ESCAPE = /[^0-9A-Za-z;,/?:@&=+$\-_.!~*'()#%]/

// Node's http takes repeated headers as a list.
function headersOf({
  headers,
  generated,
  amzDate,
  payloadHash,
}: PeerRequest): Record<string, string | string[]> {
  const byName = new Map<string, string[]>()
  for (const [name, value] of headers) byName.set(name, [...(byName.get(name) ?? []), value])
  if (generated.carrier === 'header') {
    byName.set('x-amz-date', [amzDate])
    if (generated.service === 's3') byName.set('x-amz-content-sha256', [payloadHash])
  }
  return Object.fromEntries(
    [...byName].map(([name, values]) => [name, values.length > 1 ? values : values[0]!]),
  )
}

function pathOf({ target, query, generated, amzDate }: PeerRequest): string {
  if (generated.carrier === 'header') return target
  return `${target}${query === '' ? '?' : '&'}X-Amz-Date=${amzDate}&X-Amz-Expires=${EXPIRES_IN}`
}

const peer: Peer = {
  name: 'aws4',
  feeds: ['wire', 'raw'],
  async sign(request) {
    const { generated, method } = request
    const signer = new aws4.RequestSigner(
      {
        service: generated.service,
        region: REGION,
        method,
        path: pathOf(request),
        headers: headersOf(request),
        body: generated.body,
        signQuery: generated.carrier === 'query',
      },
      credentialsOf(generated),
    )
    signer.prepareRequest()
    return { canonicalRequest: signer.canonicalString(), signature: signer.signature() }
  },
}

const KNOWN: readonly Disagreement[] = [
  {
    name: 'drops parameters with an empty name',
    why: 'QRY-1: a pair that is sent is signed',
    parts: ['query'],
    when: (request) => hasQueryName(request, ''),
  },
  {
    name: 'signs the first of equal names only, for S3',
    why: 'QRY-6: all that is sent is signed, as the CRT and the AWS SDKs do',
    parts: ['query'],
    when: (request) => isS3(request) && hasRepeatedNames(request),
  },
  {
    name: 'loses the parameter __proto__',
    why: 'QRY-2: pairs are a list, not an object',
    parts: ['query'],
    when: (request) => hasQueryName(request, '__proto__'),
  },
  {
    name: 'replaces what is not UTF-8 in the query with U+FFFD',
    why: 'QRY-3: escapes are decoded to bytes',
    parts: ['query'],
    when: ({ query }) => isNotUtf8(query),
  },
  {
    name: 'leaves headers unsigned that are named like a property of every object',
    why: 'HDR-1: a name is a text; look-up tables are sets',
    parts: ['headers'],
    when: (request) => hasHeader(request, 'constructor'),
  },
  {
    name: 'loses the header __proto__',
    why: 'HDR-1: headers are a list, not an object',
    parts: ['headers'],
    when: (request) => hasHeader(request, '__proto__'),
  },
  {
    name: 'keeps blanks around the commas between repeated headers',
    why: 'HDR-2, HDR-3: each value is trimmed, then joined',
    parts: ['headers'],
    when: (request) => hasRepeatedHeaders(request),
  },
  {
    name: 'throws at a path that is not UTF-8, for S3',
    why: 'PATH-8: escapes are decoded to bytes',
    parts: ['error'],
    when: (request) => isS3(request) && isNotUtf8(request.path),
  },
  {
    name: 'throws at a target that is not UTF-8 and has a character to be escaped',
    why: 'PATH-7, PATH-8: escapes are decoded to bytes, a lone % is data',
    parts: ['error'],
    when: ({ target }) => NEEDS_ESCAPE.test(target) && (isNotUtf8(target) || hasLonePercent(target)),
  },
  {
    name: 'escapes the whole target anew when any of its characters needs it',
    why: 'WIRE-1: what is escaped already stays as it is, on the wire and in what is signed',
    parts: ['path', 'query'],
    when: ({ target }) => NEEDS_ESCAPE.test(target) && /[%[\]]/.test(target),
  },
  {
    name: 'throws at a lone % in the path, for S3',
    why: 'PATH-7: it is data, sent as %25',
    parts: ['error'],
    feed: 'raw',
    when: (request) => isS3(request) && hasLonePercent(request.path),
  },
  {
    name: 'sends a lone % in the path as it is',
    why: 'PATH-7: it is sent as %25, which is encoded again',
    parts: ['path'],
    feed: 'raw',
    when: (request) => !isS3(request) && hasLonePercent(request.path),
  },
  {
    name: 'reads a raw + in the path as a space, for S3',
    why: 'PATH-6: a plus in a path is a plus',
    parts: ['path'],
    feed: 'raw',
    when: (request) => isS3(request) && request.path.includes('+'),
  },
]

comparePeer(peer, KNOWN, 6500)
compareTrailingDots(peer)
