/** Causes in region, service and algorithm, from requests that a verifier refused for them. */
import { describe, expect, it } from 'vitest'
import { refuse, saying, sayingJson, type ServerOptions } from '../../../../../test/explain/verifier.ts'
import { KEY_ID, NOW, SECRET, signWrongly } from '../../../../../test/explain/wrong-signer.ts'
import { presignUrl } from '../../sign/presign-url.ts'
import { explainRefusal, type Evidence, type ObservedAnswer, type ObservedRequest } from '../index.ts'

function told(evidence: Evidence): string[] {
  return explainRefusal(evidence).verdicts.map(({ code, grade }) => `${code} ${grade}`)
}

function signedFor(
  host: string,
  service: string,
  region: string,
  more: readonly (readonly [string, string])[] = [],
): ObservedRequest {
  return signWrongly({ target: '/', service, region, headers: [['host', host], ...more] }).request
}

function presigned(region: string): ObservedRequest {
  const credentials = { accessKeyId: KEY_ID, secretAccessKey: SECRET }
  const { url } = presignUrl(
    { method: 'GET', url: 'https://h.example/key' },
    { credentials, date: NOW, region, service: 's3' },
  )
  return {
    method: 'GET',
    target: url.slice('https://h.example'.length),
    headers: [['host', 'h.example']],
    protocol: 'https',
  }
}

const MISMATCH = saying(403, 'SignatureDoesNotMatch', 'no')

describe('regions of S3', () => {
  it('M23 s3-region-header: named by the server', async () => {
    const request = signedFor('bucket.s3.amazonaws.com', 's3', 'us-east-1')
    const answer = await refuse(request, { region: 'eu-west-1' })
    const { verdicts } = explainRefusal({ request, answer })
    expect(verdicts).toMatchObject([
      {
        id: 'M23',
        code: 's3-region-header',
        grade: 'stated',
        line: { field: 'scope', ours: 'us-east-1', theirs: 'eu-west-1' },
        correction: { region: 'eu-west-1' },
      },
    ])
  })

  it('M24 s3-region-presign', async () => {
    const request = presigned('us-east-1')
    const answer = await refuse(request, { region: 'eu-west-1' })
    expect(told({ request, answer })).toEqual(['s3-region-presign stated'])
  })

  it.each<[string, ObservedAnswer]>([
    [
      '301',
      saying(301, 'PermanentRedirect', 'The bucket…', {
        elements: { Endpoint: 'b.s3.eu-west-1.amazonaws.com' },
        headers: [['x-amz-bucket-region', 'eu-west-1']],
      }),
    ],
    [
      '307',
      saying(307, 'TemporaryRedirect', 'Please re-send', {
        elements: { Endpoint: 'b.s3-eu-west-1.amazonaws.com' },
      }),
    ],
    ['an empty 400 on HEAD', { status: 400, headers: [['x-amz-bucket-region', 'eu-west-1']] }],
  ])('M25 bucket-elsewhere: %s', (_, answer) => {
    const request = signedFor('b.s3.amazonaws.com', 's3', 'us-east-1')
    expect(told({ request, answer })).toEqual(['bucket-elsewhere stated'])
  })
})

describe('regions of the others', () => {
  const sts: ServerOptions = { service: 'sts', dialect: 'queryXml', region: 'eu-west-1' }

  it('M26 region: stated by the server, or likely by the host', async () => {
    const request = signedFor('sts.eu-west-1.amazonaws.com', 'sts', 'us-west-2')
    const answer = await refuse(request, sts)
    const { verdicts } = explainRefusal({ request, answer })
    expect(verdicts).toMatchObject([{ code: 'region', grade: 'stated', correction: { region: 'eu-west-1' } }])
    expect(told({ request, answer: MISMATCH })).toEqual(['region likely'])
    const unknown = signedFor('internal.example', 'sts', 'us-west-2')
    expect(told({ request: unknown, answer: await refuse(unknown, sts) })).toEqual(['region stated'])
  })

  it('M27 global-endpoint', async () => {
    const request = signedFor('iam.amazonaws.com', 'iam', 'eu-west-1')
    const answer = await refuse(request, { service: 'iam', dialect: 'queryXml', region: 'us-east-1' })
    expect(told({ request, answer })).toEqual(['global-endpoint stated'])
    expect(told({ request, answer: MISMATCH })).toEqual(['global-endpoint likely'])
  })
})

