/** Signatures that hold in several regions, on both sides of gateway and proxy. */
import { randomBytes } from 'node:crypto'
import { presignUrl, signRequest, type SignOptions } from 'countersign'
import { sigV4A } from 'countersign/sigv4a'
import { signChunks } from 'countersign/streaming'
import { afterEach, describe, expect, it } from 'vitest'
import { KEY, send, startGateway, type RunningGateway } from '../running-gateway.ts'
import { ask, startProxy, type RunningProxy } from './running-proxy.ts'

let running: RunningProxy | RunningGateway
afterEach(() => running.close())

const REGIONS = ['us-east-1', 'eu-*']
const large = randomBytes(3_000_000)
const keys = { find: (id: string) => (id === KEY.accessKeyId ? { ...KEY, principal: 'ada' } : undefined) }
const multiRegion = (service: string, region: string | string[] = REGIONS): SignOptions => ({
  credentials: KEY,
  algorithm: sigV4A,
  service,
  region,
})

describe('a proxy that signs for several regions', () => {
  const start = async (service: string): Promise<RunningProxy> => {
    const proxy = await startProxy({ sign: { service, region: REGIONS, algorithm: 'v4a' } })
    running = proxy
    return proxy
  }

  it('names them in the signature, which the upstream verifies', async () => {
    const proxy = await start('execute-api')
    expect(await ask(proxy, { path: '/a//b?x=%2F' })).toMatchObject({ status: 200 })
    expect(await ask(proxy, { method: 'POST', body: randomBytes(100) })).toMatchObject({ status: 200 })
    const { headers, target } = proxy.arrived[0]!
    expect(target).toBe('/a//b?x=%2F')
    expect(headers['x-amz-region-set']).toBe('us-east-1,eu-*')
    expect(headers.authorization).toMatch(
      /^AWS4-ECDSA-P256-SHA256 Credential=AKIDPROXY234567\/\d{8}\/execute-api\/aws4_request, /,
    )
    expect(proxy.lines.at(-1)).toMatchObject({ signedFor: 'us-east-1,eu-*/execute-api', status: 200 })
  })

  it('signs each chunk of a large body for S3', async () => {
    const proxy = await start('s3')
    expect(await ask(proxy, { method: 'PUT', path: '/b/k', body: large })).toMatchObject({ status: 200 })
    expect(proxy.arrived[0]?.body.equals(large)).toBe(true)
    expect(proxy.arrived[0]?.headers['x-amz-content-sha256']).toMatch(/^STREAMING-AWS4-ECDSA-P256-SHA256-/)
  })

  it('drops what its clients claim about regions', async () => {
    const proxy = await start('execute-api')
    expect(await ask(proxy, { headers: { 'x-amz-region-set': '*' } })).toMatchObject({ status: 200 })
    expect(proxy.arrived[0]?.headers['x-amz-region-set']).toBe('us-east-1,eu-*')
  })

  it('signs for no region that is not allowed', async () => {
    const proxy = await startProxy({
      allow: { regions: ['us-east-1'] },
      sign: { service: 'execute-api', region: REGIONS, algorithm: 'v4a' },
    })
    running = proxy
    const { status, text } = await ask(proxy)
    expect([status, text]).toEqual([403, expect.stringContaining('No route allows to sign')])
    expect(proxy.arrived).toEqual([])
  })
})

