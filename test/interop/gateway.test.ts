import { createHash, randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createGatewayHome, type GatewayProcess, type TestKey } from '../kit/gateway-process.ts'
import { startServer, type Listening } from '../kit/servers.ts'
import { describeWithTool } from '../kit/tools.ts'
import { describeWithAwsCli, describeWithPython, run } from './programs.ts'
import { answerS3 } from './s3-store.ts'
import { createContents } from './store/contents.ts'
import { compareBytes } from './store/list.ts'

const region = 'eu-central-1'
const KEYS = ['plain', 'a b+c/100%', 'a//b', 'a/../b', '../up', 'caf\u00e9', '\u65e5\u672c', "!'()*,;:@$[]"]

const home = createGatewayHome()
const contents = createContents(region)
const { objects } = contents
const headers: Record<string, unknown>[] = []
let upstream: Listening<unknown>
let gateway: GatewayProcess
let key: TestKey

beforeAll(async () => {
  upstream = await startServer((request, response) => {
    headers.push(request.headers)
    const url = request.url ?? ''
    const at = url.indexOf('?')
    const [path, query] = at < 0 ? [url, ''] : [url.slice(0, at), url.slice(at)]
    const { method = '' } = request
    const fields = new Map(Object.entries(request.headers).map(([name, value]) => [name, String(value)]))
    const parameters = new Map(new URLSearchParams(query))
    void answerS3(contents, { method, path, query: parameters, headers: fields, body: request }, response)
  })
  key = await home.createKey('ada')
  gateway = await home.start('--upstream', upstream.origin, '--service', 's3,execute-api', '--region', region)
})
afterAll(async () => {
  await gateway?.end()
  await upstream.close()
  home.remove()
})

/** Every request so far came through verified, as Ada's. */
function expectAllVerified(count: number): void {
  expect(headers.length).toBeGreaterThanOrEqual(count)
  expect(new Set(headers.map((entry) => entry['x-countersign-principal']))).toEqual(new Set(['ada']))
  expect(headers.some((entry) => 'authorization' in entry)).toBe(false)
  headers.length = 0
}

describeWithTool('curl', 'curl through the gateway', (curl) => {
  const signed = (service: string): string[] => [
    '--silent',
    '--show-error',
    '--aws-sigv4',
    `aws:amz:${region}:${service}`,
    '--user',
    `${key.accessKeyId}:${key.secretAccessKey}`,
  ]

  it('puts and gets an object', async () => {
    const url = `${gateway.origin}/bucket/from-curl`
    const body = randomBytes(300_000)
    const file = join(home.folder, 'body')
    writeFileSync(file, body)
    // curl 7 never sends this header by itself, which S3 needs.
    const hash = (bytes: Uint8Array): string[] => [
      '-H',
      `x-amz-content-sha256: ${createHash('sha256').update(bytes).digest('hex')}`,
    ]
    const type = ['-H', 'Content-Type: application/octet-stream']
    await run(curl, [...signed('s3'), ...hash(body), ...type, '-X', 'PUT', '--data-binary', `@${file}`, url])
    expect(objects.get('/bucket/from-curl')?.equals(body)).toBe(true)
    await run(curl, [...signed('s3'), ...hash(Buffer.alloc(0)), '-o', `${file}.back`, url])
    expect(readFileSync(`${file}.back`).equals(body)).toBe(true)
    expectAllVerified(2)
  })

  it('is let in for the other service, and refused for a third one', async () => {
    const status = ['-o', '/dev/null', '-w', '%{http_code}', `${gateway.origin}/bucket/none?a=1&b=2`]
    expect(await run(curl, [...signed('execute-api'), ...status])).toBe('404')
    expect(await run(curl, [...signed('es'), ...status])).toBe('400')
    expectAllVerified(1)
  })
})

