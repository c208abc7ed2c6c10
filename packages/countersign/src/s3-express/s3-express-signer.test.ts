import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import {
  startExpressStore,
  type ExpressStore,
  type StoreTerms,
} from '../../../../test/kit/s3-express-store.ts'
import type { Credentials } from '../credentials/credentials.ts'
import type { SignedRequest } from '../sign/http-request.ts'
import { createS3ExpressSigner, type S3ExpressSigner, type S3ExpressSignerOptions } from './index.ts'

const START = Date.UTC(2026, 10, 22, 12)
const OWNER = { accessKeyId: 'ASIAOWNER', secretAccessKey: 'owner/secret', sessionToken: 'owner+token==' }
const SECOND = { accessKeyId: 'AKIASECOND', secretAccessKey: 'second/secret' }
const ZONE = 's3express-use1-az4.us-east-1.amazonaws.com'

let time = START
let terms: { life: number; answer: StoreTerms['answerSession']; gate: StoreTerms['gate'] }
const now = (): Date => new Date(time)
const stores: ExpressStore[] = []

async function startStore(): Promise<ExpressStore> {
  const store = await startExpressStore({
    owners: { [OWNER.accessKeyId]: OWNER, [SECOND.accessKeyId]: SECOND },
    now,
    get life() {
      return terms.life
    },
    answerSession: (count) => terms.answer?.(count),
    gate: async () => terms.gate?.(),
  })
  stores.push(store)
  return store
}

beforeEach(() => {
  time = START
  terms = { life: 300, answer: undefined, gate: undefined }
})
afterAll(async () => {
  await Promise.all(stores.map(async (store) => store.close()))
})

/** URL of an object by the names of AWS's hosts. */
function urlOf(store: ExpressStore, bucket: string, path: string): string {
  return `http://${bucket}--use1-az4--x-s3.${ZONE}:${store.port}${path}`
}

function signerFor(store: ExpressStore, more: Partial<S3ExpressSignerOptions> = {}): S3ExpressSigner {
  const common = { credentials: OWNER, now, fetch: store.fetch, allowPlainHttp: true }
  return createS3ExpressSigner({ ...common, ...more })
}

async function send(
  store: ExpressStore,
  { url, method, headers, body }: Partial<SignedRequest>,
): Promise<string> {
  const init = { method: method!, headers: headers!.filter(([name]) => name !== 'host'), body: body ?? null }
  const response = await store.fetch(url!, init)
  return `${response.status} ${await response.text()}`
}

