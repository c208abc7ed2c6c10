/** SigV4A: nothing can be signed again and compared, so that each text is tried with the public key. */
import { createECDH } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { refusalOf } from '../../../../test/explain/server.ts'
import {
  KEY_ID,
  SECRET,
  sha256,
  signWrongly,
  type Mistake,
  type Request,
} from '../../../../test/explain/wrong-signer.ts'
import { nobleP256 } from '../crypto/noble-p256.ts'
import { sigV4A } from '../sigv4a.ts'
import { explainRefusal, type Evidence, type Explanation, type ObservedRequest } from './index.ts'

/** The key pair, for WebCrypto. */
function jwkOf(): JsonWebKey {
  const scalar = sigV4A.deriveKey(SECRET, { date: '', service: '' }, KEY_ID)
  const ecdh = createECDH('prime256v1')
  ecdh.setPrivateKey(scalar)
  const point = ecdh.getPublicKey()
  const [d, x, y] = [scalar, point.subarray(1, 33), point.subarray(33)].map((part) =>
    Buffer.from(part).toString('base64url'),
  )
  return { kty: 'EC', crv: 'P-256', d: d!, x: x!, y: y! }
}

const credentials = { accessKeyId: KEY_ID, secretAccessKey: SECRET }
const withKey = { credentials, algorithms: [sigV4A] }
const SETS = 'us-east-1,eu-west-1'

const REQUEST: Request = {
  method: 'POST',
  target: '/bucket/a@b/c%20d?b=1&a=x%20y&acl',
  headers: [['accept-encoding', 'gzip']],
  body: '{"a":1}\n',
  regionSet: SETS,
}

const MISTAKES: readonly (readonly [code: string, mistake: Mistake])[] = [
  ['path-reserved-bare', { path: (_, raw) => raw }],
  ['query-sort', { query: (canonical) => canonical.split('&').toReversed().join('&') }],
  [
    'accept-encoding',
    {
      headers: (lines) => lines.map(([name, text]) => [name, name === 'accept-encoding' ? 'identity' : text]),
    },
  ],
  ['body-changed', { payloadHash: () => sha256('{"a":1}') }],
  ['secret-whitespace', { secret: (secret) => `${secret}\n` }],
  ['scope-shape', { scope: ([day = '', ...rest]) => [day, 'eu-west-1', ...rest] }],
  ['wrong-algorithm', { algorithm: () => 'AWS4-HMAC-SHA256' }],
]
const PAIRS = MISTAKES.flatMap(([code, mistake], index) => {
  const [other, more] = MISTAKES[(index + 1) % MISTAKES.length]!
  return [[code, other, { ...mistake, ...more }] as const]
})

function proven({ verdicts }: Explanation): Set<string> {
  return new Set(verdicts.map(({ code, grade }) => `${code} ${grade}`))
}

describe('the search with a key of SigV4A', () => {
  it.each(PAIRS)('proves %s and %s at once', (code, other, mistake) => {
    const { request } = signWrongly(REQUEST, mistake)
    const explanation = explainRefusal({ request }, withKey)
    expect(proven(explanation)).toEqual(new Set([`${code} proven`, `${other} proven`]))
    expect(explanation.isSearchCutShort).toBe(false)
  })

  it.each(['path-reserved-bare', 'secret-whitespace', 'scope-shape', 'wrong-algorithm'])(
    'proves %s of a presigned URL',
    (code) => {
      const { request } = signWrongly({ ...REQUEST, isPresigned: true }, new Map(MISTAKES).get(code))
      expect(proven(explainRefusal({ request }, withKey))).toEqual(new Set([`${code} proven`]))
    },
  )

  it('ends at a limit, by default 4,000 texts, and says so', () => {
    const { request } = signWrongly(REQUEST, { secret: () => 'another secret' })
    const whole = explainRefusal({ request }, withKey)
    expect(whole).toMatchObject({ verdicts: [], searched: 4000, isSearchCutShort: true })
    expect(whole.ruledOut).toEqual(
      expect.arrayContaining(['path-reserved-bare', 'region-set', 'scope-shape']),
    )
    const short = explainRefusal({ request }, { ...withKey, limits: { candidates: 20 } })
    expect(short).toMatchObject({ verdicts: [], searched: 20, isSearchCutShort: true })
    expect(short.ruledOut).not.toContain('region-set')
  })

  it('says that the signature is right where it is', () => {
    const { request } = signWrongly(REQUEST)
    expect(explainRefusal({ request }, withKey)).toMatchObject({
      verdicts: [],
      isSignatureRight: true,
      searched: 1,
      isSearchCutShort: false,
    })
  })

  it('needs the algorithm, and a secret: keys that were derived are of SigV4', () => {
    const { request } = signWrongly(REQUEST, { path: (_, raw) => raw })
    const { isSignatureRight, searched } = explainRefusal({ request }, { credentials })
    expect({ isSignatureRight, searched }).toEqual({ isSignatureRight: undefined, searched: 0 })
  })

  it('works in plain JavaScript, too', () => {
    const algorithms = [{ ...sigV4A, prepareKey: nobleP256 }]
    const { request } = signWrongly(REQUEST, { path: (_, raw) => raw })
    const explanation = explainRefusal({ request }, { credentials, algorithms })
    expect(proven(explanation)).toEqual(new Set(['path-reserved-bare proven']))
  })
})

