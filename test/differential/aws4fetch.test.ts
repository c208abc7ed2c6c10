/**
 * The same answer as aws4fetch, or a reason.
 */
import { AwsV4Signer } from 'aws4fetch'
import { comparePeer, credentialsOf, EXPIRES_IN, REGION } from './compare.ts'
import type { Disagreement, Peer, PeerRequest } from './compare.ts'
import {
  hasDotSegments,
  hasLonePercent,
  hasQueryName,
  hasRepeatedHeaders,
  hasRepeatedNames,
  isNotUtf8,
  isS3,
} from './conditions.ts'

const cache = new Map<string, ArrayBuffer>()

function headersOf({ headers, generated, payloadHash }: PeerRequest): [string, string][] {
  const given = headers.map<[string, string]>(([name, value]) => [name, value])
  const isHashSent = generated.service === 's3' && generated.carrier === 'header'
  return isHashSent ? [...given, ['x-amz-content-sha256', payloadHash]] : given
}

function urlOf({ scheme, authority, target, query, generated }: PeerRequest): string {
  const url = `${scheme}://${authority}${target}`
  return generated.carrier === 'header' ? url : `${url}${query === '' ? '?' : '&'}X-Amz-Expires=${EXPIRES_IN}`
}

const peer: Peer = {
  name: 'aws4fetch',
  feeds: ['wire', 'raw'],
  async sign(request) {
    const { generated, method, amzDate } = request
    const signer = new AwsV4Signer({
      ...credentialsOf(generated),
      method,
      url: urlOf(request),
      headers: headersOf(request),
      body: generated.body ?? null,
      service: generated.service,
      region: REGION,
      datetime: amzDate,
      signQuery: generated.carrier === 'query',
      allHeaders: true,
      cache,
    })
    return { canonicalRequest: await signer.canonicalString(), signature: await signer.signature() }
  },
}

const KNOWN: readonly Disagreement[] = [
  {
    name: 'takes out dot segments, %2e too, before it signs',
    why: 'WIRE-3: the path that the caller names is signed and sent',
    parts: ['path'],
    when: hasDotSegments,
  },
  {
    name: 'encodes a path twice that is not UTF-8, for S3',
    why: 'PATH-8: escapes are decoded to bytes',
    parts: ['path'],
    when: (request) => isS3(request) && isNotUtf8(request.path),
  },
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
    name: 'replaces what is not UTF-8 in the query with U+FFFD',
    why: 'QRY-3: escapes are decoded to bytes',
    parts: ['query'],
    when: ({ query }) => isNotUtf8(query),
  },
  {
    name: 'joins repeated headers with a comma and a space',
    why: 'HDR-3: a comma alone, as in the vectors',
    parts: ['headers'],
    when: hasRepeatedHeaders,
  },
  {
    name: 'signs the host as a URL class writes it',
    why: 'HOST-1: what is signed is the Host that is sent',
    parts: ['headers'],
    when: ({ authority }) => new URL(`https://${authority}`).host !== authority,
  },
  {
    name: 'reads a raw + in the path as a space, for S3',
    why: 'PATH-6: a plus in a path is a plus',
    parts: ['path'],
    feed: 'raw',
    when: (request) => isS3(request) && request.path.includes('+'),
  },
  {
    name: 'encodes a path twice that has a lone %, for S3',
    why: 'PATH-7: it is data, sent as %25',
    parts: ['path'],
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
    name: 'turns a backslash into a slash',
    why: 'PATH-10: it is data, sent as %5C',
    parts: ['path'],
    feed: 'raw',
    when: ({ path }) => path.includes('\\'),
  },
  {
    name: 'leaves | and ^ in a path as they are',
    why: 'PATH-3: they are escaped on the wire, and that form is encoded again',
    parts: ['path'],
    feed: 'raw',
    when: (request) => !isS3(request) && /[|^]/.test(request.path),
  },
  {
    name: 'drops a blank at the end of the URL',
    why: 'WIRE-1: what the caller names is sent',
    parts: ['path', 'query'],
    feed: 'raw',
    when: ({ target }) => target.endsWith(' '),
  },
]

comparePeer(peer, KNOWN, 6500)
