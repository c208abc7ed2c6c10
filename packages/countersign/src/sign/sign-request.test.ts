import { describe, expect, it } from 'vitest'
import { SigningKey } from '../keys/signing-key.ts'
import type { HttpRequest, SignedRequest, SyncBody } from './http-request.ts'
import { signRequest } from './sign-request.ts'
import type { SignOptions } from './sign-options.ts'
import { codeOf } from '../../../../test/kit/code-of.ts'

const credentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
}
const date = new Date('2015-08-30T12:36:00Z')
const general: SignOptions = { credentials, service: 'service', region: 'us-east-1', date }
const s3: SignOptions = { ...general, service: 's3' }
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

function sign(request: Partial<HttpRequest<SyncBody>>, options: Partial<SignOptions> = {}): SignedRequest {
  return signRequest(
    { method: 'GET', url: 'https://example.amazonaws.com/', ...request },
    { ...general, ...options },
  )
}

const valueOf = ({ headers }: SignedRequest, name: string): string | undefined =>
  headers.find(([each]) => each === name)?.[1]
const namesOf = ({ headers }: SignedRequest): string[] => headers.map(([name]) => name)

describe('the result', () => {
  it('is the published signature of get-vanilla, with all that led to it', () => {
    expect(sign({})).toEqual({
      method: 'GET',
      url: 'https://example.amazonaws.com/',
      headers: [
        ['host', 'example.amazonaws.com'],
        ['x-amz-date', '20150830T123600Z'],
        [
          'authorization',
          'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, ' +
            'SignedHeaders=host;x-amz-date, ' +
            'Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
        ],
      ],
      canonicalRequest: `GET\n/\n\nhost:example.amazonaws.com\nx-amz-date:20150830T123600Z\n\nhost;x-amz-date\n${EMPTY}`,
      stringToSign:
        'AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/us-east-1/service/aws4_request\n' +
        'bb579772317eb040ac9ed261061d46c1f17a8133879d6129b6e1c25292927e63',
      signature: '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
      scope: { date: '20150830', region: 'us-east-1', service: 'service' },
      signedHeaders: ['host', 'x-amz-date'],
      warnings: [],
    })
  })

  it('shares nothing with the next one', () => {
    const first = sign({})
    first.headers.pop()
    first.signedHeaders.pop()
    Object.assign(first.warnings, ['PLUS_REWRITTEN'])
    expect(sign({})).toMatchObject({ signedHeaders: ['host', 'x-amz-date'], warnings: [] })
    expect(sign({}).headers).toHaveLength(3)
  })

  it.each([
    ['get', 'GET'],
    ['patch', 'PATCH'],
    ['PROPFIND', 'PROPFIND'],
    ['m-search', 'M-SEARCH'],
  ])('has the method %s as it is sent, %s (WIRE-2, row 27)', (method, upper) => {
    const signed = sign({ method })
    expect(signed.method).toBe(upper)
    expect(signed.canonicalRequest.startsWith(`${upper}\n`)).toBe(true)
  })
})

