import { createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterEach, describe, expect, it } from 'vitest'
import { signRequest } from 'countersign'
import { signChunks } from 'countersign/streaming'
import { KEY, region, settingsFor } from '../running-gateway.ts'
import { ask, startProxy, type Arrived, type ProxyOptions, type RunningProxy } from './running-proxy.ts'

const pem = (name: string): string =>
  readFileSync(new URL(`../../../cli/test/send/tls/${name}.pem`, import.meta.url), 'utf8')
const certificate = { key: pem('server-key'), cert: pem('server') }
const authority = pem('ca')

let proxy: RunningProxy
afterEach(() => proxy.close())

const small = randomBytes(3000)
const large = randomBytes(3_000_000)
const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const last = (): Arrived => proxy.arrived.at(-1)!
const S3 = { sign: { service: 's3' } }

/** A proxy to S3 over TLS. */
async function startEncrypted(
  settings: Parameters<typeof startProxy>[0] = S3,
  options: ProxyOptions = {},
): Promise<void> {
  proxy = await startProxy(settings, { certificate, ...options, upstreamTls: { ca: [authority] } })
}

describe('a body', () => {
  it.each(['execute-api', 's3'])('that is small is hashed in memory, for %s', async (service) => {
    proxy = await startProxy({ sign: { service } })
    expect(await ask(proxy, { method: 'PUT', path: '/b/k', body: small })).toMatchObject({ status: 200 })
    expect(last().body.equals(small)).toBe(true)
    expect(last()).toMatchObject({ payload: 'verified' })
    expect(last().headers['content-length']).toBe('3000')
  })

  it('that is large goes to S3 in signed chunks', async () => {
    proxy = await startProxy(S3)
    const headers = { 'content-length': String(large.length), 'content-encoding': 'gzip' }
    const body = Readable.from([large])
    expect(await ask(proxy, { method: 'PUT', path: '/b/k', headers, body })).toMatchObject({ status: 200 })
    expect(last().body.equals(large)).toBe(true)
    expect(last().headers).toMatchObject({
      'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
      'x-amz-decoded-content-length': String(large.length),
      'content-encoding': 'gzip,aws-chunked',
    })
  })

  it('that is large goes to others hashed, out of a file', async () => {
    proxy = await startProxy()
    expect(await ask(proxy, { method: 'POST', body: large })).toMatchObject({ status: 200 })
    expect(last().body.equals(large)).toBe(true)
    expect(last().headers).toMatchObject({
      'x-amz-content-sha256': hashOf(large),
      'content-length': String(large.length),
    })
  })

  it('of unknown length has one when it goes to S3', async () => {
    proxy = await startProxy(S3)
    for (const bytes of [small, large]) {
      const parts = [bytes.subarray(0, 1000), bytes.subarray(1000)]
      expect(await ask(proxy, { method: 'PUT', path: '/b/k', body: Readable.from(parts) })).toMatchObject({
        status: 200,
      })
      expect(last().body.equals(bytes)).toBe(true)
      expect(last().headers).toMatchObject({
        'x-amz-content-sha256': hashOf(bytes),
        'content-length': String(bytes.length),
      })
    }
  })

  it('that is too long is refused, with and without its length', async () => {
    const limits = { ...settingsFor('http://x').limits, body: 10_000 }
    proxy = await startProxy({ limits })
    for (const body of [large, Readable.from([large])]) {
      const answer = await ask(proxy, { method: 'POST', body }).catch((error: Error) => error)
      if (!(answer instanceof Error)) expect(answer).toMatchObject({ status: 413 })
      await expect.poll(() => proxy.lines.at(-1)).toMatchObject({ failure: 'BODY_TOO_LONG' })
    }
    expect(proxy.arrived).toEqual([])
  })

  it('whose client says its hash passes as it comes, and is held to it by the upstream', async () => {
    proxy = await startProxy(S3)
    const headers = { 'x-amz-content-sha256': hashOf(large), 'content-length': String(large.length) }
    expect(await ask(proxy, { method: 'PUT', path: '/b/k', headers, body: large })).toMatchObject({
      status: 200,
    })
    expect(last().headers['x-amz-content-sha256']).toBe(hashOf(large))
    const other = Buffer.from(large).fill(1, 0, 1)
    expect(await ask(proxy, { method: 'PUT', path: '/b/k', headers, body: other })).toMatchObject({
      status: 403,
    })
    expect(proxy.refused).toEqual(['PAYLOAD_MISMATCH'])
  })

  it('is asked for only when it is wanted', async () => {
    proxy = await startProxy({ allow: { methods: ['PUT'] } })
    const { text } = await import('../../../../test/kit/servers.ts').then(({ exchangeBytes }) =>
      exchangeBytes(
        proxy.port,
        'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\nExpect: 100-continue\r\n\r\n',
      ),
    )
    expect(text).toMatch(/^HTTP\/1\.1 403 /)
    expect(text).not.toContain('100 Continue')
  })
})

