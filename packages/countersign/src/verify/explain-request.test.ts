/**
 * What `explainRequest` says of requests, and that it says nothing that helps to forge one.
 */
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { uploadMessage } from '../../../../test/kit/chunked-uploads.ts'
import {
  bytesOf,
  dateAt,
  EVERYWHERE,
  NOW,
  presign,
  refusalOf,
  SECRET,
  SERVICES,
  sha256,
  signInHeader,
  TOKEN,
  verifyWhole,
  withAuthorization,
  withBadSignature,
  withHeaders,
  withoutHeader,
  withTarget,
  type SentMessage,
} from '../../../../test/kit/messages.ts'
import { SigningKey } from '../index.ts'
import { VerificationError } from '../errors.ts'
import { explainRequest, type ExplainOptions, type Report } from './explain-request.ts'

const OPTIONS: ExplainOptions = { service: [...SERVICES], region: 'us-east-1', now: () => NOW }
const KEY = { secretAccessKey: SECRET }

function explain(message: SentMessage, options: Partial<ExplainOptions> = { key: KEY }): Report {
  return explainRequest(message, { ...OPTIONS, ...options })
}

function codesOf({ findings }: Report): (string | undefined)[] {
  return findings.filter(({ isOk }) => !isOk).map(({ code }) => code)
}

describe('a valid request', () => {
  it.each(EVERYWHERE)('$mechanism, $service', ({ mechanism, sign, service }) => {
    const report = explain(sign({ service, method: 'PUT', body: 'x' }))
    expect(report).toMatchObject({
      verdict: 'valid',
      mechanism,
      algorithm: 'AWS4-HMAC-SHA256',
      accessKeyId: 'AKIDEXAMPLE',
      scope: { date: '20261122', region: 'us-east-1', service },
    })
    expect(report.findings.every(({ isOk, code }) => isOk && code === undefined)).toBe(true)
    expect(report.signedHeaders).toContain('host')
    expect(report.stringToSign).toBe(
      `AWS4-HMAC-SHA256\n20261122T120000Z\n20261122/us-east-1/${service}/aws4_request\n${sha256(report.canonicalRequest!)}`,
    )
  })

  it('in chunks', () => {
    for (const isSigned of [true, false]) {
      expect(explain(uploadMessage({ data: bytesOf('hello'), isSigned }))).toMatchObject({ verdict: 'valid' })
    }
  })

  it('with several secrets, or a derived key', () => {
    expect(explain(presign(), { key: { secretAccessKey: ['new', SECRET] } }).verdict).toBe('valid')
    const signingKey = SigningKey.derive(SECRET, { date: NOW, region: 'us-east-1', service: 's3' })
    expect(explain(presign(), { key: { signingKey } }).verdict).toBe('valid')
  })

  it('with a token', () => {
    const message = signInHeader({ sessionToken: TOKEN })
    expect(explain(message, { key: { ...KEY, sessionToken: TOKEN } }).verdict).toBe('valid')
  })

  it('carries no principal', () => {
    const key = { ...KEY, principal: 'alice' }
    expect(JSON.stringify(explain(presign(), { key }))).not.toContain('alice')
  })
})

describe('without a key', () => {
  it('a request that nothing speaks against is unproven', () => {
    for (const message of [presign(), withBadSignature(presign()), signInHeader({ accessKeyId: 'NOBODY' })]) {
      const report = explain(message, {})
      expect(report.verdict).toBe('unproven')
      expect(report.findings.map(({ check }) => check)).not.toContain('signature')
    }
  })

  it('another is invalid', () => {
    expect(explain(presign({ amzDate: dateAt(-7200) }), {})).toMatchObject({ verdict: 'invalid' })
  })
})

