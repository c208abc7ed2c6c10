import { readFileSync, writeFileSync } from 'node:fs'
import { request as sendRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { signChunks } from 'countersign/streaming'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createGatewayHome, type GatewayProcess } from '../../../../test/kit/gateway-process.ts'
import { startServer, type Listening } from '../../../../test/kit/servers.ts'

const MEBIBYTE = 1024 * 1024
const LARGE = 10 * 1024
const chunk = Buffer.alloc(MEBIBYTE, 'countersign')
const region = 'us-east-1'
const CLIENT = { accessKeyId: 'SANDBOX1', secretAccessKey: 'worth-nothing-elsewhere' }

const home = createGatewayHome()
let upstream: Listening<unknown>
let proxy: GatewayProcess
let guarded: GatewayProcess
let uploaded = 0
let framed = ''

/** As many mebibytes as are asked for. */
function* mebibytes(count: number): Generator<Buffer> {
  for (let i = 0; i < count; i += 1) yield chunk
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  uploaded = 0
  framed = String(request.headers['x-amz-decoded-content-length'])
  for await (const part of request as AsyncIterable<Uint8Array>) uploaded += part.length
  if (request.method === 'PUT') return void response.end()
  response.setHeader('content-length', LARGE * MEBIBYTE)
  await pipeline(Readable.from(mebibytes(LARGE)), response).catch(() => {})
}

beforeAll(async () => {
  upstream = await startServer((request, response) => void answer(request, response).catch(() => {}))
  const common = `upstream: ${upstream.origin}\nsign: { service: s3, region: ${region} }\nlimits: { body: 11GiB }\n`
  const files = ['open.yaml', 'guarded.yaml'].map((name) => join(home.folder, name))
  writeFileSync(files[0]!, common)
  writeFileSync(join(home.folder, 'secret'), CLIENT.secretAccessKey)
  writeFileSync(
    files[1]!,
    `${common}clients: { keys: [{ accessKeyId: ${CLIENT.accessKeyId}, secretFile: secret }] }\n`,
  )
  const env = { AWS_ACCESS_KEY_ID: 'AKIDREAL12345678', AWS_SECRET_ACCESS_KEY: 'the-secret-of-the-proxy' }
  proxy = await home.startProxy(env, '--config', files[0]!)
  guarded = await home.startProxy(env, '--config', files[1]!)
})
afterAll(async () => {
  expect([await proxy.end(), await guarded.end()]).toEqual([0, 0])
  await upstream.close()
  home.remove()
})

/** The most that a process had at once, in MiB. */
function mostMemory({ child }: GatewayProcess): number {
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1024
}

async function send(
  { origin }: GatewayProcess,
  method: string,
  headers: Record<string, string | number>,
  body?: Readable,
): Promise<IncomingMessage> {
  const outgoing = sendRequest(`${origin}/bucket/large`, { method, agent: false, headers })
  const response = new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.once('response', resolve).once('error', reject)
  })
  if (body) await pipeline(body, outgoing)
  else outgoing.end()
  return response
}

function expectLittle(process: GatewayProcess): void {
  const most = mostMemory(process)
  console.log(`Most memory of the proxy's process: ${most.toFixed(1)} MiB`)
  expect(most).toBeLessThanOrEqual(96)
}

describe('ten gibibytes', () => {
  it('go up in signed chunks, and come down, in at most 96 MiB of memory', async () => {
    const length = LARGE * MEBIBYTE
    const up = await send(proxy, 'PUT', { 'content-length': length }, Readable.from(mebibytes(LARGE)))
    expect([up.statusCode, framed]).toEqual([200, String(length)])
    expect(uploaded).toBeGreaterThan(length)
    expectLittle(proxy)
    let got = 0
    for await (const part of (await send(proxy, 'GET', {})) as AsyncIterable<Uint8Array>) got += part.length
    expect(got).toBe(length)
    expectLittle(proxy)
  }, 600_000)

  it('in signed chunks are verified and signed anew in as little', async () => {
    const length = LARGE * MEBIBYTE
    const signed = signChunks(
      {
        method: 'PUT',
        url: `${guarded.origin}/bucket/large`,
        body: Readable.from(mebibytes(LARGE)),
      },
      { credentials: CLIENT, service: 's3', region, decodedLength: length, checksum: 'crc32' },
    )
    const up = await send(guarded, 'PUT', Object.fromEntries(signed.headers), Readable.from(signed.body))
    expect([up.statusCode, framed]).toEqual([200, String(length)])
    expectLittle(guarded)
  }, 900_000)
})