describe('services', () => {
  it('M28 service-name: stated by both kinds of servers, or likely by the host', async () => {
    const request = signedFor('x.eu-west-1.aoss.amazonaws.com', 'es', 'eu-west-1')
    const answer = await refuse(request, { service: 'aoss', dialect: 'restJson', region: 'eu-west-1' })
    const { verdicts } = explainRefusal({ request, answer })
    expect(verdicts).toMatchObject([
      { code: 'service-name', grade: 'stated', correction: { service: 'aoss' } },
    ])
    expect(told({ request, answer: MISMATCH })).toEqual(['service-name likely'])
    const s3 = signedFor('internal.example', 'execute-api', 'us-east-1', [
      ['x-amz-content-sha256', 'UNSIGNED-PAYLOAD'],
    ])
    expect(told({ request: s3, answer: await refuse(s3) })).toEqual(['service-name stated'])
  })

  it('M31 no-inference: one thing that is possible', () => {
    const request = signedFor('vpce-0123-abc.execute-api.internal', 'execute-api', 'us-east-1')
    expect(told({ request, answer: MISMATCH })).toEqual(['no-inference possible'])
  })
})

describe('how a scope is written', () => {
  it.each(['eu-west-1a', 'EU-WEST-1', ' eu-west-1'])('M29 scope-spelling: %s', async (region) => {
    const request = signedFor('internal.example', 's3', region)
    const answer = await refuse(request, { region: 'eu-west-1' })
    expect(told({ request, answer })).toEqual([
      expect.stringMatching(/^(?:scope-spelling|s3-region-header|scope-shape) /),
    ])
    expect(told({ request, answer: MISMATCH })).toEqual(['scope-spelling likely'])
  })

  it.each([
    ['/aws4_request', '/aws3_request'],
    ['/s3/', '/'],
    ['20261122/', ''],
  ])('M30 scope-shape: %s becomes %s', async (from, to) => {
    const right = signedFor('internal.example', 's3', 'us-east-1')
    const request = {
      ...right,
      headers: right.headers.map(([name, value]) => [name, value.replace(from, to)] as const),
    }
    expect(told({ request, answer: await refuse(request) })).toEqual(['scope-shape stated'])
  })
})

describe('algorithms', () => {
  it('M32 needs-sigv4a', () => {
    const request = signedFor('alias.mrap.accesspoint.s3-global.amazonaws.com', 's3', 'us-east-1')
    expect(told({ request, answer: MISMATCH })).toEqual(['needs-sigv4a likely'])
    const unsigned = signWrongly(
      { target: '/', regionSet: '*', headers: [['host', 'b.s3.amazonaws.com']] },
      { headers: (lines) => lines.filter(([name]) => name !== 'x-amz-region-set') },
    )
    expect(told({ request: unsigned.request, answer: MISMATCH })).toEqual(['needs-sigv4a likely'])
  })

  it('M33 wrong-algorithm: version 2, and what nobody knows', async () => {
    const headers = [
      ['host', 'h'],
      ['date', NOW.toUTCString()],
      ['authorization', 'AWS AKIDEXAMPLE:c2lnbmF0dXJl'],
    ] as const
    const request: ObservedRequest = { method: 'GET', target: '/', headers }
    const answer = await refuse(request)
    const { verdicts } = explainRefusal({ request, answer })
    expect(verdicts).toMatchObject([{ code: 'wrong-algorithm', grade: 'stated' }])
    expect(verdicts[0]?.finding).toContain('version 2')
    const other = sayingJson(
      400,
      'InvalidRequest',
      'The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.',
    )
    expect(told({ request, answer: other })).toEqual(['wrong-algorithm stated'])
  })
})
