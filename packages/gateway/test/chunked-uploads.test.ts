import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { signChunks } from 'countersign/streaming'
import { KEY, region, send, settingsFor, startGateway, type RunningGateway } from './running-gateway.ts'

let running: RunningGateway
beforeAll(async () => {
  const limits = { ...settingsFor('http://x').limits, bufferedBody: 1024 }
  running = await startGateway({ limits })
})
afterAll(() => running.close())
beforeEach(() => {
  running.arrived.length = 0
  running.lines.length = 0
})

const data = randomBytes(300_000)

/** A signed upload in chunks, with all of its bytes. */
async function upload(trailer?: 'crc32'): Promise<{ signed: ReturnType<typeof signChunks>; bytes: Buffer }> {
  const signed = signChunks(
    {
      method: 'PUT',
      url: `${running.origin}/bucket/key`,
      headers: { 'content-encoding': 'gzip', 'content-type': 'text/plain' },
      body: Readable.from([data]),
    },
    {
      credentials: KEY,
      service: 's3',
      region,
      decodedLength: data.length,
      ...(trailer ? { checksum: trailer } : {}),
    },
  )
  return { signed, bytes: await buffer(Readable.from(signed.body)) }
}

describe('an upload in signed chunks', () => {
  it.each([undefined, 'crc32'] as const)('goes upstream as a plain body: trailer %s', async (trailer) => {
    const { signed, bytes } = await upload(trailer)
    const { status } = await send({ ...signed, body: Uint8Array.from(bytes) })
    expect(running.lines[0]?.['reason']).toBeUndefined()
    expect(status).toBe(200)
    const [{ headers, body } = { headers: {}, body: Buffer.alloc(0) }] = running.arrived
    expect(body.equals(data)).toBe(true)
    expect(headers).toMatchObject({
      'content-length': '300000',
      'content-encoding': 'gzip',
      'content-type': 'text/plain',
      'x-countersign-signed': expect.stringContaining('payload=verified'),
    })
    expect(Object.keys(headers).filter((name) => name.startsWith('x-amz-'))).toEqual(['x-amz-date'])
  })

  it('never reaches the upstream when a byte of it was changed', async () => {
    const { signed, bytes } = await upload()
    bytes[bytes.length - 200]! ^= 1
    const { status, body } = await send({ ...signed, body: Uint8Array.from(bytes) })
    expect(status).toBe(403)
    expect(body).toContain('<Code>SignatureDoesNotMatch</Code>')
    expect(running.arrived).toHaveLength(0)
  })
})
