/**
 * Chunked bodies cut into any pieces, and with any byte of them changed: what is right comes out whole, and of what is
 * not, nothing comes out but whole chunks that were signed.
 */
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  bytesOfFrames,
  signUpload,
  type SentUpload,
  type Upload,
} from '../../../../test/kit/chunked-uploads.ts'
import { verifierFor, type HeaderField } from '../../../../test/kit/messages.ts'
import { VerificationError } from '../errors.ts'

const CHUNK = 512
const DATA = Uint8Array.from({ length: 3 * CHUNK + 100 }, (_, index) => (index * 31) % 251)
const SHA: HeaderField = ['x-amz-checksum-sha256', createHash('sha256').update(DATA).digest('base64')]
const OTHER: HeaderField = ['x-amz-meta-a', 'any value']

const verifier = verifierFor({
  maxBufferedBody: 0,
  streaming: { minChunk: CHUNK, trailers: [SHA[0], OTHER[0]] },
})

const sent = (upload: Partial<Upload>): SentUpload => signUpload({ data: DATA, chunkSize: CHUNK, ...upload })
const SIGNED = sent({})
const TRAILING = sent({ trailers: [SHA, OTHER] })
const UNSIGNED = sent({ trailers: [SHA], isSigned: false })

async function* inPieces(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const end = at + (sizes[i % sizes.length] ?? bytes.length)
    // A copy, as sockets give them: nothing shares its memory with another piece.
    yield bytes.slice(at, end)
    at = end
  }
}

/** What comes out of a body, and what ends it. */
async function read(
  { message }: SentUpload,
  wire: Uint8Array,
  sizes: readonly number[],
): Promise<{ data: Buffer; error?: unknown }> {
  const pieces: Uint8Array[] = []
  const { body } = await verifier.verify({ ...message, body: inPieces(wire, sizes) })
  try {
    for await (const piece of body!) pieces.push(piece)
    return { data: Buffer.concat(pieces) }
  } catch (error) {
    return { data: Buffer.concat(pieces), error }
  }
}

const uploads = fc.constantFrom(SIGNED, TRAILING, UNSIGNED)
const sizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 2000 })), {
  minLength: 1,
  maxLength: 8,
})

it('in whatever pieces it comes', async () => {
  await fc.assert(
    fc.asyncProperty(uploads, sizes, async (upload, cut) => {
      const { data, error } = await read(upload, bytesOfFrames(upload.frames), cut)
      expect(error).toBeUndefined()
      expect(data.equals(DATA)).toBe(true)
    }),
  )
})

/** One way to alter a body. */
type Change = (wire: Buffer, at: number, byte: number) => Buffer
const CHANGES: readonly Change[] = [
  (wire, at, byte) =>
    Buffer.concat([wire.subarray(0, at), Buffer.of(wire[at]! ^ byte), wire.subarray(at + 1)]),
  (wire, at, byte) => Buffer.concat([wire.subarray(0, at), Buffer.of(byte), wire.subarray(at)]),
  (wire, at) => Buffer.concat([wire.subarray(0, at), wire.subarray(at + 1)]),
  (wire, at) => wire.subarray(0, at),
  (wire, at, byte) => Buffer.concat([wire.subarray(0, at), wire.subarray(at - byte < 0 ? 0 : at - byte)]),
]

/** What two bodies have in common that say the same: the case of a size's digits, zeroes before it. */
function meaningOf(wire: Uint8Array): string {
  return Buffer.from(wire)
    .toString('latin1')
    .replace(
      /(^|\r\n)0*([0-9A-Fa-f]{1,16})(;chunk-signature|\r\n)/g,
      (_, before: string, size: string, after: string) => `${before}${size.toLowerCase()}${after}`,
    )
    .replace(/\n\r\n/g, '\r\n')
}

it('with one byte changed, added or dropped, cut off, or a stretch repeated', async () => {
  const altered = fc.tuple(
    uploads,
    fc.nat(1_000_000),
    fc.integer({ min: 1, max: 255 }),
    fc.constantFrom(...CHANGES),
  )
  await fc.assert(
    fc.asyncProperty(altered, sizes, async ([upload, place, byte, change], cut) => {
      const wire = Buffer.from(bytesOfFrames(upload.frames))
      const other = change(wire, place % wire.length, byte)
      if (meaningOf(other) === meaningOf(wire)) return
      const { data, error } = await read(upload, other, cut)
      expect(error).toBeInstanceOf(VerificationError)
      if (upload === UNSIGNED) return
      // No byte of a bad chunk comes out.
      expect(data.length % CHUNK === 0 || data.length === DATA.length).toBe(true)
      expect(data.equals(DATA.subarray(0, data.length))).toBe(true)
    }),
    { numRuns: Math.max(300, fc.readConfigureGlobal().numRuns ?? 0) },
  )
})

it('with its frames dropped, repeated or in another order', async () => {
  const order = fc.array(fc.nat(5), { maxLength: 8 })
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(SIGNED, TRAILING), order, sizes, async (upload, frames, cut) => {
      if (frames.join() === '0,1,2,3,4,5') return
      const wire = bytesOfFrames(frames.map((index) => upload.frames[index] ?? ''))
      const { data, error } = await read(upload, wire, cut)
      expect(error).toBeInstanceOf(VerificationError)
      expect(data.equals(DATA.subarray(0, data.length))).toBe(true)
    }),
  )
})

it('any bytes at all give a typed error and no data', async () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 400 }),
    fc
      .string({ unit: fc.constantFrom('0', 'a', 'F', ';', '\r', '\n', ':', '*', 'chunk-signature=', ' ') })
      .map((text) => Buffer.from(text)),
  )
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(SIGNED, TRAILING), bytes, sizes, async (upload, wire, cut) => {
      const { data, error } = await read(upload, wire, cut)
      expect(error).toBeInstanceOf(VerificationError)
      expect(data.length).toBe(0)
    }),
  )
})
