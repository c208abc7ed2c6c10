import { createHash } from 'node:crypto'
import { spawnSync } from 'node:child_process'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { presignUrl } from '../../packages/countersign/src/index.ts'
import { encodeKey, KEYS } from '../wire/rows.ts'
import { describeWithTool } from '../kit/tools.ts'
import { plainTrials, type PlainAnswer, type PlainRequest } from './plain-request.ts'
import { run } from './programs.ts'
import { startStore, type Store } from './s3-store.ts'
import { KEY, REGION, UNKNOWN_KEY, WRONG_SECRET } from './stores.ts'
import { BIG, tryClient } from './try-client.ts'

const credentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
}
const sessionToken = 'FwoGZXIvYXdzE/+=='
const region = 'eu-central-1'
const UNSIGNED = ['-H', 'x-amz-content-sha256: UNSIGNED-PAYLOAD']
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** curl 7.88 signs a path as it stands, so it has to be written as AWS encodes it. */
const encodeStrictly = (key: string): string =>
  encodeKey(key).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)

const LIST: PlainRequest = { method: 'GET', target: '/bucket' }

describeWithTool('curl', 'curl', (curl) => {
  tryClient('curl', (home) => {
    /** Signs with headers, and sends; `upload` as a stream. */
    async function sendSigned(
      { method, target, headers = {}, body }: PlainRequest,
      { store = home.stores.store, key = KEY, isStream = false } = {},
    ): Promise<PlainAnswer> {
      const hash = isStream
        ? 'UNSIGNED-PAYLOAD'
        : createHash('sha256')
            .update(body ?? '')
            .digest('hex')
      const named = { ...headers, 'x-amz-content-sha256': hash, 'content-type': 'application/octet-stream' }
      const fields = Object.entries(named).flatMap(([name, value]) => ['-H', `${name}: ${value}`])
      const how = method === 'HEAD' ? ['--head'] : ['-X', method]
      const sending = isStream ? ['--upload-file', '-'] : ['--data-binary', '@-']
      const secret = `${key.accessKeyId}:${key.secretAccessKey}`
      const usual = ['-q', '--silent', '--show-error', '--globoff', '--path-as-is', '--max-time', '20']
      const signing = ['--aws-sigv4', `aws:amz:${REGION}:s3`, '--user', secret]
      const told = ['--cacert', home.stores.certificate.file, '--write-out', '\n%header{etag}\n%{http_code}']
      const args = [...usual, ...signing, ...told, ...how, ...fields, ...(body === undefined ? [] : sending)]
      const output = await run(curl, [...args, store.origin + target], { input: body ?? '' })
      const [status = '', etag = '', ...lines] = output.split('\n').toReversed()
      return { status: Number(status), etag, text: lines.toReversed().join('\n') }
    }

    return {
      ...plainTrials(home, sendSigned, { encode: encodeStrictly }),
      async stream() {
        const put = { method: 'PUT', target: '/bucket/stream', body: BIG }
        expect((await sendSigned(put, { isStream: true })).status).toBe(200)
        expect(home.isBig('/bucket/stream')).toBe(true)
      },
      async https() {
        const store = home.stores.secure
        const put = { method: 'PUT', target: '/bucket/secure', body: BIG }
        expect((await sendSigned(put, { store })).status).toBe(200)
        expect(home.isBig('/bucket/secure')).toBe(true)
        expect((await sendSigned(LIST, { store })).text).toContain('<Key>secure</Key>')
      },
      async wrongSecret() {
        const { text } = await sendSigned(LIST, { key: WRONG_SECRET })
        expect(text).toContain('<Code>SignatureDoesNotMatch</Code>')
      },
      async unknownKey() {
        const { text } = await sendSigned(LIST, { key: UNKNOWN_KEY })
        expect(text).toContain('<Code>InvalidAccessKeyId</Code>')
      },
      async clock() {
        const { text } = await sendSigned(LIST, { store: home.stores.ahead })
        expect(text).toContain('<Code>RequestTimeTooSkewed</Code>')
      },
    }
  })

  let server: Store
  beforeAll(async () => {
    server = await startStore({
      secrets: (id) =>
        id === 'ASIDTEMPORARY'
          ? { ...credentials, sessionToken }
          : id === 'AKIDEXAMPLE'
            ? credentials
            : undefined,
      service: ['s3', 'execute-api'],
      region,
    })
  })
  beforeEach(() => {
    for (const kept of [server.verified, server.refused]) kept.length = 0
    server.objects.clear()
  })
  afterAll(async () => {
    await server.close()
  })

  /** Sends a request with curl; gives back its status and body. */
  async function send(
    args: readonly string[],
    path: string,
    input?: string,
  ): Promise<{ status: number; body: string }> {
    const url = path.startsWith('http') ? path : server.origin + path
    const usual = ['-q', '--silent', '--show-error', '--globoff', '--path-as-is', '--max-time', '10']
    const output = await run(
      curl,
      [...usual, '--write-out', '\n%{http_code}', ...args, url],
      input === undefined ? {} : { input },
    )
    const end = output.lastIndexOf('\n')
    return { status: Number(output.slice(end + 1)), body: output.slice(0, end) }
  }

  function signedBy(service: string, id = 'AKIDEXAMPLE'): string[] {
    return ['--aws-sigv4', `aws:amz:${region}:${service}`, '--user', `${id}:${credentials.secretAccessKey}`]
  }

  const put = ['--request', 'PUT', '--data-binary', '@-']

  describe.each([
    ['execute-api', [] as string[]],
    ['s3', UNSIGNED],
    ['s3 with the hash of no body', ['-H', `x-amz-content-sha256: ${sha256('')}`]],
  ])('%s', (name, hash) => {
    const [service = ''] = name.split(' ')
    it.each(['/', '/bucket/key', '/bucket/key?a=1&b=2&b=3', '/bucket/key?a=%2F&b=%20', '/bucket/a-b_c.d~e'])(
      'GET %s',
      async (path) => {
        await send([...signedBy(service), ...hash], path)
        expect(server.refused).toEqual([])
        expect(server.verified).toMatchObject([{ accessKeyId: 'AKIDEXAMPLE', covered: { method: 'GET' } }])
      },
    )

    it('HEAD, DELETE, and headers of the caller', async () => {
      const headers = ['-H', 'x-amz-meta-a: 1  2', '-H', 'x-amz-acl: private']
      for (const method of [['--head'], ['--request', 'DELETE']]) {
        await send([...signedBy(service), ...hash, ...headers, ...method], '/bucket/key')
      }
      expect(server.refused).toEqual([])
      expect(server.verified.map(({ covered }) => covered.method)).toEqual(['HEAD', 'DELETE'])
      expect(server.verified[0]!.signedHeaders).toEqual(expect.arrayContaining(['x-amz-acl', 'x-amz-meta-a']))
    })

    it('a session token', async () => {
      const token = ['-H', `x-amz-security-token: ${sessionToken}`]
      await send([...signedBy(service, 'ASIDTEMPORARY'), ...hash, ...token], '/bucket/key')
      expect(server.verified).toMatchObject([{ accessKeyId: 'ASIDTEMPORARY' }])
      expect((await send([...signedBy(service, 'ASIDTEMPORARY'), ...hash], '/bucket/key')).status).toBe(403)
      expect(server.refused).toMatchObject([{ code: 'TOKEN_MISSING' }])
    })

    it('a wrong secret', async () => {
      const wrong = ['--aws-sigv4', `aws:amz:${region}:${service}`, '--user', 'AKIDEXAMPLE:wrong']
      const { status, body } = await send([...wrong, ...hash], '/bucket/key')
      expect(status).toBe(403)
      expect(body).toContain('<Code>SignatureDoesNotMatch</Code>')
    })
  })

  describe('bodies', () => {
    it.each([
      ['PUT, hashed by curl', 'execute-api', put, 'verified'],
      ['POST of a form', 'execute-api', ['--data-urlencode', 'a=b c'], 'verified'],
      ['PUT to S3, unsigned', 's3', [...put, ...UNSIGNED], 'unsigned'],
      [
        'PUT to S3, hashed',
        's3',
        [...put, '-H', `x-amz-content-sha256: ${sha256('h\u00e9llo')}`],
        'verified',
      ],
      ['an upload to S3, unsigned', 's3', ['--upload-file', '-', ...UNSIGNED], 'unsigned'],
    ])('%s', async (_name, service, args, payload) => {
      const { status } = await send([...signedBy(service), ...args], '/bucket/key', 'h\u00e9llo')
      expect(server.refused).toEqual([])
      expect(status).not.toBe(403)
      // A body whose hash is not in a header has been hashed by the server, so it is that of the signature.
      expect(server.verified).toMatchObject([{ payload }])
      if (args.includes('@-')) expect(server.objects.get('/bucket/key')?.toString()).toBe('h\u00e9llo')
    })

    it('another body than was signed', async () => {
      const hash = ['-H', `x-amz-content-sha256: ${sha256('other')}`]
      const { status, body } = await send([...signedBy('s3'), ...put, ...hash], '/bucket/key', 'hello')
      expect(status).toBe(400)
      expect(body).toContain('<Code>XAmzContentSHA256Mismatch</Code>')
      expect(server.objects.size).toBe(0)
    })

    it('one of 2 MB, which is read while it is checked', async () => {
      const { status } = await send(
        [...signedBy('execute-api'), ...put],
        '/bucket/key',
        'x'.repeat(2_000_000),
      )
      expect(status).toBe(400)
      const hash = ['-H', `x-amz-content-sha256: ${sha256('x'.repeat(2_000_000))}`]
      await send([...signedBy('s3'), ...put, ...hash], '/bucket/key', 'x'.repeat(2_000_000))
      expect(server.verified).toMatchObject([{ payload: 'pending' }])
      expect(server.objects.get('/bucket/key')).toHaveLength(2_000_000)
    })
  })

  it('fetches presigned URLs of ours, whatever the name of the object', async () => {
    const options = { credentials, service: 's3', region }
    for (const key of KEYS) {
      const url = `${server.origin}/bucket/${encodeKey(key)}`
      const upload = presignUrl({ method: 'PUT', url, headers: { 'content-type': 'text/x' } }, options)
      const headers = upload.headers.flatMap(([name, value]) => ['-H', `${name}: ${value}`])
      expect((await send([...put, ...headers], upload.url, `content of ${key}`)).status).toBe(200)
      expect(server.objects.has(`/bucket/${key}`)).toBe(true)
      const download = presignUrl({ method: 'GET', url }, options)
      expect(await send([], download.url)).toEqual({ status: 200, body: `content of ${key}` })
    }
    expect(server.refused).toEqual([])
  })

  it('is refused a presigned URL for what it was not made for', async () => {
    const url = `${server.origin}/bucket/key`
    const presigned = presignUrl({ method: 'GET', url }, { credentials, service: 's3', region })
    expect((await send(put, presigned.url, 'x')).body).toContain('SignatureDoesNotMatch')
    expect((await send([], presigned.url.replace('/key', '/other'))).body).toContain('SignatureDoesNotMatch')
    expect((await send(['-H', 'x-amz-acl: public-read'], presigned.url)).body).toContain('HeadersNotSigned')
    expect((await send(signedBy('s3'), presigned.url)).body).toContain('<Code>InvalidArgument</Code>')
  })

  // What curl of Debian 12 signs wrongly; a later one need not.
  const isOld = spawnSync(curl, ['--version'], { encoding: 'utf8' }).stdout.startsWith('curl 7.88.')
  it.runIf(isOld)('curl 7.88 is refused where it does not sign as AWS does', async () => {
    for (const [args, path, code] of [
      [signedBy('s3'), '/bucket/key', 'PAYLOAD_HASH_MISSING'],
      [[...signedBy('s3'), ...UNSIGNED], '/bucket/key?b=1&a=2', 'SIGNATURE_MISMATCH'],
      [[...signedBy('s3'), ...UNSIGNED], '/bucket/key?acl', 'SIGNATURE_MISMATCH'],
      [signedBy('execute-api'), '/a%20b', 'SIGNATURE_MISMATCH'],
      [[...signedBy('execute-api'), '--upload-file', '-'], '/a', 'SIGNATURE_MISMATCH'],
    ] as const) {
      await send(args, path, 'body')
      expect(server.refused.at(-1)).toMatchObject({ code })
    }
    expect(server.verified).toEqual([])
  })
})