describe('the body (row 28)', () => {
  it.each<[string, SyncBody]>([
    ['a text', 'é'],
    ['a view', new Uint8Array([0, 0xc3, 0xa9, 0]).subarray(1, 3)],
    ['a DataView', new DataView(Uint8Array.of(0xc3, 0xa9).buffer)],
  ])('%s is hashed and handed on as the same bytes', (_, body) => {
    const signed = sign({ method: 'PUT', body }, s3)
    expect([...(signed.body ?? [])]).toEqual([0xc3, 0xa9])
    expect(valueOf(signed, 'x-amz-content-sha256')).toBe(
      '4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c',
    )
  })

  it('is absent where there is none, and stays where a method seldom has one', () => {
    expect('body' in sign({})).toBe(false)
    expect(sign({ method: 'DELETE', body: 'x' }).body).toHaveLength(1)
    expect(sign({ method: 'POST', body: '' }).body).toHaveLength(0)
  })

  it('adds no content type and no length (WIRE-5)', () => {
    expect(namesOf(sign({ method: 'POST', body: new URLSearchParams({ a: 'b' }) }))).toEqual([
      'host',
      'x-amz-date',
      'authorization',
    ])
  })

  it('is unsigned over https alone, unless somebody says so loudly (PAY-2)', () => {
    const unsigned = { ...s3, payloadHash: 'UNSIGNED-PAYLOAD' }
    expect(sign({}, unsigned).canonicalRequest).toMatch(/\nUNSIGNED-PAYLOAD$/)
    expect(codeOf(() => sign({ url: 'http://h/' }, unsigned))).toBe('PAYLOAD_UNSIGNED_OVER_HTTP')
    expect(codeOf(() => sign({ url: 'ws://h/' }, unsigned))).toBe('PAYLOAD_UNSIGNED_OVER_HTTP')
    const trailer = { ...s3, payloadHash: 'STREAMING-UNSIGNED-PAYLOAD-TRAILER' }
    expect(codeOf(() => sign({ url: 'http://h/' }, trailer))).toBe('PAYLOAD_UNSIGNED_OVER_HTTP')
    expect(
      codeOf(() => sign({ url: 'http://h/' }, { ...unsigned, allowUnsignedPayloadOverHttp: true })),
    ).toBeUndefined()
    expect(codeOf(() => sign({ url: 'http://h/' }, s3))).toBeUndefined()
  })

  it('takes the hash of a header for that of the body, and checks it (PAY-1)', () => {
    const headers = { 'X-Amz-Content-Sha256': EMPTY }
    expect(valueOf(sign({ headers }), 'x-amz-content-sha256')).toBe(EMPTY)
    expect(codeOf(() => sign({ headers, body: 'x' }))).toBe('PAYLOAD_HASH_INVALID')
  })
})

describe('headers', () => {
  it('signed again, a request gets the same set (HDR-7)', () => {
    const options = { ...s3, credentials: { ...credentials, sessionToken: 'token' } }
    const request = { method: 'PUT', headers: { 'content-type': 'text/plain' }, body: 'x' }
    const once = sign(request, options)
    const twice = sign({ ...request, headers: once.headers }, options)
    expect(twice).toEqual(once)
  })

  it('signed again later, is of the later instant, whatever its headers say (DATE-9, RTY-1)', () => {
    const once = sign({ headers: { Date: date.toUTCString() } })
    const { date: _, ...undated } = general
    const later = signRequest({ method: 'GET', url: once.url, headers: once.headers }, undated)
    expect(valueOf(later, 'x-amz-date')).not.toBe('20150830T123600Z')
    expect(namesOf(later).filter((name) => name === 'x-amz-date')).toHaveLength(1)
  })

  it('signed again with other keys, carries their token alone (TOK-3)', () => {
    const one = sign({}, { credentials: { ...credentials, sessionToken: 'one' } })
    const other = sign({ headers: one.headers }, { credentials: { ...credentials, sessionToken: 'other' } })
    expect(other.headers.filter(([name]) => name === 'x-amz-security-token')).toEqual([
      ['x-amz-security-token', 'other'],
    ])
    const none = sign({ headers: one.headers })
    expect(namesOf(none)).not.toContain('x-amz-security-token')
  })

  it('keeps what it does not sign, in the order given', () => {
    const headers: [string, string][] = [
      ['User-Agent', 'a'],
      ['X-Custom', '1'],
      ['x-amz-meta-b', 'b'],
      ['X-Custom', '2'],
    ]
    const signed = sign({ headers })
    expect(signed.headers.slice(2, -1)).toEqual(headers.map(([name, value]) => [name.toLowerCase(), value]))
    expect(signed.signedHeaders).toEqual(['host', 'x-amz-date', 'x-amz-meta-b'])
  })

  it('signs an explicit host as it stands, and sends it (HOST-3, HOST-4)', () => {
    const signed = sign({ url: 'https://127.0.0.1:8443/', headers: { Host: 'Bucket.s3.amazonaws.com:443' } })
    expect(signed.canonicalRequest).toContain('\nhost:Bucket.s3.amazonaws.com:443\n')
    expect(signed.headers.filter(([name]) => name === 'host')).toEqual([
      ['host', 'Bucket.s3.amazonaws.com:443'],
    ])
    expect(signed.url).toBe('https://127.0.0.1:8443/')
  })

  it('refuses two hosts', () => {
    expect(
      codeOf(() =>
        sign({
          headers: [
            ['host', 'a'],
            ['Host', 'b'],
          ],
        }),
      ),
    ).toBe('HEADER_INVALID')
  })

  it('signs the preset that is asked for, and a list', () => {
    const headers = { accept: '*/*', range: 'bytes=0-1', 'x-custom': '1' }
    const namesFor = (signHeaders: SignOptions['signHeaders']): string =>
      sign({ headers }, { signHeaders }).signedHeaders.join()
    expect(namesFor('minimal')).toBe('host,x-amz-date')
    expect(namesFor('sdk')).toBe('host,x-amz-date,x-custom')
    expect(namesFor('all')).toBe('accept,host,range,x-amz-date,x-custom')
    expect(namesFor(['range'])).toBe('host,range,x-amz-date')
  })
})

