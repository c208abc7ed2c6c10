import { describe, expect, it } from 'vitest'
import { SigningKey } from '../keys/signing-key.ts'
import type { HttpRequest, PresignedUrl, SyncBody } from './http-request.ts'
import { presignUrl } from './presign-url.ts'
import type { PresignOptions } from './sign-options.ts'
import { codeOf } from '../../../../test/kit/code-of.ts'

const credentials = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
}
const date = new Date('2013-05-24T00:00:00Z')
const s3: PresignOptions = { credentials, service: 's3', region: 'us-east-1', date }
const general: PresignOptions = { ...s3, service: 'ec2' }

function presign(
  request: Partial<HttpRequest<SyncBody>>,
  options: Partial<PresignOptions> = {},
): PresignedUrl {
  const url = 'https://examplebucket.s3.amazonaws.com/test.txt'
  return presignUrl({ method: 'GET', url, ...request }, { ...s3, ...options })
}

const parametersOf = ({ url }: PresignedUrl): URLSearchParams => new URL(url).searchParams
const queryOf = ({ url }: PresignedUrl): string => url.replace(/^[^?]*\?|#.*$/g, '')

describe('the URL', () => {
  it("is that of S3's documentation (row 37)", () => {
    const { url, ...steps } = presign({}, { expiresIn: 86_400 })
    expect(url).toBe(
      'https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256' +
        '&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request' +
        '&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host' +
        '&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
    )
    expect(steps).toMatchObject({
      method: 'GET',
      headers: [],
      expiresAt: new Date('2013-05-25T00:00:00Z'),
      signature: 'aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
      scope: { date: '20130524', region: 'us-east-1', service: 's3' },
      signedHeaders: ['host'],
      warnings: [],
    })
    expect(steps.canonicalRequest).toMatch(/\n\nhost\nUNSIGNED-PAYLOAD$/)
  })

  it('keeps the pairs that it had, repeats and blanks too, in their order (PRE-4)', () => {
    const { url, canonicalRequest } = presign({ url: 'https://h/?uploads&z=1&a=2&z=0' })
    expect(url).toMatch(/^https:\/\/h\/\?uploads=?&z=1&a=2&z=0&X-Amz-Algorithm=/)
    expect(canonicalRequest.split('\n')[2]).toMatch(
      /^X-Amz-Algorithm=.*&X-Amz-SignedHeaders=host&a=2&uploads=&z=0&z=1$/,
    )
  })

  it.each(['?', '?&', '?&&&', '?&X-Amz-Date=20130524T000000Z&'])(
    'signs no empty pair of %j (QRY-1)',
    (query) => {
      const { canonicalRequest, signature } = presign({ url: `https://h/${query}` })
      expect(canonicalRequest.split('\n')[2]).toMatch(/^X-Amz-Algorithm=/)
      expect(signature).toBe(presign({ url: 'https://h/' }).signature)
    },
  )

  it('sorts what it had among its own, by encoded name (QRY-4)', () => {
    const { canonicalRequest } = presign({ url: 'https://h/?X-Amz-E=1&X-B=2&Z=3&A=4' })
    const names = canonicalRequest
      .split('\n')[2]!
      .split('&')
      .map((pair) => pair.split('=')[0])
    expect(names).toEqual([
      'A',
      'X-Amz-Algorithm',
      'X-Amz-Credential',
      'X-Amz-Date',
      'X-Amz-E',
      'X-Amz-Expires',
      'X-Amz-SignedHeaders',
      'X-B',
      'Z',
    ])
  })

  it('puts its parameters before a fragment (WIRE-6)', () => {
    expect(presign({ url: 'https://h/a?b=1#c?d' }).url).toMatch(
      /^https:\/\/h\/a\?b=1&X-Amz-.*&X-Amz-Signature=\w{64}#c\?d$/,
    )
  })

  it('sends no raw + (row 34)', () => {
    const presigned = presign({ url: 'https://h/?q=a+b' })
    expect(presigned.url).toContain('?q=a%20b&')
    expect(presigned.warnings).toEqual(['PLUS_REWRITTEN'])
  })

  it('encodes the access key id (section 20, 18)', () => {
    const presigned = presign({}, { credentials: { ...credentials, accessKeyId: 'a/b+c=d&e' } })
    expect(presigned.url).toContain('&X-Amz-Credential=a%2Fb%2Bc%3Dd%26e%2F20130524%2F')
    expect(parametersOf(presigned).get('X-Amz-Credential')).toBe(
      'a/b+c=d&e/20130524/us-east-1/s3/aws4_request',
    )
  })

  it('replaces what an earlier presigning left behind (PRE-5)', () => {
    const options = { credentials: { ...credentials, sessionToken: 'token' }, expiresIn: 60 }
    const once = presign({ url: 'https://h/a?b=1&x-amz-meta-c=2' }, options)
    expect(presign({ url: once.url }, options)).toEqual(once)
    const later = presign({ url: once.url }, { date: new Date('2013-05-25T00:00:00Z') })
    expect(queryOf(later).match(/X-Amz-\w+(?=-|=)/g)).toHaveLength(6)
    expect(parametersOf(later).get('X-Amz-Date')).toBe('20130525T000000Z')
    expect(parametersOf(later).get('X-Amz-Expires')).toBe('3600')
  })
})

describe('the lifetime (PRE-2, rows 33 and 34)', () => {
  it('is an hour unless told otherwise, by option or by the URL', () => {
    expect(parametersOf(presign({})).get('X-Amz-Expires')).toBe('3600')
    expect(presign({}, { expiresIn: 1 }).expiresAt).toEqual(new Date('2013-05-24T00:00:01Z'))
    const inUrl = presign({ url: 'https://h/?X-Amz-Expires=120&a=1' })
    expect(queryOf(inUrl).match(/X-Amz-Expires=120/g)).toHaveLength(1)
    expect(inUrl.expiresAt).toEqual(new Date('2013-05-24T00:02:00Z'))
    expect(codeOf(() => presign({ url: 'https://h/?X-Amz-Expires=120' }, { expiresIn: 120 }))).toBeUndefined()
  })

  it.each([0, -5, 1.5, NaN, Infinity, 604_801, '60', null])('%j is refused', (expiresIn) => {
    const isDefault = expiresIn === null
    expect(codeOf(() => presign({}, { expiresIn: expiresIn as number }))).toBe(
      isDefault ? undefined : 'EXPIRY_INVALID',
    )
  })

  it.each(['0', '-1', 'x', '1.5', '604801'])('%j in the URL is refused', (text) => {
    expect(codeOf(() => presign({ url: `https://h/?X-Amz-Expires=${text}` }))).toBe('EXPIRY_INVALID')
  })

  it('of option and URL must be one', () => {
    const url = 'https://h/?X-Amz-Expires=120'
    expect(codeOf(() => presign({ url }, { expiresIn: 60 }))).toBe('EXPIRY_INVALID')
  })

  it('ends with the credentials, and says so (PRE-3)', () => {
    const dying = { ...credentials, expiration: new Date('2013-05-24T00:10:00.900Z') }
    const presigned = presign({}, { credentials: dying })
    expect(parametersOf(presigned).get('X-Amz-Expires')).toBe('600')
    expect(presigned.expiresAt).toEqual(new Date('2013-05-24T00:10:00Z'))
    expect(presigned.warnings).toEqual(['EXPIRY_CLAMPED'])
    expect(presign({}, { credentials: dying, expiresIn: 600 }).warnings).toEqual([])
  })

  it.each(['2013-05-24T01:00:00Z', 1_369_353_600])('does not guess what an end of %j means', (end) => {
    // @ts-expect-error neither is a Date
    const given: PresignOptions['credentials'] = { ...credentials, expiration: end }
    expect(codeOf(() => presign({}, { credentials: given }))).toBe('CREDENTIALS_INVALID')
  })

  it.each(['2013-05-24T00:00:00Z', '2013-05-24T00:00:00.900Z', '2013-01-01T00:00:00Z'])(
    'does not begin with credentials that end at %s',
    (end) => {
      const dead = { ...credentials, expiration: new Date(end) }
      expect(codeOf(() => presign({}, { credentials: dead }))).toBe('CREDENTIALS_EXPIRED')
    },
  )

  it('counts from the whole second that is signed', () => {
    const presigned = presign({}, { date: new Date('2013-05-24T00:00:00.999Z'), expiresIn: 60 })
    expect(presigned.expiresAt).toEqual(new Date('2013-05-24T00:01:00Z'))
  })
})

describe('the session token (section 9)', () => {
  const temporary = { ...credentials, sessionToken: 'a token=/+' }

  it('is signed in the query', () => {
    const presigned = presign({}, { credentials: temporary })
    expect(presigned.canonicalRequest).toContain(
      '&X-Amz-Security-Token=a%20token%3D%2F%2B&X-Amz-SignedHeaders=host\n',
    )
    expect(parametersOf(presigned).get('X-Amz-Security-Token')).toBe('a token=/+')
  })

  it('comes after the signature for AWS IoT, which signs without it', () => {
    const request = { url: 'wss://abc-ats.iot.eu-west-1.amazonaws.com/mqtt' }
    const options = { service: 'iotdevicegateway', region: 'eu-west-1' }
    const presigned = presign(request, { ...options, credentials: temporary })
    expect(presigned.url).toMatch(/&X-Amz-Signature=\w{64}&X-Amz-Security-Token=a%20token%3D%2F%2B$/)
    expect(presigned.signature).toBe(presign(request, options).signature)
    expect(presigned.canonicalRequest).not.toContain('Security-Token')
  })
})

describe('the payload (PRE-6, PRE-9)', () => {
  const hashOf = ({ canonicalRequest }: PresignedUrl): string => canonicalRequest.split('\n').at(-1)!
  const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

  it('is unsigned for S3, with or without a body, and hashed for the others', () => {
    expect(hashOf(presign({ method: 'PUT', body: 'x' }))).toBe('UNSIGNED-PAYLOAD')
    expect(hashOf(presign({ url: 'http://h/' }))).toBe('UNSIGNED-PAYLOAD')
    expect(hashOf(presign({}, general))).toBe(EMPTY)
    expect(hashOf(presign({ method: 'POST', body: 'x' }, general))).not.toBe(EMPTY)
  })

  it('is what the caller says, and stands in the URL on request alone', () => {
    const presigned = presign({}, { payloadHash: EMPTY })
    expect(hashOf(presigned)).toBe(EMPTY)
    expect(presigned.url).not.toContain('Sha256')
    const told = presign({}, { payloadHash: EMPTY, contentSha256Header: true })
    expect(parametersOf(told).get('X-Amz-Content-Sha256')).toBe(EMPTY)
    expect(told.canonicalRequest).toContain(`SHA256&X-Amz-Content-Sha256=${EMPTY}&X-Amz-Credential=`)
  })
})

describe('headers (PRE-7, PRE-8)', () => {
  const headers = {
    'Content-Type': 'text/plain',
    'x-amz-meta-a': 'one two',
    'x-amz-acl': 'private',
    'User-Agent': 'x',
    Authorization: 'x',
    Date: 'Fri, 24 May 2013 00:00:00 GMT',
    'X-Amz-Date': '20130101T000000Z',
  }

  it('are signed and come back to be sent, save those of one sending', () => {
    const presigned = presign({ method: 'PUT', headers })
    expect(presigned.signedHeaders).toEqual(['content-type', 'host', 'x-amz-acl', 'x-amz-meta-a'])
    expect(presigned.headers).toEqual([
      ['content-type', 'text/plain'],
      ['x-amz-meta-a', 'one two'],
      ['x-amz-acl', 'private'],
    ])
    expect(parametersOf(presigned).get('X-Amz-SignedHeaders')).toBe(
      'content-type;host;x-amz-acl;x-amz-meta-a',
    )
    expect(parametersOf(presigned).get('X-Amz-Date')).toBe('20130524T000000Z')
  })

  it('move into the query when asked, and are then not to be sent', () => {
    const presigned = presign({ method: 'PUT', headers }, { hoistHeaders: ['x-amz-meta-*'] })
    expect(presigned.signedHeaders).toEqual(['content-type', 'host', 'x-amz-acl'])
    expect(presigned.headers.map(([name]) => name)).toEqual(['content-type', 'x-amz-acl'])
    expect(parametersOf(presigned).get('x-amz-meta-a')).toBe('one two')
    expect(presigned.canonicalRequest.split('\n')[2]).toMatch(/&x-amz-meta-a=one%20two$/)
  })

  it('hold the host when the caller signs for another one than the URL tells (HOST-4)', () => {
    const presigned = presign({
      url: 'https://localhost:9000/b/k',
      headers: { host: 'examplebucket.s3.amazonaws.com' },
    })
    expect(presigned.headers).toEqual([['host', 'examplebucket.s3.amazonaws.com']])
    expect(presigned.url).toMatch(/^https:\/\/localhost:9000\/b\/k\?/)
    expect(presigned.signedHeaders).toEqual(['host'])
  })
})

it('signs the same with the derived key', () => {
  const signingKey = SigningKey.derive(credentials.secretAccessKey, {
    date,
    region: 'us-east-1',
    service: 's3',
  })
  const derived = { accessKeyId: credentials.accessKeyId, signingKey }
  expect(presign({}, { credentials: derived })).toEqual(presign({}))
})

it('is bound to its method (PRE-10)', () => {
  expect(presign({ method: 'head' }).method).toBe('HEAD')
  expect(presign({ method: 'HEAD' }).signature).not.toBe(presign({}).signature)
})

it('warns of dot segments, which few clients send (PRE-14)', () => {
  expect(presign({ url: 'https://h/a/../b' }).warnings).toEqual(['DOT_SEGMENTS'])
})
