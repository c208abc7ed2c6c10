/**
 * Our signer in the place of the SDK's own, in real clients over real sockets, before servers of ours that verify.
 */
import { Agent as HttpsAgent } from 'node:https'
import { Readable } from 'node:stream'
import { connect } from 'node:tls'
import {
  CreateMultipartUploadCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
  type S3ClientConfig,
} from '@aws-sdk/client-s3'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import {
  createSdkAuth,
  type SdkAuthOptions,
  type SdkRequest,
} from '../../../packages/countersign/src/adapters/aws-sdk.ts'
import { SigningKey } from '../../../packages/countersign/src/index.ts'
import { requireSignature, verifiedOf } from '../../../packages/countersign/src/servers/node.ts'
import { sigV4A } from '../../../packages/countersign/src/sigv4a.ts'
import { createVerifier, type VerifiedRequest } from '../../../packages/countersign/src/verify/index.ts'
import { startServer, startTlsServer } from '../../kit/servers.ts'
import { describeWithTool } from '../../kit/tools.ts'
import type { Store } from '../s3-store.ts'
import { KEY, REGION } from '../stores.ts'
import { AWS_SDK, COLUMNS, type Column } from './clients.ts'
import { BIG, contentOf, Home, KEYS } from '../try-client.ts'

const Bucket = 'bucket'

