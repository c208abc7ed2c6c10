/** Causes of presigned URLs, forms, CloudFront, and of what stands in front of a verifier. */
import { describe, expect, it } from 'vitest'
import { refuse, saying } from '../../../../../test/explain/verifier.ts'
import { KEY_ID, NOW, SECRET, signWrongly } from '../../../../../test/explain/wrong-signer.ts'
import { presignPost } from '../../sign/post/presign-post.ts'
import { presignUrl } from '../../sign/presign-url.ts'
import { explainRefusal, type Evidence, type ObservedRequest } from '../index.ts'

const credentials = { accessKeyId: KEY_ID, secretAccessKey: SECRET }
const token = 'a+token/=='
const temporary = { ...credentials, sessionToken: token }
const ORIGIN = 'https://bucket.s3.us-east-1.amazonaws.com'

interface Presigning {
  readonly keys?: typeof credentials & { readonly sessionToken?: string }
  readonly headers?: Record<string, string>
  readonly date?: Date
  readonly expiresIn?: number
}

/** A URL, and a request that uses it right: what is wrong is changed in the tests. */
function presigned({
  keys = credentials,
  headers = {},
  date = NOW,
  expiresIn = 600,
}: Presigning = {}): ObservedRequest {
  const options = { credentials: keys, date, expiresIn, region: 'us-east-1', service: 's3' }
  const { url } = presignUrl({ method: 'GET', url: `${ORIGIN}/key`, headers }, options)
  return {
    method: 'GET',
    target: url.slice(ORIGIN.length),
    headers: [['host', ORIGIN.slice(8)], ...Object.entries(headers)],
    protocol: 'https',
  }
}

function told(evidence: Evidence, options?: Parameters<typeof explainRefusal>[1]): string[] {
  const { verdicts } = explainRefusal(evidence, options)
  for (const secret of [SECRET, token]) expect(JSON.stringify(verdicts)).not.toContain(secret)
  return verdicts.map(({ code, grade }) => `${code} ${grade}`)
}

const later = (seconds: number): Date => new Date(NOW.getTime() + seconds * 1000)
const secrets = (): { secretAccessKey: string; sessionToken: string } => ({
  secretAccessKey: SECRET,
  sessionToken: token,
})

