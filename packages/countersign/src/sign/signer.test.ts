import { describe, expect, it, vi } from 'vitest'
import { CredentialsError, SigningError } from '../errors.ts'
import { presignUrl } from './presign-url.ts'
import { signRequest } from './sign-request.ts'
import type { SignerOptions } from './sign-any-body.ts'
import { createSigner } from './signer.ts'

const credentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
}
const date = new Date('2015-08-30T12:36:00Z')
const options: SignerOptions = { credentials, service: 's3', region: 'us-east-1', now: () => date }
const request = { method: 'PUT', url: 'https://b.s3.amazonaws.com/k', body: 'x' }

describe('createSigner', () => {
  it('signs and presigns as the free functions do (KEY-7)', async () => {
    const signer = createSigner(options)
    const { now: _, ...rest } = options
    const dated = { ...rest, credentials, date }
    expect(await signer.sign(request)).toEqual(signRequest(request, dated))
    expect(await signer.presign(request, { expiresIn: 60 })).toEqual(
      presignUrl(request, { ...dated, expiresIn: 60 }),
    )
  })

  it('takes its time from the clock, for every request anew (DATE-1, PRE-16)', async () => {
    let time = date.getTime()
    const signer = createSigner({ ...options, now: () => new Date(time) })
    expect((await signer.sign(request)).scope.date).toBe('20150830')
    time += 24 * 3_600_000
    expect((await signer.sign(request)).scope.date).toBe('20150831')
    expect((await signer.presign(request)).expiresAt).toEqual(new Date('2015-08-31T13:36:00Z'))
  })

  it('asks a provider once for 1,000 concurrent requests, and signs each right', async () => {
    const provider = vi.fn<() => Promise<typeof credentials>>(async () => credentials)
    const signer = createSigner({ ...options, credentials: provider })
    const urls = Array.from({ length: 1000 }, (_, i) => `https://b.s3.amazonaws.com/${i}`)
    const signed = await Promise.all(urls.map((url) => signer.sign({ method: 'GET', url })))
    expect(provider).toHaveBeenCalledTimes(1)
    const { now: _, ...rest } = options
    for (const [i, url] of urls.entries()) {
      expect(signed[i]).toEqual(signRequest({ method: 'GET', url }, { ...rest, credentials, date }))
    }
  })

  it.each([
    ['asctime', 'Sun Nov  6 08:49:37 1994'],
    ['RFC 850', 'Sunday, 06-Nov-94 08:49:37 GMT'],
    ['IMF-fixdate', 'Sun, 06 Nov 1994 08:49:37 GMT'],
    ['ISO 8601', '1994-11-06T09:49:37+01:00'],
    ['the basic form', '19941106T084937Z'],
  ])('reads a date in %s (DATE-5)', async (_, text) => {
    const { headers } = await createSigner(options).sign({ ...request, headers: { 'x-amz-date': text } })
    expect(headers).toContainEqual(['x-amz-date', '19941106T084937Z'])
  })
})

describe('bodies that must be awaited (row 28)', () => {
  const signer = createSigner(options)

  it('hashes a Blob and sends its bytes', async () => {
    const signed = await signer.sign({ ...request, body: new Blob(['x']) })
    expect(signed).toEqual(await signer.sign(request))
  })

  it('sends a form with the boundary that it was written with (WIRE-4)', async () => {
    const body = new FormData()
    body.set('a', 'b')
    const signed = await signer.sign({ ...request, body, headers: { 'Content-Type': 'multipart/form-data' } })
    const types = signed.headers.filter(([name]) => name === 'content-type')
    expect(types).toHaveLength(1)
    const boundary = types[0]![1].split('boundary=')[1]!
    expect(Buffer.from(signed.body as Uint8Array).toString()).toContain(boundary)
    expect(signed.signedHeaders).toContain('content-type')
  })

  it('sends a stream unread where the payload hash is given', async () => {
    const body = new ReadableStream<Uint8Array>()
    const headers = { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }
    const signed = await signer.sign({ ...request, body, headers })
    expect(signed.body).toBe(body)
    expect(signed.canonicalRequest).toMatch(/\nUNSIGNED-PAYLOAD$/)
  })

  it('refuses a stream otherwise (PAY-3)', async () => {
    const stream = { ...request, body: new ReadableStream<Uint8Array>() }
    await expect(signer.sign(stream)).rejects.toMatchObject({ code: 'BODY_UNSUPPORTED' })
  })
})

describe('failures', () => {
  it('come as rejections with their type', async () => {
    const signer = createSigner({ ...options, credentials: async () => Promise.reject(new Error('gone')) })
    await expect(signer.sign(request)).rejects.toThrow(CredentialsError)
    await expect(signer.presign(request)).rejects.toMatchObject({ code: 'CREDENTIALS_PROVIDER_FAILED' })
    await expect(createSigner(options).sign({ ...request, url: '/x' })).rejects.toThrow(SigningError)
  })

  it('of one request leave the next ones alone (section 20, 6)', async () => {
    const signer = createSigner(options)
    const good = await signer.sign(request)
    await expect(signer.sign({ ...request, method: '' })).rejects.toThrow(SigningError)
    expect(await signer.sign(request)).toEqual(good)
  })
})
