import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createGatewayHome, type GatewayProcess } from '../kit/gateway-process.ts'
import { describeWithTool } from '../kit/tools.ts'
import { describeWithAwsCli, describeWithPython, run } from './programs.ts'
import { startStore, type Store } from './s3-store.ts'
import { compareBytes } from './store/list.ts'

const region = 'eu-central-1'
/** The proxy has it, and nobody else. */
const REAL = { accessKeyId: 'AKIDREAL12345678', secretAccessKey: 'the-secret-of-the-proxy' }
/** What sandboxes sign with. */
const PLACEHOLDER = { accessKeyId: 'SANDBOX1', secretAccessKey: 'worth-nothing-elsewhere' }
const KEYS = ['plain', 'a b+c/100%', 'a//b', 'a/../b', 'caf\u00e9', "!'()*,;:@$[]"]
const realEnv = { AWS_ACCESS_KEY_ID: REAL.accessKeyId, AWS_SECRET_ACCESS_KEY: REAL.secretAccessKey }

const home = createGatewayHome()
let store: Store
/** Signs for whoever asks. */
let open: GatewayProcess
/** Signs for the sandboxes that it knows. */
let guarded: GatewayProcess

beforeAll(async () => {
  store = await startStore({
    service: 's3',
    region,
    secrets: (id) => (id === REAL.accessKeyId ? REAL : undefined),
  })
  const secretFile = join(home.folder, 'sandbox1')
  writeFileSync(secretFile, `${PLACEHOLDER.secretAccessKey}\n`)
  const config = join(home.folder, 'proxy.yaml')
  writeFileSync(
    config,
    `upstream: ${store.origin}
sign: { service: s3, region: ${region} }
clients:
  keys: [{ accessKeyId: ${PLACEHOLDER.accessKeyId}, secretFile: sandbox1, principal: agent-1 }]
`,
  )
  const flags = ['--upstream', store.origin, '--service', 's3', '--region', region]
  open = await home.startProxy(realEnv, ...flags)
  guarded = await home.startProxy(realEnv, '--config', config)
})
afterAll(async () => {
  expect([await open.end(), await guarded.end('SIGINT')]).toEqual([0, 0])
  await store.close()
  home.remove()
})
afterEach(() => {
  store.verified.length = store.refused.length = 0
  store.objects.clear()
})

/** Everything came signed by the proxy. */
function expectResigned(count: number): void {
  expect(store.verified.length).toBeGreaterThanOrEqual(count)
  expect(new Set(store.verified.map(({ accessKeyId }) => accessKeyId))).toEqual(new Set([REAL.accessKeyId]))
  expect(store.refused).toEqual([])
}

describeWithTool('curl', 'curl through the proxy', (curl) => {
  const plain = ['--silent', '--show-error', '--fail']

  it('puts and gets objects without knowing of AWS', async () => {
    const file = join(home.folder, 'body')
    const body = randomBytes(3_000_000)
    writeFileSync(file, body)
    const url = `${open.origin}/bucket/from-curl%20%2B`
    await run(curl, [...plain, '-T', file, url])
    expect(store.objects.get('/bucket/from-curl +')?.equals(body)).toBe(true)
    await run(curl, [...plain, '-o', `${file}.back`, url])
    expect(readFileSync(`${file}.back`).equals(body)).toBe(true)
    const streamed = [...plain, '-T', '-', '-H', 'Expect: 100-continue', `${open.origin}/bucket/streamed`]
    await run(curl, streamed, { input: body })
    expect(store.objects.get('/bucket/streamed')?.equals(body)).toBe(true)
    expectResigned(3)
  })

  it('needs a key where sandboxes have some', async () => {
    const status = [...plain.slice(0, 2), '-o', '/dev/null', '-w', '%{http_code}']
    expect(await run(curl, [...status, `${guarded.origin}/bucket/k`])).toBe('403')
    expect(store.verified).toEqual([])
  })
})

describeWithAwsCli('AWS CLI 2 through the proxy', (aws) => {
  const env = (): Record<string, string> => ({
    AWS_ACCESS_KEY_ID: PLACEHOLDER.accessKeyId,
    AWS_SECRET_ACCESS_KEY: PLACEHOLDER.secretAccessKey,
    AWS_REGION: region,
    AWS_EC2_METADATA_DISABLED: 'true',
    HOME: home.folder,
  })

  it('copies files up and down with a key that is worth nothing elsewhere', async () => {
    const file = join(home.folder, 'upload')
    const body = randomBytes(9_000_000)
    writeFileSync(file, body)
    const s3 = (...args: string[]): Promise<string> =>
      run(aws, ['--endpoint-url', guarded.origin, 's3', ...args], { env: env() })
    await s3('cp', file, 's3://bucket/a b/c+d.bin')
    expect(store.objects.get('/bucket/a b/c+d.bin')?.equals(body)).toBe(true)
    await s3('cp', 's3://bucket/a b/c+d.bin', `${file}.back`)
    expect(readFileSync(`${file}.back`).equals(body)).toBe(true)
    expectResigned(4)
    await expect.poll(() => guarded.lines.at(-1)).toMatchObject({ principal: 'agent-1', msg: 'forwarded' })
  })
})