describe('presigned URLs', () => {
  it('M85a presign-method: proven with the key, and by the method that the server has', async () => {
    const request = { ...presigned(), method: 'HEAD' }
    const answer = await refuse(request)
    const [verdict] = explainRefusal({ request, answer }, { credentials }).verdicts
    expect(verdict).toMatchObject({ id: 'M85a', grade: 'proven', correction: { method: 'GET' } })
    expect(verdict?.finding).toBe('The URL was signed for GET, and sent with HEAD.')
    expect(told({ request: presigned(), wire: request, answer })).toEqual(['presign-method likely'])
  })

  it('M85b presign-headers-missing', async () => {
    const whole = presigned({ headers: { 'x-amz-meta-a': '1' } })
    const request = { ...whole, headers: whole.headers.slice(0, 1) }
    const answer = await refuse(request)
    expect(told({ request, answer })).toEqual([expect.stringMatching(/^presign-headers-missing /)])
    const { verdicts } = explainRefusal({ request, answer })
    expect(verdicts[0]?.fix).toBe("Send with it: -H 'x-amz-meta-a: …'")
  })

  it('M85c presign-extra-header: named by S3', async () => {
    const whole = presigned()
    const request = { ...whole, headers: [...whole.headers, ['x-amz-acl', 'private'] as const] }
    const answer = await refuse(request)
    const { verdicts } = explainRefusal({ request, answer })
    expect(verdicts).toMatchObject([
      { code: 'presign-extra-header', grade: 'stated', correction: { removeHeaders: ['x-amz-acl'] } },
    ])
  })

  it.each([
    ['through HTML', (target: string) => target.replaceAll('&', '&amp;'), undefined],
    ['encoded twice', (target: string) => target.replaceAll('%2F', '%252F'), undefined],
    ['a token from a form', (target: string) => target.replace('%2B', '+'), temporary],
    ['cut off', (target: string) => target.slice(0, -3), undefined],
    ['with a bracket behind it', (target: string) => `${target})`, undefined],
  ])('M85d presign-mangled: %s', async (_, mangle, keys) => {
    const right = presigned(keys ? { keys } : {})
    const request = { ...right, target: mangle(right.target) }
    const answer = await refuse(request, { secrets })
    const { verdicts } = explainRefusal({ request, answer })
    expect(verdicts.map(({ code }) => code)).toContain('presign-mangled')
    const repaired = verdicts.find(({ code }) => code === 'presign-mangled')?.correction?.target
    if (repaired !== undefined) expect(repaired).toBe(right.target)
    expect(JSON.stringify(verdicts)).not.toContain(SECRET)
  })

  it('M85e presign-expired: how long ago, or from the future, or for too long', async () => {
    const request = presigned()
    const answer = await refuse(request, { now: later(600 + 3660) })
    const { verdicts } = explainRefusal({ request, answer })
    expect(verdicts).toMatchObject([{ code: 'presign-expired', grade: 'stated' }])
    expect(verdicts[0]?.finding).toBe(
      'The URL was made for 10 min, and ended at 2026-11-22T12:10:00Z, 1 h 1 min before the server looked at it.',
    )
    const early = await refuse(request, { now: later(-5000) })
    expect(told({ request, answer: early })).toEqual(['presign-expired stated'])
    const long = { ...request, target: request.target.replace('Expires=600', 'Expires=604801') }
    expect(told({ request: long, answer: await refuse(long) })).toEqual(['presign-expired stated'])
  })

  it('M85f presign-hash: proven with the key', async () => {
    const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
    const options = { credentials, date: NOW, region: 'us-east-1', service: 's3', payloadHash: empty }
    const { url } = presignUrl({ method: 'GET', url: `${ORIGIN}/key` }, options)
    const target = url.slice(ORIGIN.length).replace(/&?X-Amz-Content-Sha256=[^&]*/i, '')
    const request = { ...presigned(), target }
    const answer = await refuse(request)
    expect(told({ request, answer }, { credentials })).toEqual(['presign-hash proven'])
  })

  it('M85g iot-token: proven with the key', async () => {
    const wss = 'https://x-ats.iot.us-east-1.amazonaws.com/mqtt'
    const options = { credentials: temporary, date: NOW, region: 'us-east-1', service: 'iotdata' }
    // Signed by a signer that knows nothing of IoT: the token is in, under a scope that is then renamed.
    const { canonicalRequest } = presignUrl({ method: 'GET', url: wss }, options)
    const { createHash, createHmac } = await import('node:crypto')
    const canonical = canonicalRequest.replace('%2Fiotdata%2F', '%2Fiotdevicegateway%2F')
    const scope = '20261122/us-east-1/iotdevicegateway/aws4_request'
    const hash = createHash('sha256').update(canonical).digest('hex')
    const key = scope
      .split('/')
      .reduce<string | Buffer>(
        (own, part) => createHmac('sha256', own).update(part).digest(),
        `AWS4${SECRET}`,
      )
    const signature = createHmac('sha256', key)
      .update(`AWS4-HMAC-SHA256\n20261122T120000Z\n${scope}\n${hash}`)
      .digest('hex')
    const target = `/mqtt?${canonical.split('\n')[2]}&X-Amz-Signature=${signature}`
    const request: ObservedRequest = {
      method: 'GET',
      target,
      headers: [['host', 'x-ats.iot.us-east-1.amazonaws.com']],
      protocol: 'https',
    }
    const answer = await refuse(request, { service: 'iotdevicegateway', dialect: 'restJson', secrets })
    expect(told({ request, answer }, { credentials: temporary })).toEqual(['iot-token proven'])
  })

  it('M85j presign-plus-auth', async () => {
    const whole = presigned()
    const authorization = signWrongly({ target: '/key' }).request.headers.at(-1)?.[1] ?? ''
    const request = { ...whole, headers: [...whole.headers, ['authorization', authorization] as const] }
    const answer = await refuse(request)
    expect(told({ request, answer })).toEqual(['presign-plus-auth stated'])
  })
})