describe('what needs no key', () => {
  it('is proven by both canonical requests', async () => {
    const { request, canonicalRequest } = signWrongly(REQUEST, { path: (_, raw) => raw })
    const evidence: Evidence = { request, signed: { canonicalRequest }, answer: await refusalOf(request) }
    const explanation = explainRefusal(evidence)
    expect(proven(explanation)).toEqual(new Set(['path-reserved-bare proven']))
    expect(explanation).toMatchObject({ searched: 0, echo: { state: 'sound' } })
  })

  it('is told of the region set', () => {
    const { request } = signWrongly({ ...REQUEST, regionSet: 'us-east-1;eu-west-1' })
    expect(proven(explainRefusal({ request }))).toEqual(new Set(['region-set likely']))
    const all = signWrongly({ target: '/', region: '*' })
    expect(proven(explainRefusal({ request: all.request }))).toEqual(new Set(['needs-sigv4a likely']))
  })
})

describe('what the request itself has wrong', () => {
  const change = ({ request }: { request: ObservedRequest }, from: string, to: string): ObservedRequest => ({
    ...request,
    target: request.target.replace(from, to),
    headers: request.headers.map(([name, text]) => [name, text.replace(from, to)]),
  })

  it('a scope that has a region, in what was signed as in the credential', () => {
    const wrong: Mistake = { scope: ([day = '', ...rest]) => [day, 'us-east-1', ...rest] }
    const sent = change(signWrongly(REQUEST, wrong), '/s3/', '/us-east-1/s3/')
    const explanation = explainRefusal({ request: sent }, withKey)
    expect(explanation.verdicts).toMatchObject([
      {
        code: 'scope-shape',
        grade: 'proven',
        finding: 'The scope reads 20261122 / us-east-1 / s3 / aws4_request.',
      },
    ])
  })

  it('a presigned URL that lost its region set', () => {
    const { request } = signWrongly({ ...REQUEST, isPresigned: true })
    const target = request.target.replace(/&X-Amz-Region-Set=[^&]*/, '')
    const { verdicts } = explainRefusal({ request: { ...request, target } }, withKey)
    expect(verdicts).toMatchObject([
      {
        code: 'region-set',
        grade: 'proven',
        finding: 'It was signed for the region set us-east-1,eu-west-1, and sent with no region set.',
      },
    ])
  })

  it('a chunk that was altered, found by the chain of signatures', () => {
    const mode = 'STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD'
    const headers = [
      ['x-amz-content-sha256', mode],
      ['x-amz-decoded-content-length', '8196'],
    ] as const
    const { request, chunkSignature } = signWrongly({ ...REQUEST, method: 'PUT', headers, body: '' })
    const frame = (data: string): string =>
      `${data.length.toString(16)};chunk-signature=${chunkSignature(data).padEnd(144, '*')}\r\n${data}\r\n`
    const body = frame('a'.repeat(8192)) + frame('last') + frame('')
    const explain = (text: string): Explanation =>
      explainRefusal({ request: { ...request, body: Buffer.from(text) } }, withKey)
    expect(explain(body)).toMatchObject({ verdicts: [], isSignatureRight: true })
    const { verdicts } = explain(body.replace('last', 'lost'))
    expect(verdicts).toMatchObject([{ code: 'chunk-framing', grade: 'likely' }])
    expect(verdicts[0]?.finding).toContain('is not that of its 4 bytes')
  })

  it('a signature in another form, be it of WebCrypto', async () => {
    const { request, stringToSign } = signWrongly(REQUEST)
    const der = /Signature=(\w+)/.exec(JSON.stringify(request))?.[1] ?? ''
    const key = await crypto.subtle.importKey('jwk', jwkOf(), { name: 'ECDSA', namedCurve: 'P-256' }, false, [
      'sign',
    ])
    const ofWebCrypto = await crypto.subtle.sign(
      { name: 'ECDSA', hash: 'SHA-256' },
      key,
      Buffer.from(stringToSign),
    )
    for (const [form, written] of [
      ['as its two numbers one behind the other, without DER', Buffer.from(ofWebCrypto).toString('hex')],
      ['as its two numbers one behind the other, without DER', Buffer.from(ofWebCrypto).toString('base64')],
      ['in base64', Buffer.from(der, 'hex').toString('base64')],
      ['in upper-case hex', der.toUpperCase()],
    ] as const) {
      const sent = change({ request }, der, written)
      const { verdicts } = explainRefusal({ request: sent }, withKey)
      const finding = `The signature is written ${form}.`
      expect(verdicts).toMatchObject([{ code: 'signature-form', grade: 'proven', finding }])
      expect(explainRefusal({ request: sent }).verdicts).toMatchObject([
        { code: 'signature-form', grade: 'likely' },
      ])
    }
    const hmac = change({ request }, der, 'a'.repeat(64))
    expect(proven(explainRefusal({ request: hmac }, withKey))).toEqual(new Set(['signature-form likely']))
  })
})