describe('dates', () => {
  const { date: _, ...undated } = general
  const signAt = (headers: Record<string, string>, options = {}): SignedRequest =>
    signRequest({ method: 'GET', url: 'https://example.amazonaws.com/', headers }, { ...undated, ...options })

  it('takes x-amz-date before date, and either before the clock (DATE-2, DATE-4)', () => {
    const httpDate = 'Fri, 09 Sep 2011 23:36:00 GMT'
    expect(valueOf(signAt({ 'x-amz-date': '20150830T123600Z', date: httpDate }), 'x-amz-date')).toBe(
      '20150830T123600Z',
    )
    const dated = signAt({ date: httpDate })
    expect(valueOf(dated, 'x-amz-date')).toBe('20110909T233600Z')
    expect(valueOf(dated, 'date')).toBe(httpDate)
    expect(dated.signedHeaders).toContain('date')
  })

  it('rewrites what it reads to the basic form (DATE-6)', () => {
    const signed = signAt({ 'x-amz-date': '2015-08-30T14:36:00+02:00' })
    expect(valueOf(signed, 'x-amz-date')).toBe('20150830T123600Z')
    expect(signed.scope.date).toBe('20150830')
  })

  it('goes by the clock where none can be read, and sends none of them (DATE-3)', () => {
    const signed = signAt({ 'x-amz-date': '111-11-11', date: 'soon' })
    expect(valueOf(signed, 'x-amz-date')).toMatch(/^20\d{6}T\d{6}Z$/)
    expect(namesOf(signed)).not.toContain('date')
  })

  it('neither signs nor sends a date of another instant', () => {
    const signed = sign({ headers: { date: 'Fri, 09 Sep 2011 23:36:00 GMT' } })
    expect(namesOf(signed)).not.toContain('date')
  })

  it('drops milliseconds (DATE-5)', () => {
    expect(valueOf(sign({}, { date: new Date('2015-08-30T12:36:00.999Z') }), 'x-amz-date')).toBe(
      '20150830T123600Z',
    )
  })

  it.each([new Date(NaN), '2015-08-30' as unknown as Date, 1440938160 as unknown as Date])(
    'refuses %s (DATE-8)',
    (bad) => {
      expect(codeOf(() => sign({}, { date: bad }))).toBe('DATE_INVALID')
    },
  )

  it('derives day and scope from the one instant, on either side of midnight (DATE-1)', () => {
    for (const iso of ['2013-12-31T23:59:59.999Z', '2014-01-01T00:00:00.000Z']) {
      const { scope, stringToSign } = sign({}, { date: new Date(iso) })
      const day = iso.slice(0, 10).replaceAll('-', '')
      expect(scope.date).toBe(day)
      expect(stringToSign.split('\n').slice(1, 3)).toEqual([
        expect.stringMatching(`^${day}T`),
        expect.stringMatching(`^${day}/`),
      ])
    }
  })
})

