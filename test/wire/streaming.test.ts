/**
 * SignedUpload uploads over real connections, by the clients that people send them with.
 */
import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { request as undiciRequest } from 'undici'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createSignedFetch } from '../../packages/countersign/src/adapters/fetch.ts'
import { createSigner } from '../../packages/countersign/src/index.ts'
import {
  createReadableStream,
  signChunks,
  type SignedUpload,
} from '../../packages/countersign/src/streaming/index.ts'
import { startStore, type Store } from '../interop/s3-store.ts'
import { startTap, type Tap } from '../kit/servers.ts'

const credentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
}
const scope = { service: 's3', region: 'us-east-1' }
const DATA = Buffer.from(Uint8Array.from({ length: 3_000_000 }, (_, index) => (index * 31) % 251))

let store: Store
let tap: Tap

beforeAll(async () => {
  store = await startStore({ ...scope, secrets: () => credentials })
  tap = await startTap(store.port)
})

afterAll(async () => {
  await tap.close()
  await store.close()
})

beforeEach(() => {
  store.objects.clear()
  store.refused.length = 0
})

async function* source(): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < DATA.length; at += 50_000) yield DATA.subarray(at, at + 50_000)
}

function sign(): SignedUpload {
  return signChunks(
    { method: 'PUT', url: `${tap.origin}/b/k`, body: source() },
    { credentials, ...scope, decodedLength: DATA.length, checksum: 'crc64nvme' },
  )
}

const CLIENTS: [string, (signed: SignedUpload) => Promise<number>][] = [
  [
    'node:http',
    async ({ url, method, headers, body }) => {
      const sending = httpRequest(url, { method, headers: headers.flat() })
      const answered = once(sending, 'response') as Promise<[IncomingMessage]>
      await pipeline(Readable.from(body), sending)
      const [response] = await answered
      response.resume()
      return response.statusCode!
    },
  ],
  [
    'undici',
    async ({ url, method, headers, body }) => {
      const options = { method: method as 'PUT', headers: headers.flat(), body: Readable.from(body) }
      const { statusCode, body: answer } = await undiciRequest(url, options)
      await answer.dump()
      return statusCode
    },
  ],
  [
    'fetch, with a web stream',
    async ({ url, method, headers, body }) => {
      const sent = headers.filter(([name]) => name !== 'host')
      const init = { method, headers: sent, body: createReadableStream(body), duplex: 'half' }
      return (await fetch(url, init)).status
    },
  ],
]

describe.each(CLIENTS)('%s', (_, send) => {
  it('sends what was signed', async () => {
    const signed = sign()
    expect(await send(signed)).toBe(200)
    expect(store.refused).toEqual([])
    expect(store.objects.get('/b/k')?.equals(DATA)).toBe(true)
    const [request] = tap.take()
    const wanted = signed.headers.find(([name]) => name === 'content-length')
    expect(request?.headers.map(([name, value]) => [name.toLowerCase(), value])).toContainEqual(wanted)
  })
})

it('a signed fetch sends a stream of known length in signed chunks', async () => {
  const signedFetch = createSignedFetch(createSigner({ credentials, ...scope }))
  const headers = { 'content-length': String(DATA.length) }
  for (const body of [new Blob([DATA]).stream(), Readable.toWeb(Readable.from(source()))]) {
    const init = { method: 'PUT', body: body as ReadableStream, headers }
    expect((await signedFetch(`${tap.origin}/b/k`, init)).status).toBe(200)
    expect(store.objects.get('/b/k')?.equals(DATA)).toBe(true)
    expect(new Map(store.verified.at(-1)?.covered.headers).get('x-amz-content-sha256')).toBe(
      'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
    )
    store.objects.clear()
  }
  tap.take()
})
