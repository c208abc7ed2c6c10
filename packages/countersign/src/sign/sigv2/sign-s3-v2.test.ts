/** Signing for S3 with version 2: what is sent, what is kept of the caller's, and what is refused. */
import { describe, expect, it } from 'vitest'
import { presignS3V2, signS3V2 } from './sign-s3-v2.ts'
import { codeOf } from '../../../../../test/kit/code-of.ts'

const credentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
}
const date = new Date('2026-11-22T12:00:00.500Z')
const url = 'https://b.s3.eu-west-1.amazonaws.com/k'
const get = { method: 'GET', url }

describe('signS3V2', () => {
  it('sets x-amz-date, since browsers let nobody set Date', () => {
    const { headers, stringToSign, ...signed } = signS3V2(get, { credentials, date })
    expect(headers.slice(0, -1)).toEqual([
      ['host', 'b.s3.eu-west-1.amazonaws.com'],
      ['x-amz-date', 'Sun, 22 Nov 2026 12:00:00 GMT'],
    ])
    expect(stringToSign).toBe('GET\n\n\n\nx-amz-date:Sun, 22 Nov 2026 12:00:00 GMT\n/b/k')
    expect(signed).toMatchObject({ method: 'GET', url, warnings: [] })
    expect(signed.signature).toMatch(/^[A-Za-z0-9+/]{27}=$/)
  })

  it('is what fetch takes', () => {
    const signed = signS3V2({ ...get, method: 'put', body: 'hé' }, { credentials, date })
    const request = new Request(signed.url, signed)
    expect(request.method).toBe('PUT')
    expect(signed.body).toEqual(new TextEncoder().encode('hé'))
  })

  it.each(['Sun, 22 Nov 2026 12:00:00 +0000', '20261122T120000Z', 'Sunday, 22-Nov-26 12:00:00 GMT'])(
    'keeps a date that the caller has written: %s',
    (written) => {
      const byDate = signS3V2({ ...get, headers: { Date: written } }, { credentials })
      expect(byDate.headers[1]).toEqual(['date', written])
      expect(byDate.stringToSign.split('\n')[3]).toBe(written)
      const byAmzDate = signS3V2({ ...get, headers: { Date: 'x', 'x-amz-date': written } }, { credentials })
      expect(byAmzDate.headers.map(([name]) => name)).toEqual(['host', 'x-amz-date', 'authorization'])
      expect(byAmzDate.stringToSign).toContain(`x-amz-date:${written}`)
    },
  )

  it('signs again with a new date, one token and one signature', () => {
    const temporary = { ...credentials, sessionToken: 'token' }
    const first = signS3V2({ ...get, headers: { 'x-amz-acl': 'private' } }, { credentials: temporary, date })
    const later = new Date(date.getTime() + 60_000)
    const again = signS3V2({ ...get, headers: first.headers }, { credentials: temporary, date: later })
    expect(again.headers.map(([name]) => name)).toEqual(first.headers.map(([name]) => name))
    expect(again.stringToSign).toContain('12:01:00 GMT')
    const now = signS3V2({ ...get, headers: first.headers }, { credentials: temporary })
    expect(now.stringToSign).not.toContain('12:00:00 GMT')
  })

  it('sends the path and the query that it signed', () => {
    const target = '/a/../b%2fc//ü?acl=&versionId=1&x=a+b'
    const signed = signS3V2({ method: 'GET', url: `https://s3.example.com${target}` }, { credentials, date })
    expect(signed.url).toBe('https://s3.example.com/a/../b%2fc//%C3%BC?acl&versionId=1&x=a%20b')
    expect(signed.stringToSign.split('\n').at(-1)).toBe('/a/../b%2fc//%C3%BC?acl&versionId=1')
    expect(signed.warnings).toEqual(['DOT_SEGMENTS', 'PLUS_REWRITTEN'])
  })

  it('takes the bucket of a custom domain, or none', () => {
    const resourceOf = (bucket: string | undefined): string | undefined =>
      signS3V2({ method: 'GET', url: 'https://static.example.com/k' }, { credentials, date, bucket })
        .stringToSign.split('\n')
        .at(-1)
    expect(resourceOf('static.example.com')).toBe('/static.example.com/k')
    expect(resourceOf(undefined)).toBe('/k')
    expect(signS3V2(get, { credentials, date, bucket: '' }).stringToSign).toMatch(/\n\/k$/)
    expect(codeOf(() => resourceOf('b/c'))).toBe('OPTION_INVALID')
  })

  it('changes nothing of the caller', () => {
    const headers = Object.freeze({ 'x-amz-acl': Object.freeze(['a', 'b']) })
    const request = Object.freeze({ ...get, headers })
    expect(signS3V2(request, Object.freeze({ credentials, date })).stringToSign).toContain('x-amz-acl:a,b')
  })
})