describe('createS3ExpressSigner', () => {
  it('signs with the keys of a session, and asks for one once', async () => {
    const store = await startStore()
    const signer = signerFor(store)
    for (const key of ['/a', '/b%20c', '/d/../e?versionId=1']) {
      const body = key === '/a' ? 'some bytes' : undefined
      const signed = await signer.sign({ method: 'PUT', url: urlOf(store, 'logs', key), body })
      expect(signed.scope).toMatchObject({ service: 's3express', region: 'us-east-1' })
      const answer = await send(store, signed as SignedRequest)
      // The transport of this test takes dot segments out, which is not what was signed.
      expect(answer).toMatch(key.includes('..') ? /^403/ : /^200 PUT/)
    }
    expect(store.sessions).toHaveLength(1)
    expect(store.sessions[0]).toMatchObject({ owner: OWNER.accessKeyId, mode: undefined })
  })

  it('sends its own token in place of the usual one, signed', async () => {
    const store = await startStore()
    const signer = signerFor(store)
    const first = await signer.sign({ method: 'GET', url: urlOf(store, 'logs', '/a') })
    const names = first.headers.map(([name]) => name)
    expect(names).toContain('x-amz-s3session-token')
    expect(names).not.toContain('x-amz-security-token')
    expect(first.signedHeaders).toContain('x-amz-s3session-token')
    expect(first.warnings).toEqual([])
    const narrow = signerFor(store, { signHeaders: ['range'] })
    const signed = await narrow.sign({ method: 'GET', url: urlOf(store, 'logs', '/a') })
    expect(await send(store, signed as SignedRequest)).toBe('200 GET /a')
  })

  it('replaces the token together with the key where a request is signed again (section 20, 19)', async () => {
    const store = await startStore()
    const signer = signerFor(store)
    const url = urlOf(store, 'logs', '/a')
    const first = await signer.sign({ method: 'GET', url })
    const presigned = await signer.presign({ method: 'GET', url })
    time += 295_000
    const again = await signer.sign({ ...first, body: undefined })
    expect(again.headers.filter(([name]) => name === 'x-amz-s3session-token')).toEqual([
      ['x-amz-s3session-token', store.sessions[1]!.token],
    ])
    const urlAgain = await signer.presign({ method: 'GET', url: presigned.url })
    time += 10_000
    expect(await send(store, again as SignedRequest)).toBe('200 GET /a')
    expect(await send(store, urlAgain)).toBe('200 GET /a')
    expect(await send(store, presigned)).toMatch(/^403/)
  })

  it('presigns for as long as the session lives, and makes a new one for a URL that would soon die', async () => {
    const store = await startStore()
    const signer = signerFor(store)
    const request = { method: 'GET', url: urlOf(store, 'logs', '/a?x=1#part') }
    const first = await signer.presign(request)
    expect(first.url).toContain('X-Amz-S3session-Token=token%2Bof%2Fsession%3D%3D0')
    expect(first.url).not.toContain('Security-Token')
    expect(first.url.endsWith('#part')).toBe(true)
    expect(first.expiresAt).toEqual(new Date(START + 300_000))
    expect(first.warnings).toEqual([])
    expect(await send(store, first)).toBe('200 GET /a')
    time += 149_000
    expect((await signer.presign(request)).expiresAt).toEqual(new Date(START + 300_000))
    time += 2000
    const later = await signer.presign(request, { expiresIn: 3600 })
    expect(later.expiresAt).toEqual(new Date(time + 300_000))
    expect(later.warnings).toEqual(['EXPIRY_CLAMPED'])
    expect((await signer.presign(request, { expiresIn: 60 })).expiresAt).toEqual(new Date(time + 60_000))
    expect(
      (await signer.presign({ ...request, url: `${urlOf(store, 'logs', '/a')}?X-Amz-Expires=7` })).expiresAt,
    ).toEqual(new Date(time + 7000))
    expect(store.sessions).toHaveLength(2)
  })

  it('asks once for any number of concurrent callers, for each bucket', async () => {
    const store = await startStore()
    const signer = signerFor(store)
    const jobs = Array.from({ length: 60 }, async (_, i) =>
      signer.sign({ method: 'GET', url: urlOf(store, `b${i % 3}`, `/${i}`) }),
    )
    const answers = await Promise.all(
      (await Promise.all(jobs)).map(async (one) => send(store, one as SignedRequest)),
    )
    expect(answers.every((answer) => answer.startsWith('200 '))).toBe(true)
    expect(store.sessions.map(({ bucket }) => bucket.slice(0, 2)).toSorted()).toEqual(['b0', 'b1', 'b2'])
  })

  it('renews a session 45 seconds before its end, while it serves', async () => {
    const store = await startStore()
    const signer = signerFor(store)
    const request = { method: 'GET', url: urlOf(store, 'logs', '/a') }
    await signer.sign(request)
    let open = (): void => {}
    const opened = new Promise<void>((resolve) => (open = resolve))
    terms.gate = async () => opened
    time += 256_000
    const meanwhile = await signer.sign(request)
    expect(await send(store, meanwhile as SignedRequest)).toBe('200 GET /a')
    expect(meanwhile.headers).toContainEqual(['x-amz-s3session-token', store.sessions[0]!.token])
    open()
    time += 40_000
    const later = await signer.sign(request)
    expect(later.headers).toContainEqual(['x-amz-s3session-token', store.sessions[1]!.token])
    expect(store.sessions).toHaveLength(2)
  })

  it('asks anew when the credentials change, and never mixes the two', async () => {
    const store = await startStore()
    let current: Credentials = { ...OWNER, expiration: new Date(START + 30 * 60_000) }
    const signer = signerFor(store, { credentials: async () => current })
    const request = { method: 'GET', url: urlOf(store, 'logs', '/a') }
    await signer.sign(request)
    current = SECOND
    terms.life = 3600
    time += 29.5 * 60_000
    await signer.sign(request)
    await signer.sign(request)
    expect(store.sessions.map(({ owner }) => owner)).toEqual([OWNER.accessKeyId, SECOND.accessKeyId])
  })

  it('asks for the mode and the encryption that are wanted', async () => {
    const store = await startStore()
    const sessionHeaders = { 'x-amz-server-side-encryption': 'aws:kms' }
    const signer = signerFor(store, { sessionMode: 'ReadOnly', sessionHeaders })
    await signer.sign({ method: 'GET', url: urlOf(store, 'logs', '/a') })
    expect(store.sessions[0]).toMatchObject({ mode: 'ReadOnly' })
    expect(store.sessions[0]?.headers).toContainEqual(['x-amz-server-side-encryption', 'aws:kms'])
  })

  it('reads the bucket off the path where there are no hosts of buckets, and chunks streams', async () => {
    const store = await startStore()
    const signer = createS3ExpressSigner({ credentials: SECOND, now, region: 'local' })
    const url = `${store.origin}/logs--x--x-s3/a`
    const got = await signer.sign({ method: 'GET', url })
    expect((await fetch(got.url, { headers: got.headers })).status).toBe(200)
    const body = new Blob(['x'.repeat(100_000)]).stream()
    const signed = await signer.sign({ method: 'PUT', url, headers: { 'content-length': 100_000 }, body })
    const init = {
      method: 'PUT',
      headers: signed.headers,
      body: signed.body as ReadableStream,
      duplex: 'half',
    }
    expect((await fetch(signed.url, init as RequestInit)).status).toBe(200)
    expect(store.sessions.map(({ bucket }) => bucket)).toEqual([`127.0.0.1:${store.port}/logs--x--x-s3`])
  })

  it('keeps the sessions of the 100 buckets that were used last', async () => {
    const store = await startStore()
    const signer = signerFor(store)
    const sign = async (n: number): Promise<unknown> =>
      signer.sign({ method: 'GET', url: urlOf(store, `b${n}`, '/') })
    for (let n = 0; n < 100; n++) await sign(n)
    await sign(0)
    await sign(100)
    expect(store.sessions).toHaveLength(101)
    await sign(0)
    expect(store.sessions).toHaveLength(101)
    await sign(1)
    expect(store.sessions).toHaveLength(102)
  })
})

