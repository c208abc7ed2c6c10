/**
 * Uploads in signed chunks: the one that AWS prints, every checksum, both ways of ending, and what a server makes of
 * them whole and altered.
 *
 * @module
 */
import { signChunks, type ChecksumName, type SignChunksOptions } from 'countersign/streaming'
import { sigV4A } from 'countersign/sigv4a'
import { createVerifier, sigV4, VerificationError } from 'countersign/verify'
import { CREDENTIALS, DATE, now, secrets } from './inputs.ts'
import { collect, expectEqual, textOf, utf8 } from './output.ts'
import type { Case } from './suite.ts'

const ORIGIN = 'https://bucket.s3.us-east-1.amazonaws.com'
const OPTIONS: SignChunksOptions = {
  credentials: CREDENTIALS,
  service: 's3',
  region: 'us-east-1',
  date: DATE,
  chunkSize: 8192,
}
// Not `sha512`, which is there where `node:crypto` is, and refused elsewhere.
const CHECKSUMS: readonly ChecksumName[] = ['crc32', 'crc32c', 'crc64nvme', 'md5', 'sha1', 'sha256']
const DATA = utf8('0123456789abcdef'.repeat(1500))

/** A source in pieces that fit no chunk. */
async function* pieces(): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0; at < DATA.length; at += 5001) yield DATA.subarray(at, at + 5001)
}

async function upload(
  options: Partial<SignChunksOptions>,
): Promise<{ headers: [string, string][]; wire: Uint8Array }> {
  const signed = signChunks(
    { method: 'PUT', url: `${ORIGIN}/key`, body: pieces() },
    { ...OPTIONS, decodedLength: DATA.length, ...options },
  )
  return { headers: signed.headers, wire: await collect(signed.body) }
}

/** What a server gets out of it. */
async function receive(headers: [string, string][], wire: Uint8Array): Promise<unknown> {
  const verifier = createVerifier({
    service: 's3',
    region: 'us-east-1',
    algorithms: [sigV4, sigV4A],
    streaming: true,
    unsignedPayload: 'allowed',
    secrets,
    now,
  })
  const body = async function* () {
    for (let at = 0; at < wire.length; at += 3001) yield wire.subarray(at, at + 3001)
  }
  const got: Uint8Array[] = []
  try {
    const verified = await verifier.verify({ method: 'PUT', target: '/key', headers, body: body() })
    for await (const chunk of verified.body ?? []) got.push(chunk)
    return { length: length(got), payload: verified.payload, trailers: verified.trailers }
  } catch (error) {
    if (!(error instanceof VerificationError)) throw error
    return { code: error.code, released: length(got) }
  }
}

const length = (chunks: readonly Uint8Array[]): number => chunks.reduce((sum, chunk) => sum + chunk.length, 0)

/** The upload of 65 KiB in AWS's documentation. */
async function documentedUpload(): Promise<unknown> {
  const signed = signChunks(
    {
      method: 'PUT',
      url: 'https://s3.amazonaws.com/examplebucket/chunkObject.txt',
      headers: { 'x-amz-storage-class': 'REDUCED_REDUNDANCY' },
      body: 'a'.repeat(66_560),
    },
    {
      credentials: {
        accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
        secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
      },
      service: 's3',
      region: 'us-east-1',
      date: new Date('2013-05-24T00:00:00Z'),
      chunkSize: 65_536,
      signHeaders: ['content-encoding', 'content-length', 'x-amz-*'],
    },
  )
  const text = textOf(await collect(signed.body))
  const chain = [
    signed.signature,
    ...Array.from(text.matchAll(/chunk-signature=([0-9a-f]{64})/g), ([, hex]) => hex),
  ]
  const expected = [
    '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9',
    'ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648',
    '0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497',
    'b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9',
  ]
  expectEqual(chain, expected, 'chain of signatures')
  return signed.headers
}

/** All of them. */
export function streamingCases(): Case[] {
  return [
    { name: 'AWS: an upload in chunks', run: documentedUpload },
    ...[undefined, ...CHECKSUMS].flatMap((checksum) =>
      (['signed', 'unsigned'] as const).map((payload) => ({
        name: `chunks: ${payload}, ${checksum ?? 'no checksum'}`,
        run: async () => {
          const { headers, wire } = await upload({ payload, checksum })
          return [headers, wire, await receive(headers, wire)]
        },
      })),
    ),
    {
      name: 'chunks: altered on the way',
      run: async () => {
        const { headers, wire } = await upload({ checksum: 'crc32' })
        return [
          await receive(headers, wire.with(9000, 0x40)),
          await receive(headers, wire.subarray(0, 20_000)),
        ]
      },
    },
    {
      // Its signatures differ from run to run, so what the server makes of them is compared.
      name: 'chunks: SigV4A',
      run: async () => {
        const { headers, wire } = await upload({ algorithm: sigV4A, region: '*', checksum: 'crc64nvme' })
        return [wire.length, await receive(headers, wire), await receive(headers, wire.with(9000, 0x40))]
      },
    },
  ]
}
