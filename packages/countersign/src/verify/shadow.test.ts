/** Shadow mode: everything is told, and nothing is stopped or changed. */
import { describe, expect, it } from 'vitest'
import { signUpload, withFrames } from '../../../../test/kit/chunked-uploads.ts'
import {
  bytesOf,
  KEY_ID,
  MECHANISMS,
  signInHeader,
  verifierFor,
  withBadSignature,
  withHeaders,
  type SentMessage,
} from '../../../../test/kit/messages.ts'
import type { VerifierOptions } from './verifier.ts'
import { createShadow, type Observation, type Shadow } from './shadow.ts'

interface Watched {
  readonly shadow: Shadow<string>
  /** What was told, in its order. */
  readonly told: string[]
}

function watch(options: Partial<VerifierOptions<string>> = {}): Watched {
  const told: string[] = []
  const shadow = createShadow(verifierFor(options), {
    onRefused: (error, { method }) => void told.push(`${method} ${error.code}`),
    onFault: (error) => void told.push(String(error)),
  })
  return { shadow, told }
}

/** One character a byte: lists of so many numbers take seconds to compare. */
function textOf(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? []).toString('latin1')
}

async function bodyOf({ body }: Observation): Promise<string | undefined> {
  if (!body) return undefined
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return textOf(Buffer.concat(chunks))
}

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

const LARGE = 'x'.repeat(300_000)

