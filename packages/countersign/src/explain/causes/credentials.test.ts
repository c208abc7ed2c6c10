/** Causes in the credentials, each from a request that really has it, refused by a verifier. */
import { describe, expect, it } from 'vitest'
import { refuse, saying, sayingJson } from '../../../../../test/explain/verifier.ts'
import { KEY_ID, NOW, SECRET, signWrongly } from '../../../../../test/explain/wrong-signer.ts'
import type { Credentials } from '../../credentials/credentials.ts'
import { presignUrl } from '../../sign/presign-url.ts'
import { signRequest } from '../../sign/sign-request.ts'
import { explainRefusal, type Evidence, type ObservedRequest } from '../index.ts'

const key: Credentials = { accessKeyId: KEY_ID, secretAccessKey: SECRET }
const URL = 'https://bucket.s3.us-east-1.amazonaws.com/key'

/** What the library signs, as it goes out. */
function sign(credentials: Credentials, options: { url?: string; date?: Date } = {}): ObservedRequest {
  const { url = URL, date = NOW } = options
  const { method, headers } = signRequest(
    { method: 'GET', url },
    { credentials, date, region: 'us-east-1', service: 's3' },
  )
  return { method, target: /^https:\/\/[^/]+(.*)$/.exec(url)?.[1] ?? '/', headers, protocol: 'https' }
}

function told(evidence: Evidence, options?: Parameters<typeof explainRefusal>[1]): string[] {
  const explanation = explainRefusal(evidence, options)
  const shown = JSON.stringify(explanation.verdicts)
  for (const secret of [SECRET, 'a+token/==']) expect(shown).not.toContain(secret)
  return explanation.verdicts.map(({ code, grade }) => `${code} ${grade}`)
}

/** What people paste: the answer, and nothing of the request. */
function toldBy(body: string): string[] {
  const answer = { status: 403, headers: [], body: Buffer.from(body) }
  const { verdicts } = explainRefusal({ request: { method: '', target: '', headers: [] }, answer })
  return verdicts.map(({ code, grade, finding }) => `${grade} ${code}: ${finding}`)
}

describe('an answer alone', () => {
  it.each([
    [
      '<Error><Code>InvalidAccessKeyId</Code><Message>x</Message><AWSAccessKeyId>AKIAIOSFODNN7EXAMPLE</AWSAccessKeyId></Error>',
      'stated unknown-key: The server does not know the key …MPLE.',
    ],
    [
      '{"message":"The security token included in the request is invalid."}',
      'stated unknown-key: The server does not know the key.',
    ],
    ['{"message":"Missing Authentication Token"}', 'possible sent-unsigned: No signature was sent; or'],
    [
      '<Error><Code>AccessDenied</Code><Message>Request has expired</Message><X-Amz-Expires>300</X-Amz-Expires><Expires>2026-11-22T10:05:00Z</Expires><ServerTime>2026-11-22T12:00:00Z</ServerTime></Error>',
      'stated presign-expired: The URL ended 1 h 55 min before the server looked at it.',
    ],
    [
      '<Error><Code>AuthorizationQueryParametersError</Code><Message>X-Amz-Expires must be less than a week (in seconds)</Message></Error>',
      'stated presign-expired: The URL asks for more than a week (604800)',
    ],
    [
      '<Error><Code>InvalidArgument</Code><Message>Requests specifying Server Side Encryption with AWS KMS managed keys require AWS Signature Version 4.</Message></Error>',
      'stated wrong-algorithm: The server does not take this way of signing.',
    ],
  ])('%s', (body, start) => {
    const [first = '', ...more] = toldBy(body)
    expect([first.slice(0, start.length), more]).toEqual([start, []])
  })

  it('makes nothing up of a mismatch', () => {
    expect(toldBy('<Error><Code>SignatureDoesNotMatch</Code><Message>x</Message></Error>')).toEqual([])
  })
})

describe('another secret', () => {
  it('is likely with the key at hand, where all else was tried, and possible without it', async () => {
    const request = sign({ accessKeyId: KEY_ID, secretAccessKey: 'of-somebody-else' })
    const refused = { request, answer: await refuse(request) }
    expect(told(refused, { credentials: key })).toEqual(['secret-of-other-key likely'])
    expect(told(refused)).toEqual(['secret-of-other-key possible'])
  })
})

