/**
 * Chunked bodies of any length in chunks of any size: signed as by a straightforward second implementation, framed as
 * by botocore.
 */
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  signChunks,
  type ChecksumName,
  type SignChunksOptions,
} from '../../packages/countersign/src/streaming/index.ts'
import { describeWithPython, run } from '../interop/programs.ts'
import { signUpload, type Upload } from '../kit/chunked-uploads.ts'
import { HOST, KEY_ID, NOW, SECRET } from '../kit/messages.ts'

const credentials = { accessKeyId: KEY_ID, secretAccessKey: SECRET }

async function wireOf(
  data: Uint8Array,
  options: Partial<SignChunksOptions>,
): Promise<{ wire: Buffer; signature: string }> {
  const signed = signChunks(
    { method: 'PUT', url: `https://${HOST}/b/k`, body: data },
    { credentials, service: 's3', region: 'us-east-1', date: NOW, signHeaders: 'sdk', ...options },
  )
  const pieces: Uint8Array[] = []
  for await (const piece of signed.body) pieces.push(piece)
  const wire = Buffer.concat(pieces)
  expect(signed.headers).toContainEqual(['content-length', String(wire.length)])
  return { wire, signature: signed.signature }
}

const lengths = fc.oneof(fc.nat(100), fc.nat(40_000), fc.constantFrom(8191, 8192, 8193, 16_384, 32_768))
const chunkSizes = fc.oneof(fc.integer({ min: 8192, max: 20_000 }), fc.constantFrom(8192, 16_384, 65_536))
const bodies = fc
  .tuple(lengths, fc.nat(255))
  .map(([length, first]) => Uint8Array.from({ length }, (_, index) => (first + index * 31) & 255))

describe('signed chunks', () => {
  it('are those of a second implementation', async () => {
    const trailers = fc.constantFrom<Upload['trailers']>(
      undefined,
      [['x-amz-meta-a', 'b']],
      [
        ['x-amz-meta-z', 'first'],
        ['x-amz-meta-a', 'second'],
      ],
    )
    await fc.assert(
      fc.asyncProperty(bodies, chunkSizes, trailers, async (data, chunkSize, given) => {
        const list = given?.map<[string, string]>(([name, value]) => [name, value])
        const { wire, signature } = await wireOf(data, { chunkSize, trailers: list })
        const { frames } = signUpload({ data, chunkSize, seed: signature, ...(given && { trailers: given }) })
        expect(wire.toString('latin1')).toBe(frames.join(''))
      }),
    )
  })
})

describeWithPython('botocore', 'unsigned chunks, as botocore frames them', (python) => {
  it('with a checksum behind them', async () => {
    const script = fileURLToPath(new URL('./chunks-botocore.py', import.meta.url))
    const checksum = fc.constantFrom<ChecksumName>('crc32', 'sha1', 'sha256')
    const cases = fc.sample(fc.record({ data: bodies, chunkSize: chunkSizes, checksum }), 60)
    const input = cases.map(({ data, ...rest }) => ({ ...rest, data: Buffer.from(data).toString('base64') }))
    const lines = (await run(python, [script], { input: JSON.stringify(input) })).trim().split('\n')
    expect(lines).toHaveLength(cases.length)
    for (const [index, { data, chunkSize, checksum: name }] of cases.entries()) {
      const { wire } = await wireOf(data, { chunkSize, checksum: name, payload: 'unsigned' })
      expect(wire.equals(Buffer.from(lines[index]!, 'base64'))).toBe(true)
    }
  })
})
