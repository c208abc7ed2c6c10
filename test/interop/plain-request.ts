/**
 * Sends requests that are signed already, or that need no signature but their URL, and changes nothing about them:
 * also `..` in a path stays.
 *
 * @module
 */
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { buffer } from 'node:stream/consumers'
import { expect } from 'vitest'
import { encodeKey } from '../wire/rows.ts'
import { BIG, contentOf, KEYS, type Home } from './try-client.ts'

/** A request. */
export interface PlainRequest {
  readonly method: string
  /** Path and query, encoded. */
  readonly target: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
}

/** What came back. */
export interface PlainAnswer {
  readonly status: number
  readonly text: string
  readonly etag: string
}

/** Sends a request to an origin. */
export async function sendPlain(
  origin: string,
  { method, target, headers = {}, body }: PlainRequest,
  ca?: string,
): Promise<PlainAnswer> {
  const { protocol, hostname, port } = new URL(origin)
  const options = { method, host: hostname, port, path: target, headers, agent: false }
  return new Promise((resolve, reject) => {
    const request = protocol === 'https:' ? httpsRequest({ ...options, ca }) : httpRequest(options)
    request.on('error', reject)
    request.on('response', (response) => {
      const { statusCode: status = 0, headers: answered } = response
      const finish = (bytes: Buffer): void =>
        resolve({ status, text: bytes.toString(), etag: String(answered['etag']) })
      buffer(response).then(finish, reject)
    })
    // Node tells the length of a body of its own accord only for some methods.
    if (body !== undefined) request.setHeader('content-length', Buffer.byteLength(body))
    request.end(body)
  })
}

/** Fetches a URL as it is. */
export async function fetchPlain(url: string, method = 'GET', body?: string): Promise<PlainAnswer> {
  const { origin } = new URL(url)
  return sendPlain(origin, { method, target: url.slice(origin.length), ...(body !== undefined && { body }) })
}

/** Uses URLs to put, one for each name. */
export async function expectUploads(home: Home, urls: ReadonlyMap<string, string>): Promise<void> {
  expect(urls.size).toBeGreaterThan(0)
  for (const [key, url] of urls) {
    expect((await fetchPlain(url, 'PUT', contentOf(key))).status).toBe(200)
    expect(home.textOf(`/bucket/${key}`)).toBe(contentOf(key))
  }
}

/** Uses URLs to get, one for each name. */
export async function expectDownloads(home: Home, urls: ReadonlyMap<string, string>): Promise<void> {
  expect(urls.size).toBeGreaterThan(0)
  home.fill('bucket', [...urls.keys()])
  for (const [key, url] of urls) {
    expect(await fetchPlain(url)).toMatchObject({ status: 200, text: contentOf(key) })
  }
}

/** A client that signs single requests, and sends them. */
export type Send = (request: PlainRequest) => Promise<PlainAnswer>

/** What a client does that knows nothing of S3 but its signature. */
export interface PlainTrials {
  buckets(): Promise<void>
  small(): Promise<void>
  large(): Promise<void>
  parts(): Promise<void>
  keys(): Promise<void>
  range(): Promise<void>
  copy(): Promise<void>
  list(): Promise<void>
  deleteMany(): Promise<void>
}

/** Tries such a client. Queries are sorted and spelled out, for those that sign them as they stand. */
export function plainTrials(
  home: Home,
  send: Send,
  { keys = KEYS, encode = encodeKey }: { keys?: readonly string[]; encode?: (key: string) => string } = {},
): PlainTrials {
  return {
    async buckets() {
      expect((await send({ method: 'PUT', target: '/made' })).status).toBe(200)
      expect((await send({ method: 'HEAD', target: '/made' })).status).toBe(200)
      expect((await send({ method: 'GET', target: '/' })).text).toContain('<Name>made</Name>')
      expect((await send({ method: 'GET', target: '/made?location=' })).text).toContain('eu-central-1')
    },
    async small() {
      const target = '/bucket/small'
      expect((await send({ method: 'PUT', target, body: 'hello' })).status).toBe(200)
      expect(await send({ method: 'GET', target })).toMatchObject({ status: 200, text: 'hello' })
      expect((await send({ method: 'HEAD', target })).status).toBe(200)
      expect((await send({ method: 'DELETE', target })).status).toBe(204)
      expect((await send({ method: 'GET', target })).text).toContain('NoSuchKey')
    },
    async large() {
      expect((await send({ method: 'PUT', target: '/bucket/big', body: BIG })).status).toBe(200)
      expect(home.isBig('/bucket/big')).toBe(true)
      expect((await send({ method: 'GET', target: '/bucket/big' })).text).toBe(BIG.toString())
    },
    async parts() {
      const begun = await send({ method: 'POST', target: '/bucket/parts?uploads=' })
      const id = /<UploadId>(.*)<\/UploadId>/.exec(begun.text)?.[1]
      const pieces = [BIG.subarray(0, 5_000_000), BIG.subarray(5_000_000)]
      let list = ''
      for (const [index, body] of pieces.entries()) {
        const target = `/bucket/parts?partNumber=${index + 1}&uploadId=${id}`
        const { etag } = await send({ method: 'PUT', target, body })
        list += `<Part><PartNumber>${index + 1}</PartNumber><ETag>${etag}</ETag></Part>`
      }
      const body = `<CompleteMultipartUpload>${list}</CompleteMultipartUpload>`
      const done = await send({ method: 'POST', target: `/bucket/parts?uploadId=${id}`, body })
      expect(done.status).toBe(200)
      expect(home.isBig('/bucket/parts')).toBe(true)
    },
    async keys() {
      for (const key of keys) {
        const target = `/bucket/${encode(key)}`
        expect((await send({ method: 'PUT', target, body: contentOf(key) })).status).toBe(200)
        expect((await send({ method: 'GET', target })).text).toBe(contentOf(key))
      }
      expect(home.keysIn('bucket')).toEqual(keys)
    },
    async range() {
      home.fill('bucket', ['k'])
      const ranged = await send({ method: 'GET', target: '/bucket/k', headers: { range: 'bytes=2-4' } })
      expect(ranged).toMatchObject({ status: 206, text: 'nte' })
    },
    async copy() {
      home.fill('bucket', ['a b'])
      const headers = { 'x-amz-copy-source': '/bucket/a%20b' }
      expect((await send({ method: 'PUT', target: '/bucket/copied', headers })).status).toBe(200)
      expect(home.textOf('/bucket/copied')).toBe('content of a b')
    },
    async list() {
      home.fill('bucket', ['a b/1', 'a b/2', 'c'])
      const { text } = await send({ method: 'GET', target: '/bucket?list-type=2&prefix=a%20b%2F' })
      expect([...text.matchAll(/<Key>(.*?)<\/Key>/g)].map(([, key]) => key)).toEqual(['a b/1', 'a b/2'])
      expect((await send({ method: 'GET', target: '/bucket?prefix=c' })).text).toContain('<Key>c</Key>')
    },
    async deleteMany() {
      home.fill('bucket', ['a&b', 'c', 'd'])
      const body = '<Delete><Object><Key>a&amp;b</Key></Object><Object><Key>c</Key></Object></Delete>'
      expect((await send({ method: 'POST', target: '/bucket?delete=', body })).status).toBe(200)
      expect(home.keysIn('bucket')).toEqual(['d'])
    },
  }
}
