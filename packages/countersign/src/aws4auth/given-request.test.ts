import { describe, expect, it } from 'vitest'
import { AWS4Auth } from './index.ts'

const URL = 'https://bucket.s3.amazonaws.com/key'
const HELLO = '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824'
const bytes = new TextEncoder().encode('-hello-').subarray(1, 6)

const auth = new AWS4Auth('AKIDEXAMPLE', 'secret', 'us-east-1', 's3')

function stream(): ReadableStream<Uint8Array> {
  return new Blob(['hello']).stream()
}

describe('bodies (WIRE-4, PAY-7, row 28)', () => {
  it.each([
    ['text', 'hello'],
    ['a view', bytes],
    ['a DataView', new DataView(bytes.buffer, 1, 5)],
    ['an ArrayBuffer', bytes.slice().buffer],
  ])('signs %s at once, and sends what it hashed', async (_, body) => {
    const signed = auth.sign({ method: 'PUT', url: URL, body })
    expect(signed.canonicalRequest.endsWith(HELLO)).toBe(true)
    expect(new TextDecoder().decode(signed.body)).toBe('hello')
    expect((await auth.signAsync({ method: 'PUT', url: URL, body })).body).toEqual(signed.body)
  })

  it('waits for a Blob and for FormData, and serialises each once', async () => {
    const blob = new Blob(['hello'])
    expect((await auth.signAsync({ method: 'PUT', url: URL, body: blob })).canonicalRequest).toContain(HELLO)
    const form = new FormData()
    form.set('name', 'value')
    const headers = { 'content-type': 'multipart/form-data' }
    const signed = await auth.signAsync({ method: 'POST', url: URL, headers, body: form })
    const type = new Map(signed.headers).get('content-type') ?? ''
    const sent = await new Response(signed.body as Uint8Array<ArrayBuffer>, {
      headers: { 'content-type': type },
    }).formData()
    expect(sent.get('name')).toBe('value')
    expect(signed.signedHeaders).toContain('content-type')
  })

  it('refuses to wait in sign()', () => {
    for (const body of [new Blob(['hello']), new FormData(), stream()]) {
      expect(() => auth.sign({ method: 'PUT', url: URL, body: body as unknown as string })).toThrow(
        expect.objectContaining({ code: 'BODY_UNSUPPORTED' }),
      )
    }
  })

  it('takes a stream with a payload hash alone, and does not read it (PAY-3, section 20, 22)', async () => {
    const request = { method: 'PUT', url: URL }
    await expect(auth.signAsync({ ...request, body: stream() })).rejects.toMatchObject({
      code: 'BODY_UNSUPPORTED',
    })
    const headers = { 'x-amz-content-sha256': HELLO }
    const body = stream()
    const hashed = await auth.signAsync({ ...request, headers, body })
    expect(hashed.body).toBe(body)
    expect(hashed.canonicalRequest.endsWith(HELLO)).toBe(true)
    const unsigned = new AWS4Auth('AKIDEXAMPLE', 'secret', 'us-east-1', 's3', {
      payloadHash: 'UNSIGNED-PAYLOAD',
    })
    const sent = await unsigned.signAsync({ ...request, body })
    expect(sent.canonicalRequest).toMatch(/\nUNSIGNED-PAYLOAD$/)
    expect(body.locked).toBe(false)
    await expect(unsigned.signAsync({ ...request, url: 'http://h/', body })).rejects.toMatchObject({
      code: 'PAYLOAD_UNSIGNED_OVER_HTTP',
    })
  })

  it('uses a payload hash that the caller gives, and refuses a wrong one (PAY-1)', () => {
    const headers = { 'x-amz-content-sha256': HELLO }
    expect(auth.sign({ method: 'PUT', url: URL, headers, body: 'hello' }).canonicalRequest).toContain(HELLO)
    expect(() => auth.sign({ method: 'PUT', url: URL, headers, body: 'hell' })).toThrow(
      expect.objectContaining({ code: 'PAYLOAD_HASH_INVALID' }),
    )
  })

  it('reads a Request of the platform, whose parts are getters', async () => {
    const request = new Request(URL, {
      method: 'PUT',
      body: 'hello',
      headers: { 'x-amz-content-sha256': HELLO },
    })
    const signed = await auth.signAsync(request as Parameters<typeof auth.signAsync>[0])
    expect(signed.method).toBe('PUT')
    expect(signed.body).toBe(request.body)
  })
})

describe('what others got wrong (section 20)', () => {
  const general = new AWS4Auth('AKIDEXAMPLE', 'secret', 'us-east-1', 'execute-api')
  const path = ({ canonicalRequest }: { canonicalRequest: string }): string | undefined =>
    canonicalRequest.split('\n')[1]

  it('keeps nothing of one request for the next (6, 7)', () => {
    const bare = { method: 'GET', url: URL, headers: { 'x-amz-date': '20150830T123600Z' } }
    const first = auth.sign(bare)
    auth.sign({
      method: 'PUT',
      url: URL,
      headers: { 'x-amz-meta-a': '1', 'x-amz-security-token': 'stolen' },
      body: 'x',
    })
    expect(auth.sign(bare)).toEqual(first)
  })

  it('changes nothing of the request', () => {
    const request = Object.freeze({
      method: 'PUT',
      url: URL,
      headers: Object.freeze({ date: 'never' }),
      body: 'x',
    })
    auth.sign(request)
    expect(request).toEqual({ method: 'PUT', url: URL, headers: { date: 'never' }, body: 'x' })
  })

  it('encodes paths twice for API Gateway, once for S3, and normalises for the first alone (13)', () => {
    const url = 'https://h/a%20b/../c'
    expect(path(general.sign({ method: 'GET', url: 'https://h/a%20b' }))).toBe('/a%2520b')
    expect(path(general.sign({ method: 'GET', url }))).toBe('/c')
    expect(path(auth.sign({ method: 'GET', url }))).toBe('/a%20b/../c')
  })

  it.each([
    ['https://h:8443/', 'h:8443'],
    ['https://[::1]:6789/', '[::1]:6789'],
    ['https://user:password@h:443/', 'h'],
  ])('signs the host of %s as %s (14, HOST-2)', (url, host) => {
    expect(new Map(general.sign({ method: 'GET', url }).headers).get('host')).toBe(host)
  })

  it('takes header values as they come, in their order (15, HDR-2, HDR-3)', () => {
    const all = new AWS4Auth('AKIDEXAMPLE', 'secret', 'us-east-1', 's3', { includeHeaders: ['*'] })
    const headers = { 'x-quoted': ' "a   b   c" ', 'x-open': '"a  b', 'x-list': ['2', '1', '2'] }
    const { canonicalRequest } = all.sign({ method: 'GET', url: URL, headers })
    expect(canonicalRequest).toContain('\nx-list:2,1,2\nx-open:"a b\nx-quoted:"a b c"\n')
  })
})
