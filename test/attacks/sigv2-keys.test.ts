/** Attacks on the keys of version 2, and on what its refusals tell. */
import { describe, expect, it } from 'vitest'
import { signRequest, SigningKey } from '../../packages/countersign/src/index.ts'
import { s3V2, sigV2 } from '../../packages/countersign/src/sigv2.ts'
import { sigV4A } from '../../packages/countersign/src/sigv4a.ts'
import {
  explainRequest,
  s3Xml,
  sigV4,
  type VerifierOptions,
} from '../../packages/countersign/src/verify/index.ts'
import {
  expectMismatch,
  FORMS,
  hmacBase64,
  httpDateAt,
  PLACES,
  QUERY,
  S3,
  signS3V2InHeader,
  signS3V2InUrl,
  signSigV2Message,
} from '../kit/messages-v2.ts'
import { expectLetIn, expectRefused } from '../kit/everywhere.ts'
import {
  HOST,
  KEY_ID,
  NOW,
  refusalOf,
  SECRET,
  signInHeader,
  TOKEN,
  verifierFor,
  withAuthorization,
  withoutHeader,
  withTarget,
  type HeaderField,
  type SentMessage,
} from '../kit/messages.ts'

describe('A38, A41, B16 the credential', () => {
  it.each([
    'AWS HAHAHA',
    `AWS ${KEY_ID}:`,
    'AWS :c2lnbmF0dXJl',
    'AWS a:b:c2ln',
    `AWS ${KEY_ID}: c2ln`,
    `AWS ${KEY_ID}:c2ln,x`,
    `AWS ${KEY_ID} c2ln`,
  ])('%s', async (value) => {
    const error = await refusalOf(
      withAuthorization(signS3V2InHeader(), () => value),
      S3,
    )
    const malformed = ['AUTHORIZATION_MALFORMED', 'SIGNATURE_MALFORMED']
    expect(malformed).toContain(error.code)
    if (error.code === 'AUTHORIZATION_MALFORMED')
      expect(error).toMatchObject({ awsCode: 'InvalidArgument', status: 400 })
  })

  it.each(['aws', 'Aws', 'AWS4', 'AWS2'])('the scheme %s is another', async (scheme) => {
    const changed = withAuthorization(signS3V2InHeader(), (value) => value.replace('AWS', scheme))
    expect(['SCHEME_UNKNOWN', 'MECHANISM_UNSUPPORTED']).toContain((await refusalOf(changed, S3)).code)
  })

  it.each(['a'.repeat(129), 'a,b', 'a"b', 'k\u00e9y'])('access key id %j', async (accessKeyId) => {
    for (const { sign } of PLACES) {
      const error = await refusalOf(sign({ accessKeyId }), S3)
      expect(['CREDENTIAL_MALFORMED', 'REQUEST_MALFORMED']).toContain(error.code)
    }
    const error = await refusalOf(signSigV2Message({ parameters: { AWSAccessKeyId: accessKeyId } }), QUERY)
    expect(error).toMatchObject({ code: 'CREDENTIAL_MALFORMED', awsCode: 'InvalidArgument' })
  })

  it('a long Authorization', async () => {
    const changed = withAuthorization(signS3V2InHeader(), (value) => value + ' '.repeat(17_000))
    await expectRefused(changed, 'LIMIT_EXCEEDED', 'InvalidRequest', S3)
  })

  it('an unknown key', async () => {
    for (const { sign } of PLACES) {
      await expectRefused(sign({ accessKeyId: 'ASIAUNKNOWN' }), 'KEY_UNKNOWN', 'InvalidAccessKeyId', S3)
    }
    const parameters = { AWSAccessKeyId: 'ASIAUNKNOWN' }
    for (const { method } of FORMS) {
      await expectRefused(
        signSigV2Message({ method, parameters }),
        'KEY_UNKNOWN',
        'InvalidAccessKeyId',
        QUERY,
      )
    }
  })
})

describe('B1, B2 session tokens', () => {
  const temporary: Partial<VerifierOptions<string>> = {
    secrets: () => ({ secretAccessKey: SECRET, sessionToken: TOKEN, principal: 'alice' }),
  }

  const header: HeaderField[] = [['x-amz-security-token', TOKEN]]
  const cases: readonly (readonly [string, SentMessage, SentMessage, Partial<VerifierOptions<string>>])[] = [
    ['S3 in the header', signS3V2InHeader({ headers: header }), signS3V2InHeader(), S3],
    ['S3 beside the URL', signS3V2InUrl({ headers: header }), signS3V2InUrl(), S3],
    [
      'S3 in the URL',
      withoutHeader(
        withTarget(
          signS3V2InUrl({ headers: header }),
          (target) => `${target}&x-amz-security-token=${encodeURIComponent(TOKEN)}`,
        ),
        'x-amz-security-token',
      ),
      signS3V2InUrl(),
      S3,
    ],
    ['a query API', signSigV2Message({ parameters: { SecurityToken: TOKEN } }), signSigV2Message(), QUERY],
  ]

  it.each(cases)('%s', async (_, withToken, without, options) => {
    await expectLetIn(withToken, { ...options, ...temporary })
    await expectRefused(withToken, 'TOKEN_INVALID', 'InvalidToken', options)
    await expectRefused(without, 'TOKEN_MISSING', 'InvalidAccessKeyId', { ...options, ...temporary })
  })

  it('a long one', async () => {
    const headers: HeaderField[] = [['x-amz-security-token', 'a'.repeat(9000)]]
    await expectRefused(signS3V2InHeader({ headers }), 'LIMIT_EXCEEDED', 'InvalidRequest', S3)
  })
})