describeWithPython('boto3', 'boto3 through the proxy', (python) => {
  it('puts, gets, lists and deletes objects of odd names', async () => {
    const script = fileURLToPath(new URL('boto3-client.py', import.meta.url))
    const plan = { parts: ['objects'], keys: KEYS, ...PLACEHOLDER, region, store: guarded.origin }
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
    expectResigned(3 * KEYS.length)
  })
})

describe('the AWS SDK for JavaScript through the proxy', () => {
  it('stores bytes and streams, also in chunks with a checksum behind them', async () => {
    const client = new S3Client({
      endpoint: guarded.origin,
      region,
      credentials: PLACEHOLDER,
      forcePathStyle: true,
    })
    const data = randomBytes(2_000_000)
    const Bucket = 'bucket'
    await client.send(new PutObjectCommand({ Bucket, Key: 'bytes', Body: data, Metadata: { note: 'a  b' } }))
    const Body = Readable.from([data])
    await client.send(new PutObjectCommand({ Bucket, Key: 'stream', Body, ContentLength: data.length }))
    for (const Key of ['bytes', 'stream']) {
      const got = await client.send(new GetObjectCommand({ Bucket, Key }))
      expect(Buffer.from(await got.Body!.transformToByteArray()).equals(data)).toBe(true)
    }
    const { Contents } = await client.send(new ListObjectsV2Command({ Bucket }))
    expect(Contents?.map(({ Key }) => Key)).toEqual(['bytes', 'stream'])
    client.destroy()
    expectResigned(5)
  })

  it('reads the code out of a refusal, and nothing of the real key', async () => {
    const credentials = { ...PLACEHOLDER, secretAccessKey: 'guessed' }
    const client = new S3Client({ endpoint: guarded.origin, region, credentials, forcePathStyle: true })
    await expect(client.send(new GetObjectCommand({ Bucket: 'b', Key: 'k' }))).rejects.toMatchObject({
      name: 'SignatureDoesNotMatch',
    })
    client.destroy()
    expect(JSON.stringify([...open.lines, ...guarded.lines])).not.toMatch(/the-secret-of|worth-nothing/)
  })
})

describe('the process', () => {
  it('takes new credentials out of AWS’s files without being started again', async () => {
    const folder = join(home.folder, '.aws')
    mkdirSync(folder)
    const write = (secret: string): void =>
      writeFileSync(
        join(folder, 'credentials'),
        `[team]\naws_access_key_id=${REAL.accessKeyId}\naws_secret_access_key=${secret}\n`,
      )
    writeFileSync(join(folder, 'config'), `[profile team]\nregion = ${region}\n`)
    write('an-older-secret')
    const proxy = await home.startProxy(
      {},
      '--upstream',
      store.origin,
      '--service',
      's3',
      '--profile',
      'team',
    )
    const ask = async (): Promise<number> => (await fetch(`${proxy.origin}/bucket?list-type=2`)).status
    expect(await ask()).toBe(403)
    expect(store.refused.at(-1)?.code).toBe('SIGNATURE_MISMATCH')
    write(REAL.secretAccessKey)
    proxy.child.kill('SIGHUP')
    await expect.poll(ask).toBe(200)
    expect((await fetch(`${proxy.healthOrigin}/readyz`)).status).toBe(200)
    expect(await proxy.end()).toBe(0)
  })

  it('refuses to be an open signer for the network, and tells of everything that is wrong at once', async () => {
    const file = join(home.folder, 'wrong.yaml')
    writeFileSync(
      file,
      'upstream: http://127.0.0.1:1\nlisten: 0.0.0.0:8080\nsign:\n  payload: unsigned\n  regoin: x\n',
    )
    const unknown = await home.command('proxy', '--config', file)
    expect([unknown.code, unknown.stderr]).toEqual([
      2,
      expect.stringContaining('wrong.yaml:5:3: sign.regoin: is not a setting; did you mean sign.region?'),
    ])
    writeFileSync(file, 'upstream: http://127.0.0.1:1\nlisten: 0.0.0.0:8080\nsign:\n  payload: unsigned\n')
    const { code, stderr } = await home.command('proxy', '--config', file)
    expect(code).toBe(2)
    expect(stderr).toContain('wrong.yaml:2:1: listen: whoever reaches this address')
    expect(stderr).toContain('wrong.yaml:4:3: sign.payload: an unsigned body is not sent over plain http')
    expect(stderr).toContain('--service: sign.service: 127.0.0.1:1 does not tell the service: give it')
  })
})
