/**
 * The same answer as @smithy/signature-v4, the signer of the AWS SDK for JavaScript, or a reason.
 */
import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto'
import { SignatureV4 } from '@smithy/signature-v4'
import { comparePeer, compareTrailingDots, credentialsOf, EXPIRES_IN, REGION } from './compare.ts'
import type { Disagreement, Peer, PeerRequest } from './compare.ts'
import {
  decoded,
  hasQueryName,
  hasUnsendable,
  headerValues,
  isNotStrict,
  isNotUtf8,
  isS3,
} from './conditions.ts'

type SmithyRequest = Parameters<SignatureV4['presign']>[0]

/** SHA-256 in the shape that smithy asks for. */
class Sha256 {
  readonly #hash: Hash | Hmac

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret))
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(bytesOf(data))
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest()
  }

  reset(): void {
    throw new Error('Not needed')
  }
}

function bytesOf(data: string | ArrayBuffer | ArrayBufferView): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data)
  return ArrayBuffer.isView(data)
    ? Buffer.from(data.buffer, data.byteOffset, data.byteLength)
    : Buffer.from(data)
}

/** Shows the canonical request, which smithy keeps to itself. */
class OpenSignatureV4 extends SignatureV4 {
  canonicalRequest = ''

  protected override createCanonicalRequest(
    request: SmithyRequest,
    headers: Record<string, string>,
    payloadHash: string,
  ): string {
    this.canonicalRequest = super.createCanonicalRequest(request, headers, payloadHash)
    return this.canonicalRequest
  }
}

// The SDK hands over parameters decoded, as a record; an own `__proto__` included.
function queryOf({ query }: PeerRequest): Record<string, string | string[]> {
  const byName = new Map<string, string[]>()
  for (const piece of query.split('&').filter(Boolean)) {
    const [name = '', ...value] = piece.split('=')
    const decodedName = decodeText(name)
    byName.set(decodedName, [...(byName.get(decodedName) ?? []), decodeText(value.join('='))])
  }
  return Object.fromEntries(
    [...byName].map(([name, values]) => [name, values.length > 1 ? values : values[0]!]),
  )
}

function decodeText(text: string): string {
  return decoded(text).toString('utf8')
}

// Its header record has one text a name, so repeated headers come joined, as an HTTP parser joins them.
function headersOf({ headers, generated, payloadHash }: PeerRequest): Record<string, string> {
  const names = [...new Set(headers.map(([name]) => name))]
  const isHashSent = generated.service === 's3' && generated.carrier === 'header'
  const hash: [string, string][] = isHashSent ? [['x-amz-content-sha256', payloadHash]] : []
  const joined = names.map<[string, string]>((name) => [
    name,
    headerValues({ headers }, name).map(trim).join(','),
  ])
  return Object.fromEntries([...joined, ...hash])
}

function trim(value: string): string {
  return value.replace(/^[\t ]+|[\t ]+$/g, '')
}

function smithyRequest(request: PeerRequest): SmithyRequest {
  const { method, scheme, authority, path, generated } = request
  return {
    method,
    protocol: `${scheme}:`,
    hostname: authority,
    path: path || '/',
    query: queryOf(request),
    headers: headersOf(request),
    // Of a body that cannot be hashed smithy makes UNSIGNED-PAYLOAD, as S3 wants it in a presigned URL.
    body: generated.carrier === 'query' && generated.service === 's3' ? {} : generated.body,
  }
}

async function signatureOf(signer: OpenSignatureV4, request: PeerRequest): Promise<string> {
  const names = new Set(request.headers.map(([name]) => name))
  const options = { signingDate: request.date, signableHeaders: names }
  if (request.generated.carrier === 'query') {
    const presigned = await signer.presign(smithyRequest(request), {
      ...options,
      expiresIn: EXPIRES_IN,
      unhoistableHeaders: names,
    })
    return String(presigned.query?.['X-Amz-Signature'])
  }
  const signed = await signer.sign(smithyRequest(request), options)
  return signed.headers['authorization']!.split('Signature=')[1]!
}

const peer: Peer = {
  name: '@smithy/signature-v4',
  feeds: ['wire', 'raw'],
  async sign(request) {
    const { generated } = request
    const signer = new OpenSignatureV4({
      credentials: credentialsOf(generated),
      region: REGION,
      service: generated.service,
      sha256: Sha256,
      uriEscapePath: generated.service !== 's3',
      applyChecksum: generated.service === 's3',
    })
    return { signature: await signatureOf(signer, request), canonicalRequest: signer.canonicalRequest }
  },
}

const KNOWN: readonly Disagreement[] = [
  {
    name: 'writes the parameter __proto__ as [object Object]',
    why: 'QRY-2: pairs are a list, not an object',
    parts: ['query'],
    when: (request) => hasQueryName(request, '__proto__'),
  },
  {
    name: 'replaces what is not UTF-8 in the query with U+FFFD',
    why: 'QRY-3: escapes are decoded to bytes; its parameters are texts',
    parts: ['query'],
    when: ({ query }) => isNotUtf8(query),
  },
  {
    name: 'takes the path as it stands, for S3',
    why: 'PATH-4, PATH-5: S3 decodes it once and encodes it strictly; that form is the one we send',
    parts: ['path'],
    feed: 'raw',
    when: (request) => isS3(request) && isNotStrict(request.path),
  },
  {
    name: 'encodes once what cannot be sent raw',
    why: 'WIRE-1, PATH-3: it is escaped on the wire, and that form is encoded again',
    parts: ['path'],
    feed: 'raw',
    when: (request) => !isS3(request) && hasUnsendable(request.path),
  },
  {
    name: 'has no raw + in a query: its parameters are texts',
    why: 'QRY-5: in a URL it stands for a space, and is sent as %20',
    parts: ['query'],
    feed: 'raw',
    when: ({ query }) => query.includes('+'),
  },
]

comparePeer(peer, KNOWN, 9300)
compareTrailingDots(peer)