describe('secrets', () => {
  it.each([
    ['M1', 'secret-whitespace', (secret: string) => `${secret}\n`],
    ['M1', 'secret-whitespace', (secret: string) => `${secret}\r\n`],
    ['M1', 'secret-whitespace', (secret: string) => ` ${secret}`],
    ['M2', 'secret-invisible', (secret: string) => `\ufeff${secret}`],
    ['M2', 'secret-invisible', (secret: string) => `${secret}\u200b`],
    ['M3', 'secret-encoded', (secret: string) => encodeURIComponent(secret)],
    ['M3', 'secret-encoded', (secret: string) => secret.replaceAll('+', ' ')],
    ['M3', 'secret-encoded', (secret: string) => `"${secret}"`],
  ])('%s %s: proven with the right secret at hand, and told of the damaged one', async (id, code, damage) => {
    const { request, canonicalRequest } = signWrongly({ target: '/key' }, { secret: damage })
    const answer = await refuse(request)
    const signed = { canonicalRequest }
    expect(told({ request, signed, answer }, { credentials: key })).toEqual([`${code} proven`])
    expect(told({ request, answer }, { credentials: key })).toEqual([`${code} proven`])
    const damaged = { ...key, secretAccessKey: damage(SECRET) }
    if (damage(SECRET) !== SECRET.replaceAll('+', ' ')) {
      expect(told({ request, signed, answer }, { credentials: damaged })).toEqual([`${code} likely`])
    }
    const { verdicts } = explainRefusal({ request, answer }, { credentials: key })
    expect(verdicts[0]?.id).toBe(id)
  })

  it('M4 secret-of-other-key: proven with the profiles of this computer', async () => {
    const { request } = signWrongly(
      { target: '/key' },
      { secret: () => 'AnotherSecretOfAnotherProfile/EXAMPLEKEY' },
    )
    const answer = await refuse(request)
    const other = {
      accessKeyId: 'AKIAOTHERPROFILE0001',
      secretAccessKey: 'AnotherSecretOfAnotherProfile/EXAMPLEKEY',
    }
    expect(told({ request, answer }, { credentials: key, candidates: [key, other] })).toEqual([
      'secret-of-other-key proven',
    ])
    const { verdicts } = explainRefusal({ request, answer }, { credentials: key, candidates: [other] })
    expect(verdicts[0]?.finding).toContain('the key …0001')
  })

  it('M4 secret-of-other-key: likely where the server has another one', async () => {
    const { request, canonicalRequest } = signWrongly({ target: '/key' })
    const answer = await refuse(request, { secrets: () => ({ secretAccessKey: 'rotated' }) })
    expect(told({ request, signed: { canonicalRequest }, answer }, { credentials: key })).toEqual([
      'secret-of-other-key likely',
    ])
  })

  it('M5 id-secret-swapped: and none of what was sent is shown', async () => {
    const swapped = { accessKeyId: SECRET, secretAccessKey: 'AKIAIOSFODNN7EXAMPLE' }
    const request = sign(swapped)
    const answer = await refuse(request)
    expect(told({ request, answer })).toEqual(['id-secret-swapped likely'])
    expect(told({ request, answer }, { credentials: swapped })).toEqual(['id-secret-swapped likely'])
  })

  it('M15 stale-derived-key: proven, with the day that the key was for', async () => {
    const stale = { keyScope: ([, ...rest]: readonly string[]) => ['20261121', ...rest] }
    const { request } = signWrongly({ target: '/key' }, stale)
    const answer = await refuse(request)
    expect(told({ request, answer }, { credentials: key })).toEqual(['stale-derived-key proven'])
    const { verdicts } = explainRefusal({ request, answer }, { credentials: key })
    expect(verdicts[0]?.finding).toBe('The key was derived for 20261121, and the request is for 20261122.')
  })

  it('M1, M3, M4, M15 are all that is left where both sides have the same text, and no key is at hand', async () => {
    const { request, canonicalRequest } = signWrongly({ target: '/key' }, { secret: () => 'another' })
    const answer = await refuse(request)
    expect(told({ request, signed: { canonicalRequest }, answer })).toEqual([
      'secret-whitespace possible',
      'secret-encoded possible',
      'secret-of-other-key possible',
      'stale-derived-key possible',
    ])
  })
})