describe('an invalid request', () => {
  const rows: [name: string, message: SentMessage, code: string, options?: Partial<ExplainOptions>][] = [
    ['the target', { ...presign(), target: 'x' }, 'REQUEST_MALFORMED'],
    ['a limit', presign(), 'LIMIT_EXCEEDED', { limits: { queryPairs: 1 } }],
    ['no signature', { method: 'GET', target: '/', headers: [] }, 'SIGNATURE_MISSING'],
    ['two signatures', withHeaders(presign(), ['authorization', 'x']), 'MECHANISMS_SEVERAL'],
    ['another scheme', withAuthorization(signInHeader(), () => 'Bearer x'), 'SCHEME_UNKNOWN'],
    [
      'another algorithm',
      withTarget(presign(), (target) => target.replace('HMAC', 'ECDSA')),
      'ALGORITHM_UNSUPPORTED',
    ],
    ['a component', withAuthorization(signInHeader(), (value) => `${value},x`), 'AUTHORIZATION_MALFORMED'],
    ['a parameter missing', presign({ expires: undefined }), 'QUERY_PARAMETER_MISSING'],
    ['a parameter twice', presign({ target: '/?X-Amz-Expires=1' }), 'QUERY_PARAMETER_MALFORMED'],
    ['the credential', presign({ scope: 'x' }), 'CREDENTIAL_MALFORMED'],
    ['the signed headers', presign({ signedHeaders: 'Host' }), 'SIGNED_HEADERS_MALFORMED'],
    ['the date', withoutHeader(signInHeader(), 'x-amz-date'), 'DATE_INVALID'],
    ['the lifetime', presign({ expires: '0' }), 'EXPIRES_INVALID'],
    ['no hash', withoutHeader(signInHeader(), 'x-amz-content-sha256'), 'PAYLOAD_HASH_MISSING'],
    ['a hash', signInHeader({ payloadHash: 'x' }), 'PAYLOAD_HASH_INVALID'],
    ["the scope's date", presign({ scope: '20261121/us-east-1/s3/aws4_request' }), 'SCOPE_DATE_MISMATCH'],
    ["the scope's region", presign({ region: 'x' }), 'SCOPE_REGION_WRONG'],
    ["the scope's service", presign({ service: 'ec2' }), 'SCOPE_SERVICE_WRONG'],
    ['the clock', signInHeader({ amzDate: dateAt(-3600) }), 'CLOCK_SKEWED'],
    ['an old URL', presign({ amzDate: dateAt(-3601) }), 'EXPIRED'],
    ['an early URL', presign({ amzDate: dateAt(3600) }), 'NOT_YET_VALID'],
    ['an unsigned header', withHeaders(presign(), ['x-amz-acl', 'x']), 'HEADERS_NOT_SIGNED'],
    ['a dead key', presign(), 'KEY_EXPIRED', { key: { ...KEY, notAfter: new Date(0) } }],
    ['a signature in capitals', withTarget(presign(), upperCaseSignature), 'SIGNATURE_MALFORMED'],
    ['a signature', withBadSignature(signInHeader()), 'SIGNATURE_MISMATCH'],
    ['no token', presign(), 'TOKEN_MISSING', { key: { ...KEY, sessionToken: TOKEN } }],
    [
      'another token',
      presign({ sessionToken: 'x' }),
      'TOKEN_INVALID',
      { key: { ...KEY, sessionToken: TOKEN } },
    ],
    ['a token too many', presign({ sessionToken: 'x' }), 'TOKEN_INVALID'],
    [
      'events',
      signInHeader({ payloadHash: 'STREAMING-AWS4-HMAC-SHA256-EVENTS' }),
      'PAYLOAD_MODE_UNSUPPORTED',
    ],
    [
      'chunks that are not served',
      uploadMessage({ data: bytesOf('hello') }),
      'PAYLOAD_MODE_UNSUPPORTED',
      { streaming: false, key: KEY },
    ],
    ['a chunk', withOtherData(uploadMessage({ data: bytesOf('hello') })), 'CHUNK_SIGNATURE_MISMATCH'],
    ['an unsigned body', presign(), 'PAYLOAD_UNSIGNED', { unsignedPayload: 'refused', key: KEY }],
    ['another body', { ...signInHeader({ body: 'a' }), body: bytesOf('b') }, 'PAYLOAD_MISMATCH'],
    [
      'a body of another length',
      { ...presign({ headers: [['content-length', '5']] }), body: bytesOf('b') },
      'BODY_LENGTH_MISMATCH',
    ],
    ['a length that is none', presign({ headers: [['content-length', '-']] }), 'REQUEST_MALFORMED'],
  ]

  function withOtherData(message: SentMessage): SentMessage {
    return { ...message, body: message.body!.map((byte) => (byte === 0x6c ? 0x4c : byte)) }
  }

  function upperCaseSignature(target: string): string {
    return target.replace(/[0-9a-f]{64}$/, (hex) => hex.toUpperCase())
  }

  it.each(rows)('%s', (_, message, code, options = { key: KEY }) => {
    const report = explain(message, { key: KEY, ...options })
    expect(report.verdict).toBe('invalid')
    expect(codesOf(report)).toEqual([code])
    const finding = report.findings.find(({ isOk }) => !isOk)!
    expect(finding.message).not.toBe('')
  })

  it.each(rows)(
    '%s: verify refuses it for the same cause',
    async (_, message, code, options = { key: KEY }) => {
      const { key, ...rules } = { key: KEY, ...options }
      const refusal = await refusalOf(message, { ...OPTIONS, ...rules, secrets: () => ({ ...key }) })
      expect(refusal.code).toBe(code)
    },
  )

  it('a header that was signed and is gone', () => {
    const gone = withoutHeader(presign({ headers: [['x-a', 'b']] }), 'x-a')
    expect(codesOf(explain(gone))).toEqual(['SIGNED_HEADER_MISSING', 'SIGNATURE_MISMATCH'])
  })

  it('everything that is wrong is found, in the order of the checks', () => {
    const draft = { amzDate: dateAt(-86_400), region: 'x', signedHeaders: 'x-amz-content-sha256;x-amz-date' }
    const report = explain(withHeaders(withBadSignature(signInHeader(draft)), ['x-amz-acl', 'x']))
    expect(codesOf(report)).toEqual([
      'SCOPE_REGION_WRONG',
      'CLOCK_SKEWED',
      'HEADERS_NOT_SIGNED',
      'SIGNATURE_MISMATCH',
    ])
    expect(report.canonicalRequest).toContain('x-amz-date:20261121T120000Z')
  })

  it('options that make no sense are told at once', () => {
    expect(() => explain(presign(), { service: [] })).toThrow(
      expect.objectContaining({ name: 'SigningError', code: 'OPTION_INVALID' }),
    )
  })
})

