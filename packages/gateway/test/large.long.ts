import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { request as sendRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect, type Socket } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { signRequest } from 'countersign'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createGatewayHome, type GatewayProcess, type TestKey } from '../../../test/kit/gateway-process.ts'
import { startServer, type Listening } from '../../../test/kit/servers.ts'

const MEBIBYTE = 1024 * 1024
const LARGE = 1024
const chunk = Buffer.alloc(MEBIBYTE, 'countersign')
const region = 'us-east-1'

const home = createGatewayHome()
let upstream: Listening<unknown>
let gateway: GatewayProcess
let key: TestKey
let uploaded = 0
let idle = NaN

/** As many mebibytes as are asked for. */
function* mebibytes(count: number): Generator<Buffer> {
  for (let i = 0; i < count; i += 1) yield chunk
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  uploaded = 0
  for await (const part of request as AsyncIterable<Uint8Array>) uploaded += part.length
  if (request.method === 'PUT') return void response.end()
  response.setHeader('content-length', LARGE * MEBIBYTE)
  await pipeline(Readable.from(mebibytes(LARGE)), response).catch(() => {})
}

beforeAll(async () => {
  upstream = await startServer((request, response) => void answer(request, response).catch(() => {}))
  key = await home.createKey('ada')
  const services = ['--service', 's3,execute-api', '--region', region, '--unsigned-payload', 'allowed']
  gateway = await home.start('--upstream', upstream.origin, ...services)
  idle = memory('VmRSS')
})
afterAll(async () => {
  await gateway.end()
  await upstream.close()
  home.remove()
})

/** Of the gateway's process, in MiB. */
function memory(field: 'VmHWM' | 'VmRSS'): number {
  const status = readFileSync(`/proc/${gateway.child.pid}/status`, 'utf8')
  return Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1]) / 1024
}

async function send(method: string, payloadHash: string, body?: Readable): Promise<IncomingMessage> {
  const signed = signRequest(
    { method, url: `${gateway.origin}/bucket/large`, headers: { 'x-amz-content-sha256': payloadHash } },
    { credentials: key, service: 's3', region, allowUnsignedPayloadOverHttp: true },
  )
  const outgoing = sendRequest(signed.url, {
    method,
    agent: false,
    headers: Object.fromEntries(signed.headers),
  })
  const response = new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.once('response', resolve).once('error', reject)
  })
  if (body) await pipeline(body, outgoing)
  else outgoing.end()
  return response
}

const EMPTY = createHash('sha256').digest('hex')

describe('a gibibyte', () => {
  it('goes up hashed, checked before a byte of it reaches the upstream', async () => {
    const hash = createHash('sha256')
    for (const part of mebibytes(LARGE)) hash.update(part)
    const { statusCode } = await send('PUT', hash.digest('hex'), Readable.from(mebibytes(LARGE)))
    expect(statusCode).toBe(200)
    expect(uploaded).toBe(LARGE * MEBIBYTE)
  })

  it('goes up unsigned, as it comes', async () => {
    const { statusCode } = await send('PUT', 'UNSIGNED-PAYLOAD', Readable.from(mebibytes(LARGE)))
    expect(statusCode).toBe(200)
    expect(uploaded).toBe(LARGE * MEBIBYTE)
  })

  it('comes down', async () => {
    const response = await send('GET', EMPTY)
    let length = 0
    for await (const part of response as AsyncIterable<Uint8Array>) length += part.length
    expect(length).toBe(LARGE * MEBIBYTE)
  })

  it('takes at most 96 MiB of memory, the process itself included', () => {
    const peak = memory('VmHWM')
    console.log(
      `Most memory of the gateway's process: ${peak.toFixed(1)} MiB; ${idle.toFixed(1)} MiB when idle`,
    )
    expect(peak).toBeLessThanOrEqual(96)
  })
})

describe('a thousand idle connections', () => {
  it('keep nobody from being served, and leave nothing behind', async () => {
    const before = memory('VmRSS')
    const sockets: Socket[] = []
    for (let i = 0; i < 1000; i += 1) {
      const socket = connect(Number(new URL(gateway.origin).port), '127.0.0.1').on('error', () => {})
      await new Promise((resolve) => socket.once('connect', resolve))
      sockets.push(socket)
    }
    expect((await send('PUT', EMPTY)).statusCode).toBe(200)
    const during = memory('VmRSS')
    console.log(`Memory with 1,000 connections: ${(during - before).toFixed(1)} MiB more`)
    for (const socket of sockets) socket.destroy()
    expect((await send('PUT', EMPTY)).statusCode).toBe(200)
    expect(await gateway.end()).toBe(0)
  })
})