describeWithAwsCli('AWS CLI 2 through the gateway', (aws) => {
  const env = (): Record<string, string> => ({
    AWS_ACCESS_KEY_ID: key.accessKeyId,
    AWS_SECRET_ACCESS_KEY: key.secretAccessKey,
    AWS_REGION: region,
    AWS_EC2_METADATA_DISABLED: 'true',
    HOME: home.folder,
  })
  const s3 = (...args: string[]): Promise<string> =>
    run(aws, ['--endpoint-url', gateway.origin, ...args], { env: env() })

  it('copies files up and down, lists and deletes them', async () => {
    const file = join(home.folder, 'upload')
    const body = randomBytes(3_000_000)
    writeFileSync(file, body)
    await s3('s3', 'cp', file, 's3://bucket/a b/c+d.bin')
    expect(objects.get('/bucket/a b/c+d.bin')?.equals(body)).toBe(true)
    expect(await s3('s3api', 'list-objects-v2', '--bucket', 'bucket', '--prefix', 'a b/')).toContain(
      'a b/c+d.bin',
    )
    await s3('s3', 'cp', 's3://bucket/a b/c+d.bin', `${file}.back`)
    expect(readFileSync(`${file}.back`).equals(body)).toBe(true)
    await s3('s3', 'rm', 's3://bucket/a b/c+d.bin')
    expect(objects.has('/bucket/a b/c+d.bin')).toBe(false)
    expectAllVerified(5)
  })

  it('makes presigned URLs that work', async () => {
    objects.set('/bucket/shared', Buffer.from('shared'))
    const url = (await s3('s3', 'presign', 's3://bucket/shared')).trim()
    const response = await fetch(url)
    expect([response.status, await response.text()]).toEqual([200, 'shared'])
    expectAllVerified(1)
    expect((await fetch(url.replace('shared', 'other'))).status).toBe(403)
    expect(headers).toEqual([])
  })

  it('understands a refusal', async () => {
    const wrong = { ...env(), AWS_SECRET_ACCESS_KEY: 'wrong' }
    const args = [
      '--endpoint-url',
      gateway.origin,
      's3api',
      'get-object',
      '--bucket',
      'b',
      '--key',
      'k',
      '/dev/null',
    ]
    await expect(run(aws, args, { env: wrong })).rejects.toThrow(/SignatureDoesNotMatch/)
    await expect
      .poll(() => gateway.lines.at(-1))
      .toMatchObject({ msg: 'refused', failure: 'SIGNATURE_MISMATCH', status: 403 })
    expect(headers).toEqual([])
  })
})

describeWithPython('boto3', 'boto3 through the gateway', (python) => {
  it('puts, gets, lists and deletes objects of odd names', async () => {
    objects.clear()
    const script = fileURLToPath(new URL('boto3-client.py', import.meta.url))
    const plan = { parts: ['objects'], keys: KEYS, ...key, region, store: gateway.origin }
    const env = {
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_CONFIG_FILE: '/dev/null',
      PYTHONDONTWRITEBYTECODE: '1',
    }
    const answer = JSON.parse(await run(python, [script], { input: JSON.stringify(plan), env })) as {
      objects: { fetched: object; listed: string[]; left: string[] }
    }
    expect(answer.objects.fetched).toEqual(Object.fromEntries(KEYS.map((name) => [name, true])))
    expect(answer.objects.listed).toEqual(KEYS.toSorted(compareBytes))
    expect(answer.objects.left).toEqual([])
    expectAllVerified(3 * KEYS.length)
  })
})

describe('the AWS SDK for JavaScript through the gateway', () => {
  it('puts, gets, lists and deletes objects of odd names', async () => {
    objects.clear()
    const client = new S3Client({
      endpoint: gateway.origin,
      region,
      credentials: key,
      forcePathStyle: true,
      // Hashed bodies: checksums as trailers come in chunks.
      requestChecksumCalculation: 'WHEN_REQUIRED',
    })
    const names = KEYS.filter((name) => !name.includes('..'))
    for (const name of names) {
      const Body = randomBytes(2_000_000)
      await client.send(
        new PutObjectCommand({ Bucket: 'bucket', Key: name, Body, Metadata: { note: 'a  b' } }),
      )
      const head = await client.send(new HeadObjectCommand({ Bucket: 'bucket', Key: name }))
      expect(head.ContentLength).toBe(Body.length)
      const got = await client.send(new GetObjectCommand({ Bucket: 'bucket', Key: name }))
      expect(Buffer.from(await got.Body!.transformToByteArray()).equals(Body)).toBe(true)
    }
    const { Contents } = await client.send(
      new ListObjectsV2Command({ Bucket: 'bucket', EncodingType: 'url' }),
    )
    expect(Contents?.length).toBe(names.length)
    for (const Key of names) await client.send(new DeleteObjectCommand({ Bucket: 'bucket', Key }))
    expect(objects.size).toBe(0)
    client.destroy()
    expectAllVerified(4 * names.length + 1)
  })

  it('uploads a stream as it comes, with a checksum behind it', async () => {
    const client = new S3Client({ endpoint: gateway.origin, region, credentials: key, forcePathStyle: true })
    const data = randomBytes(300_000)
    const Body = Readable.from([data])
    await client.send(
      new PutObjectCommand({ Bucket: 'bucket', Key: 'stream', Body, ContentLength: data.length }),
    )
    client.destroy()
    expect(objects.get('/bucket/stream')?.equals(data)).toBe(true)
    expect(headers[0]).toMatchObject({
      'content-length': '300000',
      'x-countersign-signed': expect.stringContaining('payload=unsigned') as string,
    })
    expect(headers[0]).not.toHaveProperty('content-encoding')
    expectAllVerified(1)
  })

  it('reads the code out of a refusal', async () => {
    const credentials = { ...key, secretAccessKey: 'wrong' }
    const client = new S3Client({
      endpoint: gateway.origin,
      region,
      credentials,
      forcePathStyle: true,
      maxAttempts: 1,
    })
    await expect(client.send(new GetObjectCommand({ Bucket: 'b', Key: 'k' }))).rejects.toMatchObject({
      name: 'SignatureDoesNotMatch',
      $metadata: { httpStatusCode: 403 },
    })
    client.destroy()
  })
})