describe('presignS3V2', () => {
  it('names its end in seconds since 1970', () => {
    const { url: presigned, expiresAt, headers } = presignS3V2(get, { credentials, date, expiresIn: 60 })
    expect(expiresAt).toEqual(new Date('2026-11-22T12:01:00Z'))
    expect(presigned).toMatch(
      /^https:\/\/b\.s3\.eu-west-1\.amazonaws\.com\/k\?AWSAccessKeyId=AKIDEXAMPLE&Expires=1795348860&Signature=[\w%]+$/,
    )
    expect(headers).toEqual([])
  })

  it('ends with the credentials', () => {
    const temporary = { ...credentials, sessionToken: 'a+b', expiration: new Date('2026-11-22T12:00:30Z') }
    const { expiresAt, warnings, url: presigned } = presignS3V2(get, { credentials: temporary, date })
    expect(expiresAt).toEqual(temporary.expiration)
    expect(warnings).toEqual(['EXPIRY_CLAMPED'])
    expect(presigned).toContain('&x-amz-security-token=a%2Bb&')
    const dead = { ...temporary, expiration: date }
    expect(codeOf(() => presignS3V2(get, { credentials: dead, date }))).toBe('CREDENTIALS_EXPIRED')
  })

  it('tells which headers must be sent, and leaves out what is not signed', () => {
    const headers = {
      'content-type': 'text/plain',
      'x-amz-acl': 'private',
      'user-agent': 'x',
      'x-amz-date': 'x',
      Date: 'x',
    }
    const kept = presignS3V2({ ...get, headers }, { credentials, date })
    expect(kept.headers).toEqual([
      ['content-type', 'text/plain'],
      ['x-amz-acl', 'private'],
    ])
    const moved = presignS3V2({ ...get, headers }, { credentials, date, hoistHeaders: ['x-amz-*'] })
    expect(moved.headers).toEqual([['content-type', 'text/plain']])
    expect(moved.url).toContain('&x-amz-acl=private&')
    expect(moved.signature).toBe(kept.signature)
  })

  it('replaces an earlier signature, keeps the query and the fragment', () => {
    const first = presignS3V2({ ...get, url: `${url}?acl&prefix=a#f` }, { credentials, date })
    expect(first.url).toMatch(/\?acl&prefix=a&AWSAccessKeyId=.*#f$/)
    expect(presignS3V2({ ...get, url: first.url }, { credentials, date })).toEqual(first)
  })

  it('names a host of the caller', () => {
    const { headers } = presignS3V2({ ...get, headers: { host: 'other' } }, { credentials, date })
    expect(headers).toEqual([['host', 'other']])
  })

  it.each([0, -5, 1.5, NaN, 604_801])('refuses a lifetime of %d', (expiresIn) => {
    expect(codeOf(() => presignS3V2(get, { credentials, date, expiresIn }))).toBe('EXPIRY_INVALID')
  })
})

describe.each([
  ['signS3V2', signS3V2],
  ['presignS3V2', presignS3V2],
])('%s refuses', (_, sign) => {
  it.each(['acl&acl', 'response-expires=a%26acl', 'versionId=1&versionId=2'])('%s', (query) => {
    expect(codeOf(() => sign({ ...get, url: `${url}?${query}` }, { credentials, date }))).toBe(
      'QUERY_NOT_SIGNABLE',
    )
  })

  it('what it could not sign, by the same codes as version 4', () => {
    const codes = [
      codeOf(() => sign({ ...get, url: '/k' }, { credentials, date })),
      codeOf(() => sign({ ...get, method: 'G T' }, { credentials, date })),
      codeOf(() => sign({ ...get, headers: { 'x-amz-meta-a': 'é' } }, { credentials, date })),
      codeOf(() => sign(get, { credentials, date: new Date(NaN) })),
      codeOf(() => sign(get, { credentials: { ...credentials, secretAccessKey: '' }, date })),
    ]
    expect(codes).toEqual([
      'URL_INVALID',
      'METHOD_INVALID',
      'HEADER_INVALID',
      'DATE_INVALID',
      'CREDENTIALS_INVALID',
    ])
  })
})

it('refuses to move a header that stands twice into the query', () => {
  const request = { ...get, headers: { 'x-amz-acl': ['a', 'b'] } }
  expect(codeOf(() => presignS3V2(request, { credentials, date, hoistHeaders: ['*'] }))).toBe(
    'HEADER_INVALID',
  )
  expect(presignS3V2(request, { credentials, date }).stringToSign).toContain('x-amz-acl:a,b')
})
