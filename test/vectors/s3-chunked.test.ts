/**
 * Published chunked uploads: chains, frames, lengths and checksums, signed and verified. Reads s3-chunked.json.
 */
import { createPublicKey, verify, type KeyObject } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { sigV4 } from '../../packages/countersign/src/algorithms/sigv4.ts'
import { parseAmzDate } from '../../packages/countersign/src/core/amz-date.ts'
import { bytesOfHex } from '../../packages/countersign/src/core/bytes.ts'
import { buildCanonicalTrailers, ChunkChain } from '../../packages/countersign/src/core/chunk-chain.ts'
import { encodedLength } from '../../packages/countersign/src/core/chunk-framing.ts'
import { parseCredentialScope } from '../../packages/countersign/src/core/credential-scope.ts'
import { createChecksum, digestBase64 } from '../../packages/countersign/src/crypto/checksums/s3-checksums.ts'
import { ChunkEncoder, type Trailer } from '../../packages/countersign/src/sign/chunk-encoder.ts'
import { sigV4A } from '../../packages/countersign/src/sigv4a.ts'
import { signChunks, type ChecksumName } from '../../packages/countersign/src/streaming/index.ts'
import { ChunkDecoder } from '../../packages/countersign/src/verify/chunk-decoder.ts'
import { ChunkProof } from '../../packages/countersign/src/verify/chunk-proof.ts'
import { createVerifier, type RequestMessage } from '../../packages/countersign/src/verify/index.ts'
import { settleStreaming } from '../../packages/countersign/src/verify/streaming-options.ts'
import { bytesOf, sha256, type HeaderField } from '../kit/messages.ts'
import { describeVectors, expectCases, loadVectors } from '../kit/vectors.ts'

interface Chunk {
  readonly data?: string
  readonly dataRepeat?: readonly [text: string, times: number]
  readonly stringToSign?: string
  readonly signature?: string
}

interface SeedRequest {
  readonly request: { readonly method: string; readonly target: string; readonly headers: HeaderField[] }
  readonly header: {
    signedHeaders: string
    canonicalRequest: string
    signature: string
    authorization: string
  }
}

interface Wire {
  readonly frames?: readonly string[]
  readonly text?: string
  readonly encodedLength?: number
}

interface Case {
  readonly name: string
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string }
  readonly signingKeyHex?: string
  readonly amzDate: string
  readonly scope: string
  readonly seedSignature: string
  readonly seedRequest?: SeedRequest
  readonly chunks: readonly Chunk[]
  readonly trailer?: { headers: HeaderField[]; canonical: string; stringToSign: string; signature?: string }
  readonly wire?: Wire
}

interface UnsignedCase extends Omit<Case, 'scope' | 'seedSignature'> {
  readonly seedRequest: SeedRequest
  readonly trailers: HeaderField[]
}

interface AsymmetricCase extends Omit<Case, 'scope' | 'seedSignature'> {
  readonly seedRequest: SeedRequest
  readonly regionSet: string
  readonly publicKey: { readonly x: string; readonly y: string }
}

interface Framing {
  readonly name: string
  readonly chunks: readonly string[]
  readonly text: string
  readonly trailers?: HeaderField[]
}

interface Length {
  readonly dataLength: number
  readonly chunkSize: number
  readonly signed: boolean
  readonly trailers: HeaderField[]
  readonly encodedLength: number
}

interface Vectors {
  readonly cases: readonly Case[]
  readonly unsigned: readonly UnsignedCase[]
  readonly asymmetric: readonly AsymmetricCase[]
  readonly framing: readonly Framing[]
  readonly lengths: readonly Length[]
  readonly checksums: { readonly data: string; readonly base64: Record<ChecksumName, string> }
}

/** What some source does that is not built to, by name. */
const QUIRKS: ReadonlyMap<string, string> = new Map([
  ['Arsenal: "contents"', 'the last CRLF is missing: the body is not complete'],
  [
    'smithy-rs: PutObject, 10 KiB in 8 KiB chunks, crc32 trailer',
    'its content-length is that of other frames',
  ],
  ['short reads give short chunks', 'short reads are joined to full chunks here'],
])

function dataOf({ data = '', dataRepeat }: Chunk): Uint8Array {
  return bytesOf(dataRepeat ? dataRepeat[0].repeat(dataRepeat[1]) : data)
}

const wholeData = (chunks: readonly Chunk[]): Uint8Array => Buffer.concat(chunks.map(dataOf))
const lengthOf = (chunks: readonly Chunk[]): number => wholeData(chunks).length
const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')
const asTrailers = (headers: readonly HeaderField[] = []): Trailer[] =>
  headers.map(([name, value]) => ({ name, value: () => value }))