describe('tokens', () => {
  const temporary = {
    accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
    secretAccessKey: SECRET,
    sessionToken: 'a+token/==',
  }
  const found = { secretAccessKey: SECRET, sessionToken: 'a+token/==' }
  const takesTemporary = { secrets: () => found }

  it('M6 temp-key-no-token', async () => {
    const { accessKeyId } = temporary
    const { request } = signWrongly({ target: '/key' })
    const headers = request.headers.map(
      ([name, value]) => [name, value.replace(KEY_ID, accessKeyId)] as const,
    )
    const answer = await refuse({ ...request, headers }, takesTemporary)
    expect(told({ request: { ...request, headers }, answer })).toEqual([
      expect.stringMatching(/^temp-key-no-token /),
    ])
    const unknown = sayingJson(
      400,
      'UnrecognizedClientException',
      'The security token included in the request is invalid.',
    )
    expect(told({ request: { ...request, headers }, answer: unknown })).toEqual(['temp-key-no-token stated'])
  })

  it('M7 stale-token', async () => {
    const request = sign({ ...temporary, sessionToken: 'of-an-older-session' })
    const answer = await refuse(request, takesTemporary)
    expect(told({ request, answer })).toEqual(['stale-token stated'])
    expect(
      told({ request, answer: { ...answer, body: new Uint8Array() } }, { credentials: temporary }),
    ).toEqual(['stale-token likely'])
  })

  it('M8 empty-token', async () => {
    const { request } = signWrongly({ target: '/key', headers: [['x-amz-security-token', '']] })
    const answer = await refuse(request, takesTemporary)
    expect(told({ request, answer })).toEqual([expect.stringMatching(/^empty-token /)])
    const said = sayingJson(
      403,
      'InvalidSignatureException',
      "'x-amz-security-token' is named as a SignedHeader, but it does not exist in the HTTP request",
    )
    expect(told({ request, answer: said })).toEqual(['empty-token stated'])
  })

  it('M9 token-twice: proven by the line that the server has', async () => {
    const { request, canonicalRequest } = signWrongly({
      target: '/key',
      headers: [['x-amz-security-token', 'a+token/==']],
    })
    const twice = {
      ...request,
      headers: [...request.headers, ['x-amz-security-token', 'a+token/=='] as const],
    }
    const echoed = canonicalRequest.replace('a+token/==', 'a+token/==,a+token/==')
    const { createHash } = await import('node:crypto')
    const sha = createHash('sha256').update(echoed).digest('hex')
    const elements = {
      StringToSign: `AWS4-HMAC-SHA256\n20261122T120000Z\n20261122/us-east-1/s3/aws4_request\n${sha}`,
      CanonicalRequest: echoed,
    }
    const answer = saying(
      403,
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match',
      { elements },
    )
    expect(told({ request, wire: twice, signed: { canonicalRequest }, answer })).toEqual([
      'token-twice proven',
    ])
    expect(told({ request: twice, answer: saying(403, 'SignatureDoesNotMatch', 'no') })).toEqual([
      'token-twice likely',
    ])
  })

  it('M10 expired-credentials', () => {
    const request = sign(temporary)
    const answer = saying(400, 'ExpiredToken', 'The provided token has expired.', {
      elements: { 'Token-0': 'a+token/==' },
    })
    expect(told({ request, answer })).toEqual(['expired-credentials stated'])
    const ended = { ...temporary, expiration: new Date(NOW.getTime() - 14 * 60_000) }
    const { verdicts } = explainRefusal({ request, answer }, { credentials: ended, now: NOW })
    expect(verdicts[0]?.finding).toContain('14 min before')
  })

  it('M12 global-sts-token', () => {
    const { headers, ...rest } = sign(temporary, { url: 'https://bucket.s3.eu-south-1.amazonaws.com/key' })
    const elsewhere = headers.map(
      ([name, value]) => [name, value.replace('us-east-1/s3', 'eu-south-1/s3')] as const,
    )
    const answer = saying(400, 'InvalidToken', 'The provided token is malformed or otherwise invalid.')
    expect(told({ request: { ...rest, headers: elsewhere }, answer })).toEqual(['global-sts-token likely'])
  })
})

describe('whose key it is', () => {
  it('M11 unknown-key: with a hint at the partition', async () => {
    const request = sign({ ...key, accessKeyId: 'AKIAIOSFODNN7EXAMPLE' })
    const answer = await refuse(request)
    expect(told({ request, answer })).toEqual(['unknown-key stated'])
    const china = 'https://bucket.s3.cn-north-1.amazonaws.com.cn/key'
    const { verdicts } = explainRefusal({
      request: sign({ ...key, accessKeyId: 'AKIAIOSFODNN7EXAMPLE' }, { url: china }),
      answer,
    })
    expect(verdicts[0]?.finding).toContain('the key …MPLE. This is an endpoint in China')
  })

  it('M13 other-source-wins', () => {
    const request = sign({ ...key, accessKeyId: 'AKIAIOSFODNN7EXAMPLE' })
    const answer = saying(403, 'SignatureDoesNotMatch', 'no')
    expect(
      told({ request, answer }, { credentials: { ...key, accessKeyId: 'AKIAANOTHER000000001' } }),
    ).toEqual(['other-source-wins likely'])
  })

  it('M14 sent-unsigned', async () => {
    const request: ObservedRequest = {
      method: 'GET',
      target: '/',
      headers: [['host', 'sts.us-east-1.amazonaws.com']],
    }
    const answer = await refuse(request, { service: 'sts', dialect: 'queryXml' })
    expect(told({ request, answer })).toEqual(['sent-unsigned stated'])
    const denied = await refuse(request)
    expect(told({ request, wire: request, answer: denied })).toEqual([
      expect.stringMatching(/^sent-unsigned /),
    ])
  })

  it('says nothing about a request of which nothing is known', () => {
    const request: ObservedRequest = { method: '', target: '', headers: [] }
    const answer = sayingJson(403, undefined, 'Missing Authentication Token')
    expect(told({ request, answer })).not.toContain('sent-unsigned stated')
  })

  it('takes a presigned URL as it does a header', async () => {
    const unknown = { ...key, accessKeyId: 'AKIAIOSFODNN7EXAMPLE' }
    const { url } = presignUrl(
      { method: 'GET', url: URL },
      { credentials: unknown, date: NOW, region: 'us-east-1', service: 's3' },
    )
    const request: ObservedRequest = {
      method: 'GET',
      target: url.slice('https://bucket.s3.us-east-1.amazonaws.com'.length),
      headers: [['host', 'bucket.s3.us-east-1.amazonaws.com']],
      protocol: 'https',
    }
    expect(told({ request, answer: await refuse(request) })).toEqual(['unknown-key stated'])
  })
})