describeWithTool('openssl', 'the AWS SDK with our signer', () => {
  const home = new Home()
  beforeAll(async () => home.open())
  afterAll(async () => home.close())
  beforeEach(() => {
    home.stores.objects.clear()
    home.stores.takeRefused()
  })

  const tried = new Set<Column>()
  /** A trial, which belongs to a column of the matrix. */
  function tryIn(column: Column, name: string, trial: () => Promise<void>): void {
    tried.add(column)
    it(`${COLUMNS[column]}: ${name}`, trial)
  }

  /** Works with a client of its own. */
  async function withClient<T>(
    work: (client: S3Client) => Promise<T>,
    { store = home.stores.secure, ...config }: S3ClientConfig & { store?: Store } = {},
    auth: Partial<SdkAuthOptions> = {},
  ): Promise<T> {
    const client = new S3Client({
      endpoint: store.origin,
      region: REGION,
      forcePathStyle: true,
      requestHandler: { httpsAgent: new HttpsAgent({ ca: home.stores.certificate.cert }) },
      ...createSdkAuth({ credentials: KEY, ...auth }),
      ...config,
    })
    try {
      return await work(client)
    } finally {
      client.destroy()
    }
  }

  tryIn('paths', 'names every object as it is named, and lists them', async () => {
    await withClient(async (client) => {
      for (const Key of KEYS) {
        await client.send(
          new PutObjectCommand({ Bucket, Key, Body: contentOf(Key), Metadata: { note: 'a  b' } }),
        )
        const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }))
        expect(await Body?.transformToString()).toBe(contentOf(Key))
      }
      expect(home.keysIn(Bucket)).toEqual(KEYS)
    })
    expect(home.stores.takeRefused()).toEqual([])
  })

  tryIn('bodies', 'signs bodies of every kind: bytes, text, parts, XML with its digest', async () => {
    await withClient(async (client) => {
      const at = { Bucket, Key: 'parts' }
      for (const Body of ['text', new Uint8Array([1, 2, 3]), BIG, new Uint8Array()]) {
        await client.send(new PutObjectCommand({ Bucket, Key: 'body', Body }))
        expect(home.stores.objects.get('/bucket/body')?.equals(Buffer.from(Body))).toBe(true)
      }
      const { UploadId } = await client.send(new CreateMultipartUploadCommand(at))
      await client.send(new UploadPartCommand({ ...at, UploadId, PartNumber: 1, Body: BIG }))
      await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: 'body' }] } }))
      expect(home.keysIn(Bucket)).toEqual([])
    })
    expect(home.stores.takeRefused()).toEqual([])
  })

  tryIn('stream', 'streams with the checksum behind, over TLS', async () => {
    const Body = Readable.from([BIG.subarray(0, 100_000), BIG.subarray(100_000)])
    await withClient(async (client) =>
      client.send(new PutObjectCommand({ Bucket, Key: 'stream', Body, ContentLength: BIG.length })),
    )
    expect(home.isBig('/bucket/stream')).toBe(true)
    const { covered } = home.stores.secure.verified.at(-1)!
    expect(new Map(covered.headers).get('x-amz-content-sha256')).toBe('STREAMING-UNSIGNED-PAYLOAD-TRAILER')
  })

  tryIn('stream', 'refuses to send a body that nothing protects, and sends nothing', async () => {
    const put = (auth: Partial<SdkAuthOptions>, config: Parameters<typeof withClient>[1]) => {
      const Body = Readable.from([BIG])
      const command = new PutObjectCommand({ Bucket, Key: 'stream', Body, ContentLength: BIG.length })
      return withClient(async (client) => client.send(command), config, auth)
    }
    const { store } = home.stores
    const bare = { requestChecksumCalculation: 'WHEN_REQUIRED' as const }
    const refused = {
      'stream: one without a checksum behind it': bare,
      'stream: one with an unsigned checksum over plain http': { store },
    }
    expect(Object.keys(refused)).toEqual(Object.keys(AWS_SDK.refused))
    for (const [trial, config] of Object.entries(refused)) {
      const { code } = AWS_SDK.refused[trial]!
      await expect(put({}, config)).rejects.toMatchObject({ name: 'SigningError', code })
    }
    expect(home.keysIn(Bucket)).toEqual([])
    await put({ unsignedStreams: true }, bare)
    await put({ allowUnsignedPayloadOverHttp: true }, { store })
    expect(home.isBig('/bucket/stream')).toBe(true)
  })

  tryIn('clock', 'follows the clock of the server, as the client learns it', async () => {
    const list = async (client: S3Client): Promise<unknown> =>
      client.send(new ListObjectsV2Command({ Bucket }))
    const store = home.stores.ahead
    await expect(withClient(list, { store, maxAttempts: 1 })).rejects.toMatchObject({
      name: 'RequestTimeTooSkewed',
    })
    await withClient(
      async (client) => {
        expect(await list(client)).toMatchObject({ $metadata: { attempts: 2 } })
        expect(await list(client)).toMatchObject({ $metadata: { attempts: 1 } })
      },
      { store },
    )
  })

  tryIn('clock', 'starts from the offset that it is given', async () => {
    const config = { store: home.stores.ahead, maxAttempts: 1, systemClockOffset: 20 * 60_000 }
    const head = withClient(async (client) => client.send(new ListObjectsV2Command({ Bucket })), config)
    expect(await head).toMatchObject({ $metadata: { attempts: 1 } })
  })

  tryIn('retry', 'signs every attempt anew', async () => {
    const verifier = createVerifier({ secrets: () => KEY, service: 's3', region: REGION })
    const guard = requireSignature(verifier)
    const dates: string[] = []
    const server = await startServer((request, response) =>
      guard(request, response, () => {
        dates.push(String(request.headers['x-amz-date']))
        response.writeHead(dates.length < 3 ? 503 : 200).end()
      }),
    )
    const credentials = async () => KEY
    await withClient(
      async (client) => client.send(new PutObjectCommand({ Bucket, Key: 'retried', Body: 'text' })),
      { endpoint: server.origin },
      { credentials },
    )
    expect(dates).toHaveLength(3)
    await server.close()
  })

  tryIn('plain', 'asks its provider for all clients at once, and follows new keys', async () => {
    let asked = 0
    const credentials = async () => {
      asked++
      return { ...KEY, sessionToken: undefined }
    }
    const auth = createSdkAuth({ credentials })
    const heads = Array.from({ length: 10 }, () =>
      withClient(async (client) => client.send(new ListObjectsV2Command({ Bucket })), auth),
    )
    await Promise.all(heads)
    expect(asked).toBe(1)
  })

  it('refuses a key that has no secret to give to the client', async () => {
    const scope = { date: '20261122', region: REGION, service: 's3' }
    const signingKey = SigningKey.derive(KEY.secretAccessKey, scope)
    const listing = withClient(
      async (client) => client.send(new ListObjectsV2Command({ Bucket })),
      {},
      { credentials: { accessKeyId: KEY.accessKeyId, signingKey } },
    )
    await expect(listing).rejects.toMatchObject({ name: 'CredentialsError', code: 'CREDENTIALS_INVALID' })
  })

  tryIn('query', 'asks for odd names by their beginning', async () => {
    await withClient(async (client) => {
      for (const Key of KEYS) await client.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }))
      for (const Prefix of KEYS) {
        const { Contents } = await client.send(new ListObjectsV2Command({ Bucket, Prefix, MaxKeys: 1000 }))
        expect(Contents?.map(({ Key }) => Key)).toContain(Prefix)
      }
    })
    expect(home.stores.takeRefused()).toEqual([])
  })

  tryIn('redirect', 'goes nowhere but to its host', async () => {
    const other = await startServer((_request, response) => response.end('stolen'))
    const server = await startServer((request, response) =>
      response.writeHead(307, { location: `${other.origin}${request.url}` }).end(),
    )
    let count = 0
    other.server.on('request', () => count++)
    const getting = withClient(async (client) => client.send(new GetObjectCommand({ Bucket, Key: 'a' })), {
      endpoint: server.origin,
      maxAttempts: 1,
    })
    await expect(getting).rejects.toMatchObject({ $metadata: { httpStatusCode: 307 } })
    expect(count).toBe(0)
    await Promise.all([server.close(), other.close()])
  })

  tryIn('abort', 'gives up while the answer is waited for', async () => {
    const server = await startServer(() => undefined)
    const getting = withClient(
      async (client) => {
        const abortSignal = AbortSignal.timeout(100)
        return client.send(new GetObjectCommand({ Bucket, Key: 'a' }), { abortSignal })
      },
      { endpoint: server.origin, maxAttempts: 1 },
    )
    await expect(getting).rejects.toMatchObject({ name: 'AbortError' })
    await server.close()
  })

  tryIn('errors', 'has the exceptions of the client', async () => {
    const getting = withClient(async (client) =>
      client.send(new GetObjectCommand({ Bucket, Key: 'nothing' })),
    )
    await expect(getting).rejects.toMatchObject({ name: 'NoSuchKey', $metadata: { httpStatusCode: 404 } })
    const wrong = { credentials: { ...KEY, secretAccessKey: 'wrong' } }
    const listing = withClient(async (client) => client.send(new ListObjectsV2Command({ Bucket })), {}, wrong)
    await expect(listing).rejects.toMatchObject({ name: 'SignatureDoesNotMatch' })
    home.stores.takeRefused()
  })

  it('is tried in every column of the matrix', () => {
    expect([...tried].toSorted()).toEqual(Object.keys(COLUMNS).toSorted())
  })

  describeMultiRegion(home)

  it('presigns what it would sign', async () => {
    home.stores.objects.set('/bucket/a b+c', Buffer.from('found'))
    const signer = await createSdkAuth({ credentials: KEY }).signer()
    const { hostname, port } = new URL(home.stores.store.origin)
    const request: SdkRequest = {
      method: 'GET',
      protocol: 'http:',
      hostname,
      port: Number(port),
      path: '/bucket/a%20b%2Bc',
      query: { 'response-content-type': 'text/plain; charset=x', 'x-id': ['GetObject'] },
      headers: {},
    }
    const before = structuredClone(request)
    const options = { signingRegion: REGION, signingService: 's3', expiresIn: 60, signingDate: new Date() }
    const { path, query = {}, headers } = await signer.presign(request, options)
    expect(request).toEqual(before)
    expect(headers).toEqual({ host: `${hostname}:${port}` })
    expect(query).toMatchObject({ 'X-Amz-Expires': '60', 'x-id': 'GetObject' })
    const search = new URLSearchParams(query as Record<string, string>)
    const response = await fetch(`${home.stores.store.origin}${path}?${search}`)
    expect([response.status, await response.text()]).toEqual([200, 'found'])
  })

  it('signs with the keys of a session, under its own header', async () => {
    const signer = await createSdkAuth({ credentials: KEY }).signer()
    const request: SdkRequest = {
      method: 'GET',
      protocol: 'https:',
      hostname: 'logs--use1-az4--x-s3.s3express-use1-az4.us-east-1.amazonaws.com',
      path: '/a',
      headers: { 'X-Amz-S3session-Token': 'stale' },
    }
    const session = { accessKeyId: 'ASIASESSION', secretAccessKey: 'secret', sessionToken: 'of/session' }
    const { headers } = await signer.signWithCredentials(request, session)
    expect(headers).toMatchObject({ 'x-amz-s3session-token': 'of/session' })
    expect(headers).not.toHaveProperty('x-amz-security-token')
    expect(headers['authorization']).toMatch(/s3express\/aws4_request, SignedHeaders=.*x-amz-s3session-token/)
  })

  it.each([
    ['a query in the path', { path: '/a?b=c' }, 'URL_INVALID'],
    ['a header twice', { headers: { 'X-Amz-Meta-A': '1', 'x-amz-meta-a': '2' } }, 'HEADER_INVALID'],
    ['half of a character', { query: { prefix: '\ud800' } }, 'TEXT_INVALID'],
    [
      'events',
      { headers: { 'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-EVENTS' } },
      'BODY_UNSUPPORTED',
    ],
  ])('refuses %s', async (_, parts: Partial<SdkRequest>, code) => {
    const signer = await createSdkAuth({ credentials: KEY }).signer({
      signingName: 's3',
      signingRegion: REGION,
    })
    const request = { method: 'GET', protocol: 'https:', hostname: 'h', path: '/', headers: {}, ...parts }
    await expect(signer.sign(request)).rejects.toMatchObject({ code })
  })
})