describe('keys (section 8)', () => {
  const signingKey = SigningKey.derive(credentials.secretAccessKey, {
    date,
    region: 'us-east-1',
    service: 'service',
  })
  const derived = { accessKeyId: credentials.accessKeyId, signingKey }

  it('signs the same with the derived key, whose scope need not be repeated', () => {
    const request = { method: 'GET', url: 'https://example.amazonaws.com/' }
    expect(signRequest(request, { credentials: derived, date })).toEqual(sign({}))
  })

  it.each<[string, Partial<SignOptions>, string]>([
    ['another day (KEY-1)', { date: new Date('2015-08-31T00:00:00Z') }, 'DATE_MISMATCH'],
    ['another service', { service: 's3' }, 'SIGNING_KEY_SCOPE_MISMATCH'],
    ['another region', { region: 'eu-west-1' }, 'SIGNING_KEY_SCOPE_MISMATCH'],
  ])('refuses a derived key for %s', (_, options, code) => {
    expect(codeOf(() => sign({}, { credentials: derived, ...options }))).toBe(code)
  })

  it.each<[string, unknown]>([
    ['none at all', null],
    [
      'a signing key in its written form',
      { ...credentials, secretAccessKey: '', signingKey: signingKey.export() },
    ],
  ])('refuses %s (CRED-3)', (_, given) => {
    expect(codeOf(() => sign({}, { credentials: given as SignOptions['credentials'] }))).toBe(
      'CREDENTIALS_INVALID',
    )
  })

  it.each<[string, unknown]>([
    ['the name of an algorithm', 'sigv4a'],
    ['an algorithm of before version 4', { name: 'AWS', read: () => undefined }],
  ])('does not sign with SigV4 in place of %s', (_, algorithm) => {
    expect(codeOf(() => sign({}, { algorithm: algorithm as SignOptions['algorithm'] }))).toBe(
      'OPTION_INVALID',
    )
  })

  it('takes a rotated secret at once', () => {
    const other = { ...credentials, secretAccessKey: 'other' }
    const before = sign({}).signature
    expect(sign({}, { credentials: other }).signature).not.toBe(before)
    expect(sign({}).signature).toBe(before)
  })

  it('takes a secret that was changed in place', () => {
    const own = { ...credentials }
    const before = sign({}, { credentials: own }).signature
    own.secretAccessKey = 'other'
    expect(sign({}, { credentials: own }).signature).not.toBe(before)
  })

  it('keeps many identities in turns apart', () => {
    const ids = Array.from({ length: 1500 }, (_, i) => `AKID${i}`)
    const signatureOf = (id: string): string =>
      sign({}, { credentials: { accessKeyId: id, secretAccessKey: `secret of ${id}` } }).signature
    const first = ids.map(signatureOf)
    expect(new Set(first).size).toBe(ids.length)
    expect(ids.map(signatureOf)).toEqual(first)
  })
})

describe('session tokens (section 9)', () => {
  const temporary = { ...credentials, sessionToken: 'a token=/+' }

  it('are signed', () => {
    const signed = sign({}, { credentials: temporary })
    expect(signed.canonicalRequest).toContain('\nx-amz-security-token:a token=/+\n')
    expect(signed.signedHeaders).toContain('x-amz-security-token')
  })

  it('are added afterwards where asked for', () => {
    const signed = sign({}, { credentials: temporary, tokenPlacement: 'after' })
    expect(signed.signature).toBe(sign({}).signature)
    expect(valueOf(signed, 'x-amz-security-token')).toBe('a token=/+')
  })

  it('stay inside of the signature unless the place is spelt right', () => {
    const tokenPlacement = 'outside' as SignOptions['tokenPlacement']
    expect(sign({}, { credentials: temporary, tokenPlacement })).toEqual(sign({}, { credentials: temporary }))
  })

  it('are left out when empty (HDR-6)', () => {
    expect(sign({}, { credentials: { ...credentials, sessionToken: '' } })).toEqual(sign({}))
  })
})