describe('refusals', () => {
  const ERROR = '<Error><Code>AccessDenied</Code><Message>owner+token==</Message></Error>'

  it.each([
    ['a refusal', { status: 403, body: ERROR }, 'SESSION_REFUSED', /403 AccessDenied$/],
    ['a redirect', { status: 307, body: '', location: 'http://127.0.0.1:1/' }, 'SESSION_REFUSED', /307/],
    [
      'an overload',
      { status: 503, body: '<Error><Code>SlowDown</Code></Error>' },
      'SESSION_UNAVAILABLE',
      /503 SlowDown/,
    ],
    ['a limit', { status: 429, body: 'x' }, 'SESSION_UNAVAILABLE', /429$/],
    ['no XML', { status: 200, body: '{}' }, 'SESSION_INVALID', /no usable/],
    ['too much', { status: 200, body: 'x'.repeat(70_000) }, 'SESSION_INVALID', /no usable/],
    [
      'elements in a key',
      { status: 200, body: xml({ AccessKeyId: 'A<b>c</b>' }) },
      'SESSION_INVALID',
      /no usable/,
    ],
    [
      'a line end in a key',
      { status: 200, body: xml({ AccessKeyId: 'A\r\nb' }) },
      'SESSION_INVALID',
      /no usable/,
    ],
    ['no date', { status: 200, body: xml({ Expiration: 'soon' }) }, 'SESSION_INVALID', /no usable/],
    [
      'an old one',
      { status: 200, body: xml({ Expiration: '2026-11-22T11:59:59Z' }) },
      'SESSION_INVALID',
      /clock/,
    ],
  ])('%s as an answer', async (_, answer, code, message) => {
    const store = await startStore()
    terms.answer = () => answer
    const signing = signerFor(store).sign({ method: 'GET', url: urlOf(store, 'logs', '/a') })
    await expect(signing).rejects.toMatchObject({
      name: 'CredentialsError',
      code,
      message: expect.stringMatching(message) as string,
    })
    await expect(signing).rejects.not.toMatchObject({
      message: expect.stringContaining('owner+token') as string,
    })
  })

  it('of one moment are forgotten', async () => {
    const store = await startStore()
    terms.answer = (count) => (count === 1 ? { status: 500, body: '' } : undefined)
    const signer = signerFor(store)
    const request = { method: 'GET', url: urlOf(store, 'logs', '/a') }
    await expect(signer.sign(request)).rejects.toMatchObject({ code: 'SESSION_UNAVAILABLE' })
    expect(await send(store, (await signer.sign(request)) as SignedRequest)).toBe('200 GET /a')
  })

  it('do not hurt while a session lives', async () => {
    const store = await startStore()
    const signer = signerFor(store)
    const request = { method: 'GET', url: urlOf(store, 'logs', '/a') }
    await signer.sign(request)
    terms.answer = () => ({ status: 500, body: '' })
    time += 295_000
    expect(await send(store, (await signer.sign(request)) as SignedRequest)).toBe('200 GET /a')
    time += 5000
    await expect(signer.sign(request)).rejects.toMatchObject({ code: 'SESSION_UNAVAILABLE' })
  })

  it('come for a server that is not there, and for one that says nothing', async () => {
    const store = await startStore()
    const request = { method: 'GET', url: 'http://127.0.0.1:1/logs--x--x-s3/a' }
    const gone = createS3ExpressSigner({ credentials: SECOND, now, region: 'local' })
    await expect(gone.sign(request)).rejects.toMatchObject({
      code: 'SESSION_UNAVAILABLE',
      message: expect.stringMatching(/reached/) as string,
    })
    let open = (): void => {}
    terms.gate = async () => new Promise((resolve) => (open = resolve))
    const hasty = signerFor(store, { timeout: 0.2 })
    const signing = hasty.sign({ method: 'GET', url: urlOf(store, 'logs', '/a') })
    await expect(signing).rejects.toMatchObject({
      code: 'SESSION_UNAVAILABLE',
      message: expect.stringMatching(/longer than 0.2 s/) as string,
    })
    open()
  })

  it('come before anything is asked for', async () => {
    const store = await startStore()
    const signer = signerFor(store)
    const get = (url: string, headers = {}): Promise<unknown> => signer.sign({ method: 'GET', url, headers })
    await expect(get(`http://s3.${ZONE}/a`)).rejects.toMatchObject({ code: 'BUCKET_UNKNOWN' })
    await expect(get(urlOf(store, 'logs', '/?session'))).rejects.toMatchObject({ code: 'BUCKET_UNKNOWN' })
    await expect(get(urlOf(store, 'logs', '/'), { 'Content-MD5': 'x' })).rejects.toMatchObject({
      code: 'HEADER_INVALID',
    })
    const safe = signerFor(store, { allowPlainHttp: undefined })
    await expect(safe.sign({ method: 'GET', url: urlOf(store, 'logs', '/a') })).rejects.toMatchObject({
      code: 'PLAIN_HTTP_REFUSED',
    })
    const poor = signerFor(store, { credentials: { accessKeyId: 'ASIAX', secretAccessKey: 'x' } })
    await expect(poor.sign({ method: 'GET', url: urlOf(store, 'logs', '/a') })).rejects.toMatchObject({
      code: 'CREDENTIALS_INVALID',
    })
    expect(store.sessions).toHaveLength(0)
  })

  function xml(parts: Record<string, string>): string {
    const good = {
      AccessKeyId: 'A',
      SecretAccessKey: 's',
      SessionToken: 't',
      Expiration: '2026-11-22T12:05:00Z',
    }
    return Object.entries({ ...good, ...parts })
      .map(([name, value]) => `<${name}>${value}</${name}>`)
      .join('')
  }
})