/** The wire as the source prints it, its data put in. */
function wireOf({ wire, chunks }: Pick<Case, 'wire' | 'chunks'>): string | undefined {
  if (wire?.text !== undefined) return wire.text
  return wire?.frames
    ?.map((frame, index) => frame.replace(/<\d+ bytes>/, latin1(dataOf(chunks[index] ?? {}))))
    .join('')
}

function keyOf({ credentials, signingKeyHex, scope }: Case): ReturnType<typeof sigV4.prepareKey> {
  const bytes = signingKeyHex
    ? bytesOfHex(signingKeyHex)
    : sigV4.deriveKey(credentials!.secretAccessKey, parseCredentialScope(scope), credentials!.accessKeyId)
  return sigV4.prepareKey(bytes)
}

function headOf(given: Case): { algorithm: string; amzDate: string; scopeText: string; signature: string } {
  const { amzDate, scope, seedSignature } = given
  return { algorithm: sigV4.name, amzDate, scopeText: scope, signature: seedSignature }
}

function encode(given: Case, pieces: readonly Uint8Array[] = given.chunks.map(dataOf)): string {
  const { signHex } = keyOf(given)
  const encoder = new ChunkEncoder(
    {
      decodedLength: lengthOf(given.chunks),
      chunkSize: dataOf(given.chunks[0]!).length || 8192,
      signer: { ...headOf(given), sign: signHex },
      hasTrailer: given.trailer !== undefined,
    },
    asTrailers(given.trailer?.headers),
  )
  const parts = pieces.flatMap((piece) => [...encoder.write(piece)])
  return latin1(Buffer.concat([...parts, encoder.end()]))
}

/** Takes a body apart that came with trailers as given; everything that matters is as lenient as can be. */
function decode(wire: string, given: Pick<Case, 'chunks' | 'trailer'>, signed?: Case): string {
  const trailers = given.trailer?.headers.map(([name]) => name) ?? []
  const announced = {
    isSigned: signed !== undefined,
    hasTrailer: given.trailer !== undefined,
    trailers,
    decodedLength: lengthOf(given.chunks),
    encodedLength: wire.length,
  }
  const head = { signature: '', amzDate: '', scopeText: '', ...(signed && headOf(signed)) }
  const key = signed ? keyOf(signed) : { hasSigned: () => false }
  const proof = new ChunkProof(announced, { ...head, accessKeyId: 'AKID', algorithm: sigV4 }, key)
  const decoder = new ChunkDecoder(announced, settleStreaming({ minChunk: 0, trailers }), proof)
  const data = [...decoder.write(bytesOf(wire))]
  decoder.end()
  return latin1(Buffer.concat(data))
}