describe('S3 keys (rows 22 to 25)', () => {
  const pathsOf = (path: string): [string, string] => {
    const signed = sign({ url: `https://s3.amazonaws.com${path}` }, s3)
    return [signed.url.slice('https://s3.amazonaws.com'.length), signed.canonicalRequest.split('\n')[1]!]
  }

  it.each([
    ['//lead', '//lead'],
    ['/trail/', '/trail/'],
    ['/a/./b', '/a/./b'],
    ['/a/../b', '/a/../b'],
    ['/../x', '/../x'],
    ['/.', '/.'],
    ['/a//b', '/a//b'],
    ['/a\\b', '/a%5Cb'],
    ['/a%3Fb', '/a%3Fb'],
    ['/a%23b', '/a%23b'],
    ['/a%252Fb', '/a%252Fb'],
    ['/100%', '/100%25'],
    ['/\u00e9', '/%C3%A9'],
    ['/e\u0301', '/e%CC%81'],
    ['/a%2Fb', '/a/b'],
    ['/caf%c3%a9', '/caf%C3%A9'],
    ['/a%7Eb', '/a~b'],
    ['/a@:$,;=&b', '/a%40%3A%24%2C%3B%3D%26b'],
    ["/a!'()*b", '/a%21%27%28%29%2Ab'],
    ['', '/'],
    [`/${'\u00e9'.repeat(400)}`, `/${'%C3%A9'.repeat(400)}`],
  ])('%s is sent as it is signed: %s (PATH-5)', (path, canonical) => {
    expect(pathsOf(path)).toEqual([canonical || '/', canonical])
  })

  it('warns of dot segments, which most clients would take out (WIRE-3)', () => {
    expect(sign({ url: 'https://s3.amazonaws.com/a/../b' }, s3).warnings).toEqual(['DOT_SEGMENTS'])
    expect(sign({ url: 'https://s3.amazonaws.com/a/..b' }, s3).warnings).toEqual([])
  })

  it('refuses half of a surrogate pair', () => {
    expect(codeOf(() => pathsOf('/\ud800'))).toBe('TEXT_INVALID')
    expect(codeOf(() => sign({ url: 'https://h/?a=\udc00' }))).toBe('TEXT_INVALID')
  })
})

describe('the query', () => {
  it('is sent in the order given, and signed sorted (QRY-8)', () => {
    const signed = sign({ url: 'https://h/?b=2&a=1&acl&' })
    expect(signed.url).toBe('https://h/?b=2&a=1&acl&')
    expect(signed.canonicalRequest.split('\n')[2]).toBe('a=1&acl=&b=2')
  })

  it('is never sent with a raw +, which servers read in two ways (QRY-5)', () => {
    const url = 'https://h/?q=a+b%2Bc'
    const spaced = sign({ url })
    expect(spaced.url).toBe('https://h/?q=a%20b%2Bc')
    expect(spaced.warnings).toEqual(['PLUS_REWRITTEN'])
    expect(sign({ url }, { plusInQuery: 'plus' }).url).toBe('https://h/?q=a%2Bb%2Bc')
  })

  it('with a name twice is signed whole, and S3 warned of (QRY-6)', () => {
    const url = 'https://h/?prefix=a&x=1&prefix=b'
    expect(sign({ url }, s3).warnings).toEqual(['DUPLICATE_QUERY_NAMES'])
    expect(sign({ url }).warnings).toEqual([])
    expect(sign({ url: 'https://h/?a=1&ab=2&b=a' }, s3).warnings).toEqual([])
    expect(sign({ url }, s3).canonicalRequest).toContain('\nprefix=a&prefix=b&x=1\n')
  })

  it('is sent with a fragment cut off (WIRE-6)', () => {
    expect(sign({ url: 'https://h/a?b=1#c' }).url).toBe('https://h/a?b=1')
  })
})

