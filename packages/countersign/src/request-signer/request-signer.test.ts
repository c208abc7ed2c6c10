import { describe, expect, it, vi } from 'vitest'
import { createSignedFetch } from '../adapters/fetch.ts'
import type { Credentials } from '../credentials/credentials.ts'
import { sigV2Post } from '../post.ts'
import { presignPost } from '../sign/post/presign-post.ts'
import { presignUrl } from '../sign/presign-url.ts'
import { signRequest } from '../sign/sign-request.ts'
import { presignS3V2, signS3V2, signSigV2 } from '../sigv2.ts'
import { sigV4A } from '../sigv4a.ts'
import { startServer } from '../../../../test/kit/servers.ts'
import { createVerifier } from '../verify/index.ts'
import {
  createBearerSigner,
  RequestSigner,
  sigV4,
  type OlderScheme,
  type RequestSignerOptions,
  type SchemeSigner,
} from './index.ts'

const credentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
}
const date = new Date('2026-11-22T12:00:00Z')
const now = (): Date => date
const MRAP = 'https://mfzwi23gnjvgw.mrap.accesspoint.s3-global.amazonaws.com/a'

const signerWith = (more: Partial<RequestSignerOptions> = {}): RequestSigner =>
  new RequestSigner({ credentials, now, ...more })

describe('SigV4', () => {
  it.each([
    ['https://sqs.eu-west-1.amazonaws.com/q//x?Action=A', {}],
    ['https://b.s3.eu-west-1.amazonaws.com/a%20b/../c', {}],
    ['https://abc.us-east-1.aoss.amazonaws.com/_search', {}],
    ['https://store.example.com/a', { service: 's3', region: 'local' }],
  ])('%s is signed as signRequest and presignUrl do', async (url, rules) => {
    const request = { method: 'PUT', url, headers: { 'content-type': 'text/plain' }, body: 'x' }
    const { decision, ...signed } = await signerWith().sign(request, rules)
    expect(signed).toEqual(signRequest(request, { credentials, date, ...rules }))
    expect(decision.scheme).toBe('sigv4')
    const { decision: _, ...presigned } = await signerWith(rules).presign(request, { expiresIn: 60 })
    expect(presigned).toEqual(presignUrl(request, { credentials, date, expiresIn: 60, ...rules }))
  })

  it('leaves out the body of operations that say so', async () => {
    const request = {
      method: 'PUT',
      url: 'https://ebs.eu-west-1.amazonaws.com/snapshots/s/blocks/1',
      body: 'x',
    }
    const signed = await signerWith().sign(request, { operation: 'PutSnapshotBlock' })
    expect(signed.canonicalRequest).toMatch(/\nUNSIGNED-PAYLOAD$/)
    expect(signed.headers).toContainEqual(['x-amz-content-sha256', 'UNSIGNED-PAYLOAD'])
  })

  it("follows an endpoint's rules to the letter", async () => {
    const authSchemes = [
      { name: 'sigv4', signingName: 'own', signingRegion: 'r-1', disableDoubleEncoding: true },
    ]
    const request = { method: 'GET', url: 'https://h.example/a%20b//c' }
    const signed = await signerWith({ region: 'x' }).sign(request, { authSchemes })
    expect(signed.scope).toEqual({ date: '20261122', region: 'r-1', service: 'own' })
    expect(signed.canonicalRequest).toMatch(/^GET\n\/a%20b\/\/c\n/)
  })

  it('puts the token of AWS IoT behind the signature', async () => {
    const temporary = { ...credentials, accessKeyId: 'ASIAEXAMPLE', sessionToken: 'abc' }
    const { url } = await signerWith({ credentials: temporary }).presign({
      method: 'GET',
      url: 'wss://x-ats.iot.eu-west-1.amazonaws.com/mqtt',
    })
    expect(url).toMatch(/&X-Amz-Signature=[0-9a-f]{64}&X-Amz-Security-Token=abc$/)
  })

  it('asks a provider once, and only when something is signed', async () => {
    const provider = vi.fn<() => Promise<Credentials>>(async () => credentials)
    const signer = signerWith({ credentials: provider })
    const url = 'https://sqs.eu-west-1.amazonaws.com/'
    signer.decide({ method: 'GET', url })
    await signer.sign({ method: 'GET', url }, { scheme: 'none' })
    expect(provider).not.toHaveBeenCalled()
    await Promise.all(Array.from({ length: 20 }, async () => signer.sign({ method: 'GET', url })))
    expect(provider).toHaveBeenCalledTimes(1)
  })

  it('is a signer for fetch, and what it sends verifies', async () => {
    const verifier = createVerifier({ secrets: () => credentials, service: 'notes', region: 'local' })
    const server = await startServer((request, response) => {
      const { method = '', url: target = '', rawHeaders } = request
      const headers = rawHeaders.flatMap((name, i) => (i % 2 ? [] : [[name, rawHeaders[i + 1]!] as const]))
      verifier.verify({ method, target, headers, body: request }).then(
        ({ accessKeyId }) => response.end(accessKeyId),
        () => response.writeHead(403).end(),
      )
    })
    const send = createSignedFetch(new RequestSigner({ credentials, service: 'notes', region: 'local' }))
    const response = await send(`${server.origin}/a?b=c`, { method: 'POST', body: 'x' })
    expect([response.status, await response.text()]).toEqual([200, 'AKIDEXAMPLE'])
    await server.close()
  })
})