describe('a body that is not to be signed', () => {
  const headers = { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD', 'content-length': String(large.length) }

  it('goes to S3 so, over https', async () => {
    await startEncrypted()
    expect(await ask(proxy, { method: 'PUT', path: '/b/k', headers, body: large })).toMatchObject({
      status: 200,
    })
    expect(last()).toMatchObject({ payload: 'unsigned', headers })
    expect(last().body.equals(large)).toBe(true)
  })

  it('is signed over http', async () => {
    proxy = await startProxy(S3)
    expect(await ask(proxy, { method: 'PUT', path: '/b/k', headers, body: large })).toMatchObject({
      status: 200,
    })
    expect(last()).toMatchObject({ payload: 'pending' })
  })

  it('is signed for a service that takes none', async () => {
    await startEncrypted({ sign: { service: 'execute-api' } })
    expect(await ask(proxy, { method: 'PUT', headers, body: large })).toMatchObject({ status: 200 })
    expect(last()).toMatchObject({ headers: { 'x-amz-content-sha256': hashOf(large) } })
  })

  it('is none where the settings say so, to S3 over https', async () => {
    await startEncrypted({ sign: { service: 's3', payload: 'unsigned' } })
    expect(await ask(proxy, { method: 'PUT', path: '/b/k', body: large })).toMatchObject({ status: 200 })
    expect(last()).toMatchObject({ payload: 'unsigned' })
  })
})

/** An upload in chunks as an SDK sends it, with all of its bytes. */
async function upload(
  kind: 'signed' | 'unsigned',
  checksum?: 'crc32',
): Promise<{ headers: Record<string, string>; body: Buffer }> {
  const { headers, body } = signChunks(
    {
      method: 'PUT',
      url: `http://127.0.0.1:${proxy.port}/b/k`,
      headers: { 'content-type': 'text/plain' },
      body: large,
    },
    {
      credentials: KEY,
      service: 's3',
      region,
      payload: kind,
      ...(checksum ? { checksum } : {}),
      allowUnsignedPayloadOverHttp: true,
    },
  )
  return { headers: Object.fromEntries(headers), body: await buffer(Readable.from(body)) }
}

describe('an upload in chunks whose signature is not checked', () => {
  it('goes on in its frames where they are unsigned, to S3 over https', async () => {
    await startEncrypted()
    const { headers, body } = await upload('unsigned', 'crc32')
    expect(await ask(proxy, { method: 'PUT', path: '/b/k', headers, body })).toMatchObject({ status: 200 })
    expect(last().body.equals(large)).toBe(true)
    expect(last().headers).toMatchObject({
      'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
      'content-length': headers['content-length'],
      'x-amz-trailer': 'x-amz-checksum-crc32',
    })
    expect(last().headers.authorization).toContain('AKIDPROXY234567')
  })

  it('is refused with a reason where they are signed, and where they would go unsigned over http', async () => {
    proxy = await startProxy(S3)
    for (const kind of ['signed', 'unsigned'] as const) {
      const { headers, body } = await upload(kind, 'crc32')
      const { status, text } = await ask(proxy, { method: 'PUT', path: '/b/k', headers, body })
      expect(status).toBe(400)
      expect(text).toMatch(
        /<Message>(?:Signed chunks are only signed anew|An unsigned body is only sent to S3)/,
      )
    }
    expect(proxy.arrived).toEqual([])
  })
})

describe('what is verified and signed anew', () => {
  const keys = { find: (id: string) => (id === KEY.accessKeyId ? { ...KEY, principal: 'ada' } : undefined) }
  const start = async (changes: Parameters<typeof startProxy>[0] = {}): Promise<void> => {
    proxy = await startProxy({ verify: true, sign: { service: 's3' }, ...changes }, { keys })
  }

  it.each([undefined, 'crc32'] as const)('are signed chunks, one for one: trailer %s', async (checksum) => {
    await start()
    const { headers, body } = await upload('signed', checksum)
    expect(await ask(proxy, { method: 'PUT', path: '/b/k', headers, body })).toMatchObject({ status: 200 })
    expect(last().body.equals(large)).toBe(true)
    expect(last().headers).toMatchObject({
      'x-amz-content-sha256': `STREAMING-AWS4-HMAC-SHA256-PAYLOAD${checksum ? '-TRAILER' : ''}`,
      'x-amz-decoded-content-length': String(large.length),
      'content-type': 'text/plain',
    })
    expect(last().headers['x-amz-trailer']).toBe(checksum && 'x-amz-checksum-crc32')
    expect(last().headers.authorization).toContain('AKIDPROXY234567')
    expect(last().headers).not.toHaveProperty('x-countersign-principal')
  })

  it('are unsigned frames with a checksum, which become signed ones', async () => {
    await start({ unsignedPayload: 'allowed' })
    const { headers, body } = await upload('unsigned', 'crc32')
    expect(await ask(proxy, { method: 'PUT', path: '/b/k', headers, body })).toMatchObject({ status: 200 })
    expect(last().body.equals(large)).toBe(true)
    expect(last().headers['x-amz-content-sha256']).toBe('STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER')
  })

  it('is never whole where a byte was changed on the way', async () => {
    await start()
    for (const checksum of [undefined, 'crc32'] as const) {
      const { headers, body } = await upload('signed', checksum)
      body[body.length - 300]! ^= 1
      const answer = await ask(proxy, { method: 'PUT', path: '/b/k', headers, body }).catch(() => undefined)
      if (answer) expect(answer).toMatchObject({ status: 403 })
      await expect.poll(() => proxy.lines.at(-1)).toMatchObject({ failure: 'CHUNK_SIGNATURE_MISMATCH' })
    }
    expect(proxy.arrived).toEqual([])
  })

  it('is a hashed body, whose hash is checked before a byte of it goes on', async () => {
    await start()
    const url = `http://127.0.0.1:${proxy.port}/b/k`
    const { headers } = signRequest(
      { method: 'PUT', url, body: large },
      { credentials: KEY, service: 's3', region },
    )
    const sent = Object.fromEntries(headers)
    expect(await ask(proxy, { method: 'PUT', path: '/b/k', headers: sent, body: large })).toMatchObject({
      status: 200,
    })
    expect(last().body.equals(large)).toBe(true)
    const other = Buffer.from(large).fill(1, 0, 1)
    expect(await ask(proxy, { method: 'PUT', path: '/b/k', headers: sent, body: other })).toMatchObject({
      status: 400,
    })
    expect(proxy.arrived).toHaveLength(1)
  })

  it('is nothing of a client without a key, and nothing presigned', async () => {
    await start()
    expect(await ask(proxy)).toMatchObject({ status: 403 })
    const other = signRequest(
      { method: 'GET', url: `${proxy.origin}/` },
      { credentials: { ...KEY, secretAccessKey: 'guessed' }, service: 's3', region },
    )
    expect(await ask(proxy, { headers: Object.fromEntries(other.headers) })).toMatchObject({ status: 403 })
    const { presignUrl } = await import('countersign')
    const { url } = presignUrl(
      { method: 'GET', url: `${proxy.origin}/b/k` },
      { credentials: KEY, service: 's3', region },
    )
    const path = url.slice(proxy.origin.length)
    expect(await ask(proxy, { path })).toMatchObject({ status: 400 })
    expect(proxy.arrived).toEqual([])
    await proxy.close()
    await start({ sign: { service: 's3', presigned: true } })
    const again = presignUrl(
      { method: 'GET', url: `${proxy.origin}/b/k?a=1` },
      { credentials: KEY, service: 's3', region },
    )
    expect(await ask(proxy, { path: again.url.slice(proxy.origin.length) })).toMatchObject({ status: 200 })
    expect(last().target).toBe('/b/k?a=1')
  })

  it('is signed for what the client signed for, where neither settings nor host tell', async () => {
    await start({ sign: { service: undefined, region: undefined }, service: ['es', 's3'], region: ['*'] })
    const signed = signRequest(
      { method: 'GET', url: `${proxy.origin}/` },
      { credentials: KEY, service: 'es', region: 'eu-north-1' },
    )
    expect(await ask(proxy, { headers: Object.fromEntries(signed.headers) })).toMatchObject({ status: 200 })
    expect(last().service).toBe('es')
    expect(proxy.lines.at(-1)).toMatchObject({ signedFor: 'eu-north-1/es', principal: 'ada' })
  })
})