/** A multi-region access point, whose requests only SigV4A can sign. */
function describeMultiRegion(home: Home): void {
  const arn = 'arn:aws:s3::123456789012:accesspoint/mfzwi23gnjvgw.mrap'

  it('signs for a multi-region access point without native code', async () => {
    const verifier = createVerifier({
      secrets: (id) => (id === KEY.accessKeyId ? KEY : undefined),
      service: 's3',
      region: 'eu-west-1',
      algorithms: [sigV4A],
    })
    const guard = requireSignature(verifier)
    const verified: VerifiedRequest[] = []
    const server = await startTlsServer(home.stores.certificate, (request, response) =>
      guard(request, response, () => {
        verified.push(verifiedOf(request))
        response.end('found')
      }),
    )
    // The name is AWS's, the machine is this one.
    const httpsAgent = new HttpsAgent()
    httpsAgent.createConnection = ({ servername }) =>
      connect({ port: server.port, host: '127.0.0.1', servername, rejectUnauthorized: false })
    const clientWith = (options: Partial<SdkAuthOptions>) =>
      new S3Client({
        region: 'us-east-1',
        requestHandler: { httpsAgent },
        ...createSdkAuth({ credentials: KEY, ...options }),
      })

    const client = clientWith({ algorithms: [sigV4A] })
    const { Body } = await client.send(new GetObjectCommand({ Bucket: arn, Key: 'a b+c/ü' }))
    expect(await Body?.transformToString()).toBe('found')
    await client.send(new PutObjectCommand({ Bucket: arn, Key: 'a', Body: 'text' }))
    expect(verified).toMatchObject([
      { algorithm: 'AWS4-ECDSA-P256-SHA256', payload: 'verified' },
      { algorithm: 'AWS4-ECDSA-P256-SHA256', payload: 'verified' },
    ])
    const headers = Object.fromEntries(verified[0]!.covered.headers)
    expect(headers).toMatchObject({
      host: 'mfzwi23gnjvgw.mrap.accesspoint.s3-global.amazonaws.com',
      'x-amz-region-set': '*',
    })

    const without = clientWith({}).send(new HeadObjectCommand({ Bucket: arn, Key: 'a' }))
    await expect(without).rejects.toMatchObject({ name: 'SigningError', code: 'ALGORITHM_MISSING' })
    expect(verified).toHaveLength(2)
    await server.close()
  })
}