describe('what is not told', () => {
  const genuine = [signInHeader({ sessionToken: TOKEN }), presign({ sessionToken: TOKEN })]
  const signatureOf = (message: SentMessage): string =>
    /Signature=([0-9a-f]{64})/.exec(JSON.stringify(message))![1]!

  function everyTextOf(value: unknown): string {
    return `${JSON.stringify(value)}${inspect(value, { depth: 10, showHidden: true, getters: true })}${String(value)}`
  }

  it.each(genuine)('a report does not hold the expected signature or the secret', (message) => {
    const key = { ...KEY, sessionToken: TOKEN }
    for (const options of [{ key }, {}]) {
      const text = everyTextOf(explain(withBadSignature(message), options))
      expect(text).not.toContain(signatureOf(message))
      expect(text).not.toContain(SECRET)
    }
  })

  it.each(genuine)(
    'an error does not hold the expected signature, the secret or the token',
    async (message) => {
      const secrets = () => ({ secretAccessKey: SECRET, sessionToken: 'the right token', principal: 'alice' })
      for (const sent of [withBadSignature(message), message]) {
        const error = await refusalOf(sent, { secrets })
        expect(error).toBeInstanceOf(VerificationError)
        const texts = [JSON.stringify(error), inspect(error, { depth: 10 }), String(error), error.stack!]
        for (const text of texts) {
          expect(text).not.toContain(signatureOf(message))
          expect(text).not.toContain(SECRET)
          expect(text).not.toContain(TOKEN)
          expect(text).not.toContain(encodeURIComponent(TOKEN))
          expect(text).not.toContain('the right token')
        }
        expect(JSON.stringify(error.steps ?? {})).not.toContain(signatureOf(message))
      }
    },
  )

  it('what was let in holds neither secret nor signature', async () => {
    for (const message of genuine) {
      const secrets = () => ({ secretAccessKey: SECRET, sessionToken: TOKEN, principal: 'alice' })
      const verified = await verifyWhole(message, { secrets })
      const text = everyTextOf(Object.getPrototypeOf(verified))
      expect(text).not.toContain(signatureOf(message))
      expect(text).not.toContain(SECRET)
    }
  })
})