describe('B12, B13 keys', () => {
  it('the keys of several algorithms are not taken for each other', async () => {
    const verifier = verifierFor({ algorithms: [sigV4, sigV4A, s3V2, sigV2] })
    const signed = signRequest(
      { method: 'GET', url: `https://${HOST}/bucket/key` },
      {
        credentials: { accessKeyId: KEY_ID, secretAccessKey: SECRET },
        date: NOW,
        service: 's3',
        region: '*',
        algorithm: sigV4A,
      },
    )
    const sigV4AMessage = { method: 'GET', target: '/bucket/key', headers: signed.headers }
    const sent = [
      signInHeader(),
      sigV4AMessage,
      signS3V2InHeader(),
      signSigV2Message(),
      signSigV2Message({ hash: 'sha1' }),
    ]
    for (const round of [sent, sent.toReversed(), sent]) {
      const names = []
      for (const message of round) names.push((await verifier.verify(message)).algorithm)
      expect(names.toSorted()).toEqual([
        'AWS',
        'AWS4-ECDSA-P256-SHA256',
        'AWS4-HMAC-SHA256',
        'HmacSHA1',
        'HmacSHA256',
      ])
    }
  })

  it('a rotated secret works at once, and one that is gone does not', async () => {
    const found = { secretAccessKey: ['new', SECRET] as string | string[], principal: 'alice' }
    const verifier = verifierFor({ ...S3, secrets: () => found })
    expect((await verifier.verify(signS3V2InHeader())).warnings).toEqual(['OLDER_SECRET_USED'])
    found.secretAccessKey = 'new'
    await expect(verifier.verify(signS3V2InHeader())).rejects.toMatchObject({ code: 'SIGNATURE_MISMATCH' })
    expect(await verifier.verify(signS3V2InHeader({ secretAccessKey: 'new' }))).toBeDefined()
  })

  it('a derived key is of version 4 alone', async () => {
    const signingKey = SigningKey.derive(SECRET, { date: '20261122', region: 'us-east-1', service: 's3' })
    await expectMismatch(signS3V2InHeader(), { ...S3, secrets: () => ({ signingKey }) })
  })

  it('the look-up is told the algorithm, and no region', async () => {
    const hints: unknown[] = []
    const secrets: VerifierOptions<string>['secrets'] = (_, given) => {
      hints.push(given)
      return { secretAccessKey: SECRET, principal: 'alice' }
    }
    await verifierFor({ ...S3, secrets, service: ['execute-api', 's3'] }).verify(signS3V2InHeader())
    await verifierFor({ ...QUERY, secrets }).verify(signSigV2Message())
    expect(hints).toEqual([
      { algorithm: 'AWS', date: '20261122', region: undefined, service: 's3' },
      { algorithm: 'HmacSHA256', date: '20261122', region: undefined, service: 'sdb' },
    ])
  })
})

describe('B6 what a refusal tells', () => {
  it('the string to sign, and neither a secret nor the right signature', async () => {
    const right = signS3V2InHeader()
      .headers.find(([name]) => name === 'authorization')![1]
      .split(':')[1]!
    const error = await expectMismatch(withTarget(signS3V2InHeader(), () => '/bucket/other'))
    const computed = hmacBase64('sha1', error.steps!.stringToSign)
    const { body } = s3Xml(error)
    expect(body).toContain('<StringToSign>GET')
    expect(body).toContain(right)
    expect(body).not.toContain('<CanonicalRequest>')
    for (const text of [body, JSON.stringify(error), String(error), error.stack]) {
      expect(text).not.toContain(computed)
      expect(text).not.toContain(SECRET)
    }
  })

  it('a report explains it', () => {
    const options = { service: 's3', region: 'us-east-1', now: () => NOW, algorithms: [s3V2, sigV2] }
    const key = { secretAccessKey: SECRET }
    const good = explainRequest(signS3V2InHeader(), { ...options, key })
    expect(good).toMatchObject({
      verdict: 'valid',
      algorithm: 'AWS',
      stringToSign: expect.stringMatching(/^GET\n/),
    })
    const form = explainRequest(signSigV2Message({ method: 'POST' }), { ...options, key })
    expect(form).toMatchObject({ verdict: 'valid', algorithm: 'HmacSHA256', mechanism: 'form' })
    const bad = explainRequest(signS3V2InHeader({ date: httpDateAt(-3600) }), { ...options, key })
    expect(bad.findings.filter(({ isOk }) => !isOk)).toMatchObject([{ code: 'CLOCK_SKEWED' }])
  })
})