describe('no silent downgrade', () => {
  const none: readonly (readonly [string, string, Partial<RequestSignerOptions>, string])[] = [
    ['a multi-region access point', MRAP, {}, 'sigV4A of countersign/sigv4a'],
    ['the same with a region for all', MRAP, { region: 'us-east-1', service: 's3' }, 'countersign/sigv4a'],
    ['regions', 'https://b.s3.amazonaws.com/', { region: ['us-east-1', 'eu-west-1'] }, 'countersign/sigv4a'],
    ['EventBridge', 'https://a.b.endpoint.events.amazonaws.com/', {}, 'countersign/sigv4a'],
    [
      'a directory bucket',
      'https://l--use1-az4--x-s3.s3express-use1-az4.us-east-1.amazonaws.com/a',
      {},
      's3-express',
    ],
    ['SimpleDB', 'https://sdb.amazonaws.com/', {}, 'signSigV2 of countersign/sigv2'],
    ['a token', 'https://codecatalyst.global.api.aws/', {}, 'createBearerSigner'],
    ['SigV4 that was left out', 'https://sqs.eu-west-1.amazonaws.com/', { algorithms: [sigV4A] }, 'sigV4 of'],
    [
      'the first of two that an endpoint offers',
      'https://h.example/',
      { authSchemes: [{ name: 'sigv4a' }, { name: 'sigv4', signingName: 's3', signingRegion: 'r' }] },
      'sigV4A',
    ],
    [
      'the preferred of two',
      'https://h.example/',
      { authSchemes: [{ name: 'sigv4' }, { name: 'sigv4a' }], schemePreference: 'sigv4a' },
      'sigV4A',
    ],
  ]
  it.each(none)('%s without what it needs is refused', async (_, url, options, source) => {
    const signer = signerWith(options)
    const request = { method: 'GET', url }
    const expected = { code: 'ALGORITHM_MISSING', message: expect.stringContaining(source) as string }
    await expect(signer.sign(request)).rejects.toMatchObject(expected)
    await expect(signer.presign(request)).rejects.toMatchObject(expected)
  })

  it('SigV4 is not made of what is for all regions, even by name', async () => {
    const signing = signerWith().sign({ method: 'GET', url: MRAP }, { scheme: 'sigv4' })
    await expect(signing).rejects.toMatchObject({ code: 'SIGV4A_REQUIRED' })
  })

  it('nothing is sent unsigned for want of credentials', async () => {
    const request = { method: 'GET', url: 'https://sqs.eu-west-1.amazonaws.com/' }
    await expect(new RequestSigner({}).sign(request)).rejects.toMatchObject({ code: 'CREDENTIALS_INVALID' })
  })
})

describe('SigV4A', () => {
  it('signs for all regions, and verifies', async () => {
    const signer = signerWith({ algorithms: [sigV4, sigV4A], region: 'us-east-1' })
    const { headers, url, method, decision } = await signer.sign({ method: 'GET', url: MRAP })
    expect(decision).toMatchObject({ scheme: 'sigv4a', region: '*' })
    expect(headers).toContainEqual(['x-amz-region-set', '*'])
    const rules = { service: 's3', region: 'eu-west-1', algorithms: [sigV4A], now }
    const target = new URL(url).pathname
    const { accessKeyId } = await createVerifier({ ...rules, secrets: () => credentials }).verify({
      method,
      target,
      headers,
    })
    expect(accessKeyId).toBe('AKIDEXAMPLE')
    const presigned = await signer.presign({ method: 'GET', url: MRAP })
    expect(presigned.url).toContain('X-Amz-Region-Set=%2A')
  })
})