describe('createShadow', () => {
  it.each(MECHANISMS)('tells who sent what would be let in: $mechanism', async ({ sign }) => {
    const { shadow, told } = watch()
    const { verified, refusal, body } = await shadow.observe(sign())
    expect(verified).toMatchObject({ accessKeyId: KEY_ID, principal: 'alice' })
    expect([refusal, body, told]).toEqual([undefined, undefined, []])
    expect(shadow.counts()).toEqual({ letIn: 1, refused: 0, faults: 0, byCode: new Map() })
  })

  it('tells what would be refused, once each, and stops none of it', async () => {
    const { shadow, told } = watch({ hideUnknownKeys: true })
    const put = signInHeader({ method: 'PUT', body: 'a' })
    const messages: SentMessage[] = [
      { method: 'GET', target: '/', headers: [['host', 'h']] },
      withBadSignature(put),
      { ...put, body: bytesOf('b') },
      withHeaders(put, ['x-amz-acl', 'public-read']),
      { ...signInHeader({ accessKeyId: 'NOBODY', method: 'PUT', body: 'c' }) },
    ]
    const seen = []
    for (const message of messages) seen.push(await shadow.observe(message))
    expect(seen.map(({ verified }) => verified)).toEqual(messages.map(() => undefined))
    const codes = [
      'SIGNATURE_MISSING',
      'SIGNATURE_MISMATCH',
      'PAYLOAD_MISMATCH',
      'HEADERS_NOT_SIGNED',
      'SIGNATURE_MISMATCH',
    ]
    expect(seen.map(({ refusal }) => refusal?.code)).toEqual(codes)
    expect(told).toEqual(codes.map((code, i) => `${messages[i]!.method} ${code}`))
    expect(await Promise.all(seen.map(bodyOf))).toEqual([
      undefined,
      ...messages.slice(1).map(({ body }) => textOf(body)),
    ])
    const { refused, letIn, byCode } = shadow.counts()
    expect([refused, letIn]).toEqual([5, 0])
    // The exact cause is for the operator.
    expect(byCode.get('KEY_UNKNOWN')).toBe(1)
  })

  describe.each([7, 1000, 64 * 1024, 1_000_000])('a body in pieces of %d bytes', (size) => {
    it.each([
      ['that is held back', 1_000_000],
      ['that is pending', 1000],
    ])('%s comes as it was', async (_, maxBufferedBody) => {
      const good = signInHeader({ method: 'PUT', body: LARGE })
      const { shadow, told } = watch({ maxBufferedBody })
      const seen = await shadow.observe({ ...good, body: inPieces(good.body!, size) })
      expect(seen.verified?.payload).toBe(maxBufferedBody > 300_000 ? 'verified' : 'pending')
      expect(await bodyOf(seen)).toBe(LARGE)
      expect([told, shadow.counts().letIn]).toEqual([[], 1])

      const bad = { ...good, body: inPieces(bytesOf(`${LARGE.slice(1)}y`), size) }
      const other = await shadow.observe(bad)
      expect(await bodyOf(other)).toBe(`${LARGE.slice(1)}y`)
      expect(told).toEqual(['PUT PAYLOAD_MISMATCH'])
      expect(shadow.counts()).toMatchObject({ letIn: 1, refused: 1 })
    })

    it('in chunks keeps its frames', async () => {
      const upload = signUpload({ data: bytesOf(LARGE) })
      const message = withFrames(upload, upload.frames)
      const { shadow, told } = watch({ maxBufferedBody: 1000 })
      const seen = await shadow.observe({ ...message, body: inPieces(message.body!, size) })
      expect(await bodyOf(seen)).toBe(textOf(message.body))
      expect(told).toEqual([])
      const frames = [...upload.frames]
      frames[1] = frames[1]!.replace('x', 'y')
      const altered = withFrames(upload, frames)
      const other = await shadow.observe({ ...altered, body: inPieces(altered.body!, size) })
      expect(await bodyOf(other)).toBe(textOf(altered.body))
      expect(told).toEqual(['PUT CHUNK_SIGNATURE_MISMATCH'])
    })
  })

  it('asks for no more of a body than the handler does', async () => {
    let given = 0
    async function* endless(): AsyncGenerator<Uint8Array, void, undefined> {
      for (;;) {
        given += 1
        yield bytesOf('0123456789')
      }
    }
    const { shadow } = watch({ maxBufferedBody: 100 })
    const { body } = await shadow.observe({ ...signInHeader({ method: 'PUT' }), body: endless() })
    let taken = 0
    for await (const _ of body!) if ((taken += 1) === 50) break
    expect(given).toBeLessThanOrEqual(51)
    const forged = withBadSignature(signInHeader({ method: 'PUT' }))
    given = 0
    const refused = await shadow.observe({ ...forged, body: endless() })
    expect([refused.refusal?.code, given]).toEqual(['SIGNATURE_MISMATCH', 0])
  })

  it.each([
    ['held back', 1_000_000],
    ['pending', 100],
  ])('half a body stays half a body: %s', async (_, maxBufferedBody) => {
    const gone = new Error('the client has gone')
    async function* half(): AsyncGenerator<Uint8Array, void, undefined> {
      yield* inPieces(bytesOf(LARGE.slice(0, 150_000)), 1000)
      throw gone
    }
    const { shadow, told } = watch({ maxBufferedBody })
    const seen = await shadow.observe({ ...signInHeader({ method: 'PUT', body: LARGE }), body: half() })
    await expect(bodyOf(seen)).rejects.toBe(gone)
    expect(told).toEqual([])
  })

  it('goes on where the look-up of keys fails', async () => {
    const { shadow, told } = watch({ secrets: () => Promise.reject(new Error('the store is down')) })
    const message = signInHeader({ method: 'PUT', body: 'a' })
    const seen = await shadow.observe(message)
    expect([seen.verified, seen.refusal]).toEqual([undefined, undefined])
    expect(await bodyOf(seen)).toBe('a')
    expect(told).toEqual(['Error: the store is down'])
    expect(shadow.counts()).toMatchObject({ letIn: 0, refused: 0, faults: 1 })
  })

  it('counts a look-up that rejects without an error', async () => {
    const { shadow, told } = watch({ secrets: () => Promise.reject(undefined) })
    expect(await bodyOf(await shadow.observe(signInHeader({ method: 'PUT', body: 'a' })))).toBe('a')
    expect([told, shadow.counts().faults]).toEqual([['undefined'], 1])
  })

  it('needs no hooks', async () => {
    const shadow = createShadow(verifierFor())
    const seen = await shadow.observe(withBadSignature(signInHeader()))
    expect(seen.refusal?.code).toBe('SIGNATURE_MISMATCH')
  })
})