describe('a gateway whose clients sign for several regions', () => {
  const start = async (changes: Parameters<typeof startGateway>[0] = {}): Promise<RunningGateway> => {
    const gateway = await startGateway({ algorithms: ['v4', 'v4a'], ...changes })
    running = gateway
    return gateway
  }

  it('verifies them with the keys that it has, beside those for one region', async () => {
    const { origin, arrived, lines } = await start()
    for (const options of [
      multiRegion('execute-api'),
      { credentials: KEY, service: 'execute-api', region: 'us-east-1' },
    ]) {
      const signed = signRequest({ method: 'POST', url: `${origin}/a?b=1`, body: 'text' }, options)
      expect(await send(signed)).toMatchObject({ status: 200 })
    }
    expect(arrived).toHaveLength(2)
    expect(arrived[0]).toMatchObject({ target: '/a?b=1', body: Buffer.from('text') })
    expect(arrived[0]?.headers['x-countersign-principal']).toBe('ada')
    expect(arrived[0]?.headers.authorization).toBeUndefined()
    expect(lines[1]).toMatchObject({ principal: 'ada', status: 200 })
  })

  it('takes all of the signature out of a presigned URL', async () => {
    const { origin, port, arrived } = await start()
    const { url } = presignUrl({ method: 'GET', url: `${origin}/b/k?a=1` }, multiRegion('s3'))
    expect(url).toContain('X-Amz-Region-Set=')
    expect(await ask({ port }, { path: url.slice(origin.length) })).toMatchObject({ status: 200 })
    expect(arrived[0]?.target).toBe('/b/k?a=1')
  })

  it('refuses a signature for other regions, and one that was altered', async () => {
    const { origin, arrived, lines } = await start()
    const elsewhere = signRequest({ method: 'GET', url: `${origin}/` }, multiRegion('execute-api', ['eu-*']))
    expect(await send(elsewhere)).toMatchObject({ status: 403 })
    expect(lines.at(-1)).toMatchObject({ failure: 'SCOPE_REGION_WRONG' })
    const signed = signRequest({ method: 'GET', url: `${origin}/` }, multiRegion('execute-api'))
    expect(await send({ ...signed, url: `${origin}/other` })).toMatchObject({ status: 403 })
    expect(lines.at(-1)).toMatchObject({ failure: 'SIGNATURE_MISMATCH' })
    expect(arrived).toEqual([])
  })

  it('is one that was told to', async () => {
    const { origin, arrived, lines } = await start({ algorithms: ['v4'] })
    const signed = signRequest({ method: 'GET', url: `${origin}/` }, multiRegion('execute-api'))
    expect((await send(signed)).status).toBeGreaterThanOrEqual(400)
    expect(lines.at(-1)).toMatchObject({ failure: 'MECHANISM_UNSUPPORTED' })
    expect(arrived).toEqual([])
  })
})

describe('a proxy that signs anew what came signed for several regions', () => {
  const start = async (
    sign: NonNullable<Parameters<typeof startProxy>[0]>['sign'],
  ): Promise<RunningProxy> => {
    const proxy = await startProxy({ verify: true, algorithms: ['v4', 'v4a'], region: ['*'], sign }, { keys })
    running = proxy
    return proxy
  }

  async function askSigned(proxy: RunningProxy): ReturnType<typeof ask> {
    const { headers } = signRequest({ method: 'GET', url: `${proxy.origin}/b/k` }, multiRegion('s3'))
    return ask(proxy, { path: '/b/k', headers: Object.fromEntries(headers) })
  }

  it('signs for the region of the settings', async () => {
    const proxy = await start({ service: 's3', region: ['us-east-1'] })
    expect(await askSigned(proxy)).toMatchObject({ status: 200 })
    const { headers } = proxy.arrived[0]!
    expect(headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDPROXY234567\/\d{8}\/us-east-1\/s3\//,
    )
    expect(headers['x-amz-region-set']).toBeUndefined()
  })

  it('signs for the same regions where nothing else tells them, and with one algorithm for one region alone', async () => {
    const proxy = await start({ service: undefined, region: undefined, algorithm: 'v4a' })
    expect(await askSigned(proxy)).toMatchObject({ status: 200 })
    expect(proxy.arrived[0]?.headers['x-amz-region-set']).toBe('us-east-1,eu-*')
    await proxy.close()
    const single = await start({ service: undefined, region: undefined })
    const { status, text } = await askSigned(single)
    expect([status, text]).toEqual([400, expect.stringContaining('region')])
    expect(single.arrived).toEqual([])
  })

  it('verifies each chunk of an upload, and signs it anew', async () => {
    const proxy = await start({ service: 's3', region: ['us-east-1'] })
    const { headers, body } = signChunks(
      { method: 'PUT', url: `${proxy.origin}/b/k`, body: large },
      { ...multiRegion('s3'), checksum: 'crc32' },
    )
    const frames: Uint8Array[] = []
    for await (const frame of body) frames.push(frame)
    const bytes = Buffer.concat(frames)
    const sent = { ...Object.fromEntries(headers), 'content-length': String(bytes.length) }
    expect(await ask(proxy, { method: 'PUT', path: '/b/k', headers: sent, body: bytes })).toMatchObject({
      status: 200,
    })
    expect(proxy.arrived[0]?.body.equals(large)).toBe(true)
    expect(proxy.arrived[0]?.headers['x-amz-content-sha256']).toBe(
      'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER',
    )
    bytes[bytes.length - 1000]! ^= 1
    const answer = await ask(proxy, { method: 'PUT', path: '/b/k', headers: sent, body: bytes }).catch(
      () => undefined,
    )
    if (answer) expect(answer).toMatchObject({ status: 403 })
    expect(proxy.arrived).toHaveLength(1)
  })
})
