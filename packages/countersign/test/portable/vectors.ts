/**
 * The published vectors, where they are there. What is right is decided on Node, in `test/vectors`; here every runtime
 * must come to the same, and to what is published wherever Node does.
 *
 * @module
 */
import { presignUrl, signRequest, type SignOptions } from 'countersign'
import { sigV4A } from 'countersign/sigv4a'
import { decodeEvent } from 'countersign/streaming'
import { createVerifier } from 'countersign/verify'
import type { Inputs } from './inputs.ts'
import { outcomeOf, utf8 } from './output.ts'
import type { Case } from './suite.ts'

interface Expected {
  readonly signedHeaders: string
  readonly canonicalRequest: string
  readonly signature: string
  readonly expiresInSeconds?: number
  readonly amzDate?: string
}

interface Vector {
  readonly name: string
  readonly credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string }
  readonly region: string
  readonly regionSet?: string
  readonly service: string
  readonly timestamp?: string
  readonly amzDate?: string
  readonly flags: Readonly<Record<string, boolean>> & { readonly expiresInSeconds?: number }
  readonly request: { method: string; target: string; headers: [string, string][]; body?: string }
  readonly header?: Expected
  readonly query?: Expected
  readonly url?: string
}

const dateOf = (text: string): Date =>
  new Date(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))

function optionsOf(vector: Vector, expected: Expected): SignOptions {
  const { flags, credentials, region, regionSet, service } = vector
  return {
    credentials,
    service,
    region: regionSet ?? region,
    algorithm: regionSet === undefined ? undefined : sigV4A,
    date: dateOf(expected.amzDate ?? vector.amzDate ?? vector.timestamp ?? ''),
    payloadHash: expected.canonicalRequest.slice(expected.canonicalRequest.lastIndexOf('\n') + 1),
    normalizePath: flags['normalizePath'],
    pathEncoding: flags['doubleEncodePath'] ? 'double' : 'single',
    plusInQuery: flags['plusIsSpace'] ? 'space' : 'plus',
    tokenPlacement: flags['omitSessionToken'] ? 'after' : 'signed',
    signHeaders: expected.signedHeaders.split(';'),
    allowUnsignedPayloadOverHttp: true,
  }
}

/** Signs one; whether that is what was published, then the canonical request, and the signature unless it is ECDSA's. */
async function sign(vector: Vector, mode: 'header' | 'query', expected: Expected): Promise<unknown> {
  const { method, target, headers } = vector.request
  const host = headers.find(([name]) => name.toLowerCase() === 'host')?.[1].trim() ?? 'none.example'
  const unfolded = headers.map(([name, value]): [string, string] => [
    name,
    value.replace(/\r?\n[\t ]*/g, ' '),
  ])
  const request = { method, url: `https://${host}${target}`, headers: unfolded }
  const options = optionsOf(vector, expected)
  return outcomeOf(() => {
    const signed =
      mode === 'header'
        ? signRequest(request, {
            ...options,
            contentSha256Header: expected.signedHeaders.includes('content-sha256'),
          })
        : presignUrl(request, {
            ...options,
            expiresIn: expected.expiresInSeconds ?? vector.flags.expiresInSeconds,
          })
    const isSame = signed.canonicalRequest === expected.canonicalRequest
    const { canonicalRequest, signature } = signed
    return vector.regionSet === undefined
      ? [isSame && signature === expected.signature, canonicalRequest, signature]
      : [isSame, canonicalRequest]
  })
}

/** @param isDatedOtherwise its requests are signed with a `Date`, where ours carry `x-amz-date` */
async function signAll(vectors: readonly Vector[], isDatedOtherwise: boolean): Promise<unknown[]> {
  const outcomes = vectors.flatMap((vector) =>
    (['header', 'query'] as const).flatMap((mode) => {
      const expected = vector[mode]
      return expected ? [sign(vector, mode, expected)] : []
    }),
  )
  const all = await Promise.all(outcomes)
  const asPublished = all.filter((outcome) => Array.isArray(outcome) && outcome[0] === true).length
  if (asPublished * 4 < all.length && !isDatedOtherwise)
    throw new Error(`Of ${all.length} signatures, ${asPublished} are as published`)
  return [`${asPublished} of ${all.length} as published`, ...all]
}

/** Requests of real clients, as a server sees them. */
async function verifyCaptured(vectors: readonly Vector[]): Promise<unknown[]> {
  const outcomes = vectors.map(({ service, region, credentials, request, amzDate }) =>
    outcomeOf(async () => {
      const verifier = createVerifier({
        service: service ?? 's3',
        region: region ?? 'us-east-1',
        secrets: () => credentials,
        now: () => dateOf(amzDate ?? '20170115T091714Z'),
        unsignedPayload: 'allowed',
      })
      const { method, target, headers, body } = request
      const { mechanism, covered } = await verifier.verify({
        method,
        target,
        headers,
        body: utf8(body ?? ''),
      })
      return [mechanism, covered.headers]
    }),
  )
  const all = await Promise.all(outcomes)
  if (!all.some(Array.isArray)) throw new Error('Not one of them is let in')
  return all
}

interface Encoded {
  readonly encodedHex: string
}

const bytesOf = (hex: string): Uint8Array =>
  Uint8Array.from(hex.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16))

/** All of them; none without the vectors. */
export function vectorCases({ published }: Inputs): Case[] {
  return Object.entries(published).flatMap(([file, content]) => {
    const {
      cases,
      codec = [],
      negative = [],
    } = content as { cases: Vector[]; codec?: Encoded[]; negative?: Encoded[] }
    const name = `published: ${file}`
    if (file.startsWith('sigv4')) return [{ name, run: () => signAll(cases, file === 'sigv4-suite-2011') }]
    if (file === 'captured') return [{ name, run: () => verifyCaptured(cases) }]
    const decode = ({ encodedHex }: Encoded): Promise<unknown> =>
      outcomeOf(() => decodeEvent(bytesOf(encodedHex)))
    if (file === 'eventstream') return [{ name, run: () => Promise.all([...codec, ...negative].map(decode)) }]
    throw new Error(`Nothing here reads ${file}`)
  })
}