describeVectors('s3-chunked.json', () => {
  const vectors = loadVectors<Vectors>('s3-chunked.json')

  describe.each(expectCases(vectors.cases))('$name', (given) => {
    const wire = wireOf(given)
    const { chunks, trailer, seedRequest } = given

    it('every string to sign and signature of the chain', () => {
      const chain = new ChunkChain(headOf(given))
      const { signHex } = keyOf(given)
      for (const chunk of chunks) {
        const stringToSign = chain.buildChunk(sha256(dataOf(chunk)))
        expect(stringToSign).toBe(chunk.stringToSign)
        expect(signHex(stringToSign)).toBe(chunk.signature)
        chain.advance(chunk.signature!)
      }
      if (!trailer) return
      expect(buildCanonicalTrailers(trailer.headers.map(([name, value]) => [name, value]))).toBe(
        trailer.canonical,
      )
      expect(chain.buildTrailer(sha256(trailer.canonical))).toBe(trailer.stringToSign)
      expect(signHex(trailer.stringToSign)).toBe(trailer.signature)
    })

    it('is written with these signatures, whatever the pieces of its data', () => {
      const written = encode(given)
      const signatures = [...written.matchAll(/chunk-signature=([0-9a-f]{64})/g)].map(([, hex]) => hex)
      expect(signatures).toEqual(chunks.map(({ signature }) => signature))
      expect(written.includes('x-amz-trailer-signature:')).toBe(trailer !== undefined)
      if (trailer) expect(written).toContain(`x-amz-trailer-signature:${trailer.signature}\r\n\r\n`)
      if (wire !== undefined) expect(written.slice(0, wire.length)).toBe(wire)
      if (given.wire?.encodedLength) expect(written.length).toBe(given.wire.encodedLength)
      const data = wholeData(chunks)
      expect(encode(given, [data])).toBe(written)
      expect(
        encode(
          given,
          Array.from(data, (byte) => Uint8Array.of(byte)),
        ),
      ).toBe(written)
    })

    it('is taken apart again', () => {
      const written = encode(given)
      expect(decode(written, given, given)).toBe(latin1(wholeData(chunks)))
      if (QUIRKS.get(given.name)?.startsWith('the last CRLF'))
        expect(() => decode(wire!, given, given)).toThrow(
          expect.objectContaining({ code: 'BODY_INCOMPLETE' }),
        )
      else if (wire !== undefined) expect(decode(wire, given, given)).toBe(latin1(wholeData(chunks)))
    })

    if (seedRequest) describeSeed(given, seedRequest, wire)
  })

  function describeSeed(given: Omit<Case, 'scope'>, { request, header }: SeedRequest, wire = ''): void {
    const { amzDate, chunks, credentials } = given
    const date = parseAmzDate(amzDate)!
    const own = new Set(header.signedHeaders.split(';'))
    const trailers = 'trailers' in given ? (given as UnsignedCase).trailers : given.trailer?.headers
    const host = request.headers.find(([name]) => name.toLowerCase() === 'host')![1]
    const signed = signChunks(
      {
        method: request.method,
        url: `https://${host}${request.target}`,
        headers: request.headers
          .filter(([name]) => !/^(?:host|x-amz-date|content-encoding|content-length)$/i.test(name))
          .map<[string, string]>(([name, value]) => [name, value]),
        body: wholeData(chunks),
      },
      {
        credentials: credentials!,
        service: 's3',
        region: 'us-east-1',
        date,
        signHeaders: [...own],
        chunkSize: dataOf(chunks[0]!).length,
        payload: 'trailers' in given ? 'unsigned' : 'signed',
        ...(trailers && { trailers: trailers.map<[string, string]>(([name, value]) => [name, value]) }),
      },
    )
    const isLengthWrong = QUIRKS.get(given.name)?.startsWith('its content-length') ?? false

    it(`signChunks ${isLengthWrong ? 'tells the right length instead' : 'gives the same request'}`, async () => {
      if (isLengthWrong) {
        expect(signed.headers).toContainEqual(['content-length', String(given.wire!.encodedLength)])
        return
      }
      expect(signed.canonicalRequest).toBe(header.canonicalRequest)
      expect(signed.signature).toBe(header.signature)
      const pieces: Uint8Array[] = []
      for await (const piece of signed.body) pieces.push(piece)
      expect(latin1(Buffer.concat(pieces))).toBe(wire)
      expect(signed.headers).toContainEqual(['content-length', String(wire.length)])
    })

    it(isLengthWrong ? 'is refused by its length' : 'is verified', async () => {
      const verifier = createVerifier({
        service: 's3',
        region: 'us-east-1',
        now: () => date,
        secrets: (id) => (id === credentials!.accessKeyId ? credentials : undefined),
      })
      const verifying = verifier.verify({
        ...request,
        headers: [...request.headers, ['authorization', header.authorization]],
        body: bytesOf(wire),
      })
      if (isLengthWrong) {
        await expect(verifying).rejects.toMatchObject({ code: 'BODY_LENGTH_MISMATCH' })
        return
      }
      const { payload, body } = await verifying
      const pieces: Uint8Array[] = []
      for await (const piece of body!) pieces.push(piece)
      expect(Buffer.concat(pieces).equals(wholeData(chunks))).toBe(true)
      expect(payload).toBe('trailers' in given ? 'unsigned' : 'verified')
    })
  }

  describe.each(expectCases(vectors.unsigned))('$name', (given) => {
    describeSeed(
      { ...given, seedSignature: given.seedRequest.header.signature },
      given.seedRequest,
      wireOf(given),
    )
  })

  describe.each(expectCases(vectors.asymmetric))('$name', (given) => {
    const { credentials, chunks, trailer, amzDate } = given
    const scopeText = chunks[0]!.stringToSign!.split('\n')[2]!
    const data = wholeData(chunks)

    it('every string to sign of the chain', () => {
      const chain = new ChunkChain({
        algorithm: sigV4A.name,
        amzDate,
        scopeText,
        signature: '{previousSignature}',
      })
      for (const chunk of chunks) expect(chain.buildChunk(sha256(dataOf(chunk)))).toBe(chunk.stringToSign)
      if (trailer) expect(chain.buildTrailer(sha256(trailer.canonical))).toBe(trailer.stringToSign)
    })

    it('what is signed is good for the published key, by node:crypto', async () => {
      const { signed, wire } = await signAsymmetric(given)
      const signatures = [...wire.matchAll(/signature[=:]([0-9a-f]+)(\**)\r\n/g)]
      expect(signatures.map(([, hex, padding]) => hex!.length + padding!.length)).toEqual(
        [...chunks, ...(trailer ? [trailer] : [])].map(() => 144),
      )
      const key = publicKeyOf(given.publicKey)
      let previous = signed.signature
      for (const [index, { stringToSign }] of [...chunks, ...(trailer ? [trailer] : [])].entries()) {
        const text = stringToSign!.replace('{previousSignature}', previous)
        previous = signatures[index]![1]!
        expect(verify('sha256', Buffer.from(text), key, Buffer.from(previous, 'hex'))).toBe(true)
      }
      expect(signed.headers).toContainEqual(['content-length', String(wire.length)])
    })

    it('is verified, and refused with another signature', async () => {
      const { signed, wire } = await signAsymmetric(given)
      const verifier = createVerifier({
        service: 's3',
        region: given.regionSet,
        algorithms: [sigV4A],
        now: () => parseAmzDate(amzDate)!,
        secrets: () => credentials,
        streaming: { trailers: trailer?.headers.map(([name]) => name) },
      })
      const { method, headers } = signed
      const message = (body: string): RequestMessage => {
        return { method, target: given.seedRequest.request.target, headers, body: bytesOf(body) }
      }
      const { payload, body } = await verifier.verify(message(wire))
      const pieces: Uint8Array[] = []
      for await (const piece of body!) pieces.push(piece)
      expect([payload, Buffer.concat(pieces).equals(data)]).toEqual(['verified', true])
      const other = wire.replace(
        /(chunk-signature=.{60})(.)/,
        (_, start: string, digit: string) => start + (digit === '0' ? '1' : '0'),
      )
      await expect(verifier.verify(message(other))).rejects.toMatchObject({
        code: 'CHUNK_SIGNATURE_MISMATCH',
      })
    })
  })

  async function signAsymmetric(
    given: AsymmetricCase,
  ): Promise<{ signed: ReturnType<typeof signChunks>; wire: string }> {
    const { seedRequest, credentials, regionSet, amzDate, chunks, trailer } = given
    const { method, target, headers } = seedRequest.request
    const signed = signChunks(
      {
        method,
        url: `https://s3.amazonaws.com${target}`,
        headers: headers.flatMap(([name, value]) =>
          /^(?:x-amz-storage-class)$/i.test(name) ? [[name, value] as [string, string]] : [],
        ),
        body: wholeData(chunks),
      },
      {
        credentials: credentials!,
        algorithm: sigV4A,
        service: 's3',
        region: regionSet,
        date: parseAmzDate(amzDate)!,
        trailers: trailer?.headers.map<[string, string]>(([name, value]) => [name, value]),
      },
    )
    const pieces: Uint8Array[] = []
    for await (const piece of signed.body) pieces.push(piece)
    return { signed, wire: latin1(Buffer.concat(pieces)) }
  }

  function publicKeyOf({ x, y }: AsymmetricCase['publicKey']): KeyObject {
    const coordinate = (hex: string): string => Buffer.from(hex, 'hex').toString('base64url')
    return createPublicKey({
      key: { kty: 'EC', crv: 'P-256', x: coordinate(x), y: coordinate(y) },
      format: 'jwk',
    })
  }

  describe.each(expectCases(vectors.framing))('$name', ({ name, chunks, text, trailers = [] }) => {
    const given = {
      chunks: chunks.map((data) => ({ data })),
      trailer: { headers: trailers, canonical: '', stringToSign: '' },
    }

    it('is written so, but for the case of its digits', () => {
      const encoder = new ChunkEncoder(
        {
          decodedLength: chunks.join('').length,
          chunkSize: chunks[0]?.length ?? 10,
          signer: undefined,
          hasTrailer: true,
        },
        asTrailers(trailers),
      )
      const parts = chunks.flatMap((chunk) => [...encoder.write(bytesOf(chunk))])
      const written = latin1(Buffer.concat([...parts, encoder.end()]))
      const lowerCase = text.replace(/^[0-9A-F]+\r/gm, (size) => size.toLowerCase())
      if (QUIRKS.has(name)) expect(written.replace(/[0-9a-z]+\r\n/g, '')).not.toBe(text)
      else expect(written).toBe(lowerCase)
    })

    it('is taken apart', () => {
      expect(decode(text, given)).toBe(chunks.join(''))
    })
  })

  it.each(expectCases(vectors.lengths))(
    '$dataLength bytes in chunks of $chunkSize, signed: $signed',
    ({ dataLength, chunkSize, signed, trailers, encodedLength: expected }) => {
      const length = encodedLength({
        decodedLength: dataLength,
        chunkSize,
        algorithm: signed ? sigV4.name : undefined,
        hasTrailer: trailers.length > 0,
        trailers: trailers.map(([name, value]) => ({ name, length: value.length })),
      })
      expect(length).toBe(expected)
    },
  )

  it.each(expectCases(Object.entries(vectors.checksums.base64)))('%s is %s', (name, expected) => {
    const checksum = createChecksum(name)
    checksum.update(bytesOf(vectors.checksums.data))
    expect(digestBase64(checksum)).toBe(expected)
  })

  it('every quirk is that of a case', () => {
    const names = [...vectors.cases, ...vectors.framing].map(({ name }) => name)
    expect(names).toEqual(expect.arrayContaining([...QUIRKS.keys()]))
  })
})