describe('forms', () => {
  const form = presignPost(
    { url: `${ORIGIN}/`, bucket: 'bucket', key: 'a.txt', conditions: [['content-length-range', 1, 10]] },
    { credentials, date: NOW, region: 'us-east-1' },
  )

  /** The form as a browser sends it. */
  function upload(
    change: (fields: [string, string][]) => readonly (readonly [string, string])[],
    file = 'hello',
  ): ObservedRequest {
    const fields = [...change([...form.fields]), ['file', file] as const]
    const parts = fields.map(
      ([name, value]) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
    )
    const headers: [string, string][] = [
      ['host', ORIGIN.slice(8)],
      ['content-type', 'multipart/form-data; boundary=b'],
    ]
    return { method: 'POST', target: '/', headers, body: Buffer.from(`${parts.join('')}--b--\r\n`) }
  }

  it.each([
    [
      'a field without a condition',
      upload((fields) => [...fields, ['acl', 'private']]),
      'Invalid according to Policy: Extra input fields: acl',
      'acl is in no condition',
    ],
    [
      'a condition that fails',
      upload((fields) => fields.map(([name, value]) => [name, name === 'key' ? 'b.txt' : value])),
      'Invalid according to Policy: Policy Condition failed: ["eq", "$key", "a.txt"]',
      'key is not "a.txt"',
    ],
    [
      'a field that is missing',
      upload((fields) => fields.filter(([name]) => name !== 'key')),
      "Bucket POST must contain a field named 'key'.",
      'the field key is missing',
    ],
  ])('M85h post-policy: %s', (_, request, message, finding) => {
    const { verdicts } = explainRefusal({ request, answer: saying(400, 'InvalidArgument', message) })
    expect(verdicts).toMatchObject([{ code: 'post-policy', grade: 'stated' }])
    expect(verdicts[0]?.finding).toContain(finding)
    expect(told({ request, answer: { status: 403, headers: [] } })).toEqual(['post-policy likely'])
  })

  it('M85h post-policy: every fault at once, and what to add', () => {
    const request = upload((fields) => [...fields, ['acl', 'x'], ['tag', 'y']], 'much too long')
    const answer = saying(400, 'EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size')
    const { verdicts } = explainRefusal({ request, answer })
    expect(verdicts[0]?.finding).toBe(
      'The form does not fit its policy: acl is in no condition; tag is in no condition; the file has 13 bytes, and 1 to 10 are allowed.',
    )
    expect(verdicts[0]?.fix).toBe(
      'Add to the conditions: ["starts-with", "$acl", ""], ["starts-with", "$tag", ""]',
    )
  })

  it('says nothing about a form that fits', () => {
    expect(
      told({ request: upload((fields) => fields), answer: saying(403, 'SignatureDoesNotMatch', 'no') }),
    ).toEqual([])
  })
})

describe('CloudFront', () => {
  const policyOf = (text: string): string =>
    btoa(text).replaceAll('+', '-').replaceAll('=', '_').replaceAll('/', '~')
  const right =
    '{"Statement":[{"Resource":"https://d.cloudfront.net/a*","Condition":{"DateLessThan":{"AWS:EpochTime":1795348800}}}]}'

  it.each([
    ['milliseconds', 'Expires=1795348800000&Signature=a&Key-Pair-Id=K', 'Expires is in milliseconds'],
    ['plain base64', 'Expires=1795348800&Signature=a%2Bb%3D&Key-Pair-Id=K', 'Signature has + / ='],
    ['no key pair', 'Expires=1795348800&Signature=a', 'Key-Pair-Id is missing'],
    [
      'blanks',
      `Policy=${policyOf(right.replaceAll(':{', ': {'))}&Signature=a&Key-Pair-Id=K`,
      'blanks or line ends',
    ],
    [
      'milliseconds in the policy',
      `Policy=${policyOf(right.replace('1795348800', '1795348800000'))}&Signature=a&Key-Pair-Id=K`,
      'EpochTime is in milliseconds',
    ],
    [
      'another resource',
      `Policy=${policyOf(right.replace('/a*', '/b*'))}&Signature=a&Key-Pair-Id=K`,
      'not this URL',
    ],
  ])('M85i cloudfront: %s', (_, query, finding) => {
    const request: ObservedRequest = {
      method: 'GET',
      target: `/a.jpg?${query}`,
      headers: [['host', 'd.cloudfront.net']],
      protocol: 'https',
      host: 'd.cloudfront.net',
    }
    const { verdicts } = explainRefusal({
      request,
      answer: saying(403, 'MalformedPolicy', 'Malformed Policy'),
    })
    expect(verdicts).toMatchObject([{ code: 'cloudfront', grade: 'stated' }])
    expect(verdicts[0]?.finding).toContain(finding)
  })

  it('says nothing about a URL whose text is right', () => {
    const query = `Policy=${policyOf(right)}&Signature=a&Key-Pair-Id=K`
    const request: ObservedRequest = {
      method: 'GET',
      target: `/a.jpg?${query}`,
      headers: [],
      protocol: 'https',
      host: 'd.cloudfront.net',
    }
    expect(told({ request, answer: saying(403, 'MalformedPolicy', 'no') })).toEqual([])
  })
})

describe('on the side of the server', () => {
  it('M86b rotated-secret: proven with the secrets before', async () => {
    const { request } = signWrongly({ target: '/key' }, { secret: () => 'the secret before' })
    const answer = await refuse(request)
    const candidates = [{ accessKeyId: KEY_ID, secretAccessKey: 'the secret before' }]
    expect(told({ request, answer }, { credentials, candidates })).toEqual(['rotated-secret proven'])
  })

  it('M86a middleware: what was signed is right, and what arrived is not', async () => {
    const { request } = signWrongly({ target: '/api/key' })
    const wire = {
      ...request,
      target: '/key',
      headers: [...request.headers, ['x-forwarded-for', '192.0.2.1'] as const],
    }
    const answer = await refuse(wire, { dialect: 'restJson' })
    expect(
      told({ request, wire, answer: { status: answer.status, headers: [] } }, { credentials }),
    ).toContain('middleware proven')
  })
})