describe('other kinds', () => {
  it('are signed by what was passed in', async () => {
    const signer = signerWith({ algorithms: [createBearerSigner({ token: 't' })] })
    const request = { method: 'GET', url: 'https://bedrock-runtime.us-east-1.amazonaws.com/model/x/invoke' }
    const { headers, decision } = await signer.sign(request)
    expect(headers.at(-1)).toEqual(['authorization', 'Bearer t'])
    expect(decision.scheme).toBe('bearer')
    await expect(signer.presign(request)).rejects.toMatchObject({ code: 'PRESIGN_UNSUPPORTED' })
  })

  it('such as S3 Express get the request and the lifetime', async () => {
    const express: SchemeSigner = {
      scheme: 'sigv4-s3express',
      sign: async (request) => signRequest({ ...request, body: '' }, { credentials, date }),
      presign: async (request, options) =>
        presignUrl({ ...request, body: undefined }, { credentials, date, ...options }),
    }
    const signer = signerWith({ algorithms: [express] })
    const url = 'https://l--use1-az4--x-s3.s3express-use1-az4.us-east-1.amazonaws.com/a'
    const presigned = await signer.presign({ method: 'GET', url }, { expiresIn: 7 })
    expect(presigned.url).toContain('X-Amz-Expires=7&')
    expect((await signer.sign({ method: 'GET', url })).scope.service).toBe('s3express')
  })

  it('may be of before version 4, by name or because the service wants it', async () => {
    const given: unknown[] = []
    const steps = { stringToSign: 'x', signature: 'y', warnings: [] }
    const older: OlderScheme = {
      scheme: 'sigv2',
      signRequest: ({ method, body }, options) => {
        given.push(options, body)
        return { method, url: 'https://sdb.amazonaws.com/?Signature=y', headers: [], ...steps }
      },
    }
    const signer = signerWith({ algorithms: [older] })
    const request = { method: 'POST', url: 'https://sdb.amazonaws.com/', body: new Blob(['a']) }
    const signed = await signer.sign(request)
    expect(signed).toMatchObject({
      url: 'https://sdb.amazonaws.com/?Signature=y',
      signature: 'y',
      canonicalRequest: '',
    })
    expect(given).toEqual([
      { credentials: expect.objectContaining(credentials) as unknown, date },
      new Uint8Array([97]),
    ])
    await expect(signer.presign(request)).rejects.toMatchObject({ code: 'PRESIGN_UNSUPPORTED' })
    const stream = { ...request, body: request.body.stream() }
    await expect(signer.sign(stream)).rejects.toMatchObject({ code: 'BODY_UNSUPPORTED' })
  })

  it('are those of countersign/sigv2', async () => {
    const older: OlderScheme[] = [
      { scheme: 'sigv2', signRequest: signSigV2 },
      { scheme: 's3v2', signRequest: signS3V2, presignUrl: presignS3V2 },
    ]
    const signer = signerWith({ algorithms: older })
    const simple = { method: 'GET', url: 'https://sdb.amazonaws.com/?Action=ListDomains' }
    expect((await signer.sign(simple)).url).toBe(signSigV2(simple, { credentials, date }).url)
    const request = { method: 'PUT', url: 'https://b.s3.amazonaws.com/k?acl', body: 'x' }
    expect((await signer.sign(request, { scheme: 's3' })).headers).toEqual(
      signS3V2(request, { credentials, date }).headers,
    )
    const { url } = await signer.presign(request, { scheme: 's3v2', expiresIn: 60 })
    expect(url).toBe(presignS3V2(request, { credentials, date, expiresIn: 60 }).url)
    await expect(signer.sign(request)).rejects.toMatchObject({ code: 'ALGORITHM_MISSING' })
  })

  it('are nothing at all where nothing is signed', async () => {
    const signer = new RequestSigner({})
    const url = 'https://cognito-idp.eu-west-1.amazonaws.com/?a=b'
    const headers = {
      authorization: 'AWS4-HMAC-SHA256 x',
      'x-amz-date': '20261122T120000Z',
      'x-amz-target': 'T',
    }
    const signed = await signer.sign({ method: 'POST', url, headers, body: '{}' }, { operation: 'SignUp' })
    expect(signed.headers).toEqual([
      ['host', 'cognito-idp.eu-west-1.amazonaws.com'],
      ['x-amz-target', 'T'],
    ])
    const own = { authorization: 'Basic abc' }
    const kept = await signer.sign({ method: 'GET', url, headers: own }, { scheme: 'none' })
    expect(kept.headers).toContainEqual(['authorization', 'Basic abc'])
    const presigned = await signer.presign({ method: 'GET', url }, { scheme: 'none' })
    expect(presigned).toMatchObject({ url, headers: [], signature: '' })
    expect(presigned.expiresAt.getTime()).toBeGreaterThan(Date.UTC(9999, 0))
  })
})

describe('upload forms', () => {
  const form = { url: 'https://b.s3.eu-west-1.amazonaws.com/', bucket: 'b', key: 'k' }

  it('are those of presignPost, with version 2 by name alone', async () => {
    const { decision, ...post } = await signerWith().post(form)
    expect(post).toEqual(presignPost(form, { credentials, date }))
    expect(decision).toMatchObject({ scheme: 'sigv4', region: 'eu-west-1' })
    const old = await signerWith().post(form, { algorithm: sigV2Post })
    expect(old.fields.map(([name]) => name)).toContain('AWSAccessKeyId')
    const local = { ...form, url: 'https://store.example.com/b' }
    expect((await signerWith({ region: 'local' }).post(local)).scope).toMatchObject({
      service: 's3',
      region: 'local',
    })
  })

  it.each([MRAP, 'https://l--use1-az4--x-s3.s3express-use1-az4.us-east-1.amazonaws.com/'])(
    'of another kind are refused: %s',
    async (url) => {
      const posting = signerWith({ algorithms: [sigV4, sigV4A] }).post({ ...form, url })
      await expect(posting).rejects.toMatchObject({ code: 'PRESIGN_UNSUPPORTED' })
    },
  )
})