describe('warnings of credentials', () => {
  it.each<[string, Partial<typeof credentials & { sessionToken: string }>, string[]]>([
    ['a blank in the secret (KEY-6)', { secretAccessKey: 'se cret' }, ['SECRET_HAS_ODD_CHARACTERS']],
    ['a line end in the secret', { secretAccessKey: 'secret\n' }, ['SECRET_HAS_ODD_CHARACTERS']],
    ['a secret that is still encoded', { secretAccessKey: 'se%2Fcret' }, ['SECRET_HAS_ODD_CHARACTERS']],
    [
      'a token with a long-term key (TOK-2)',
      { accessKeyId: 'AKIA1', sessionToken: 't' },
      ['TOKEN_WITH_LONG_TERM_KEY'],
    ],
    ['nothing', {}, []],
  ])('%s', (_, part, warnings) => {
    for (let i = 0; i < 2; i++) {
      expect(sign({}, { credentials: { ...credentials, ...part } }).warnings).toEqual(warnings)
    }
  })
})

describe('refusals', () => {
  it.each<[string, () => unknown]>([
    ['METHOD_INVALID', () => sign({ method: 'GET /' })],
    ['METHOD_INVALID', () => sign({ method: '' })],
    ['METHOD_INVALID', () => sign({ method: undefined as unknown as string })],
    ['URL_INVALID', () => sign({ url: '/relative' })],
    ['HEADER_INVALID', () => sign({ headers: { a: 'b\nc' } })],
    ['BODY_UNSUPPORTED', () => sign({ body: new Blob(['a']) as unknown as string })],
    ['SCOPE_UNKNOWN', () => signRequest({ method: 'GET', url: 'https://example.com/' }, { credentials })],
    [
      'SCOPE_UNKNOWN',
      () => signRequest({ method: 'GET', url: 'https://b.s3-accelerate.amazonaws.com/' }, { credentials }),
    ],
    [
      'HOST_NOT_SIGNABLE',
      () =>
        signRequest({ method: 'GET', url: 'https://b.s3-website-us-east-1.amazonaws.com/' }, { credentials }),
    ],
    ['CREDENTIAL_SCOPE_MALFORMED', () => sign({}, { region: 'us/east' })],
    ['OPTION_INVALID', () => sign({ headers: { a: 'b' } }, { signHeaders: 'some' as 'all' })],
    ['CREDENTIALS_INVALID', () => sign({}, { credentials: undefined as unknown as typeof credentials })],
    ['CREDENTIALS_INVALID', () => sign({}, { credentials: { ...credentials, accessKeyId: '' } })],
  ])('%s', (code, run) => {
    expect(codeOf(run)).toBe(code)
  })

  it('infers service and region from the host, each where it is not given', () => {
    const request = { method: 'GET', url: 'https://bucket.s3.eu-west-1.amazonaws.com/' }
    expect(signRequest(request, { credentials }).scope).toMatchObject({ service: 's3', region: 'eu-west-1' })
    expect(signRequest(request, { credentials, region: 'eu-west-2' }).scope).toMatchObject({
      service: 's3',
      region: 'eu-west-2',
    })
  })
})

it('changes nothing of the caller’s (WIRE-5)', () => {
  const freeze = <T extends object>(value: T): T => {
    for (const part of Object.values(value))
      if (typeof part === 'object' && part !== null) freeze(part as object)
    return Object.freeze(value)
  }
  const request = freeze({
    method: 'put',
    url: 'https://h/b?z=1&a=2#f',
    headers: [
      ['B', '1'],
      ['A', '2'],
    ] as [string, string][],
    body: 'x',
  })
  const options = freeze({
    ...general,
    signHeaders: ['a'],
    credentials: { ...credentials, sessionToken: 't' },
  })
  expect(() => signRequest(request, options)).not.toThrow()
})

it('signs a header of 1.7 MB in no time to speak of (row 36)', () => {
  const value = 'x'.repeat(1_700_000)
  expect(sign({ headers: { 'x-amz-meta-long': value } }).signedHeaders).toContain('x-amz-meta-long')
})
