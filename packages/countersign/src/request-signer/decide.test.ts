import { describe, expect, it } from 'vitest'
import { sigV4A } from '../sigv4a.ts'
import { createBearerSigner, RequestSigner, sigV4, type RequestRules } from './index.ts'

const bearer = createBearerSigner({ token: 'abc' })
const ALL = [sigV4, sigV4A, bearer]
const MRAP = 'https://mfzwi23gnjvgw.mrap.accesspoint.s3-global.amazonaws.com/a'
const EXPRESS = 'https://logs--use1-az4--x-s3.s3express-use1-az4.us-east-1.amazonaws.com'
const BEDROCK = 'https://bedrock-runtime.us-east-1.amazonaws.com/model/x/invoke'

function decide(url: string, rules: RequestRules = {}, ofSigner: RequestRules = {}, algorithms = ALL) {
  return new RequestSigner({ ...ofSigner, algorithms }).decide({ method: 'POST', url }, rules)
}

describe('what a host wants', () => {
  it.each([
    ['https://sqs.eu-west-1.amazonaws.com/', 'sigv4', 'sqs', 'eu-west-1'],
    ['https://b.s3.eu-west-1.amazonaws.com/k', 'sigv4', 's3', 'eu-west-1'],
    [MRAP, 'sigv4a', 's3', '*'],
    ['https://abc.cloudfront-kvs.global.api.aws/x', 'sigv4a', 'cloudfront-keyvaluestore', '*'],
    ['https://abc.def.endpoint.events.amazonaws.com/', 'sigv4a', 'events', '*'],
    ['https://abc.def.endpoint.events.api.aws/', 'sigv4a', 'events', '*'],
    ['https://abc.456.endpoints.email.amazonaws.com/', 'sigv4a', 'ses', '*'],
    [`${EXPRESS}/a`, 'sigv4-s3express', 's3express', 'us-east-1'],
    [`${EXPRESS}/?session`, 'sigv4', 's3express', 'us-east-1'],
    [`${EXPRESS}/?list-type=2&session-like`, 'sigv4-s3express', 's3express', 'us-east-1'],
    ['https://s3express-control.us-east-1.amazonaws.com/logs--use1-az4', 'sigv4', 's3express', 'us-east-1'],
    ['https://sdb.amazonaws.com/', 'sigv2', 'sdb', 'us-east-1'],
    ['https://sdb.eu-west-1.amazonaws.com/', 'sigv2', 'sdb', 'eu-west-1'],
    ['https://codecatalyst.global.api.aws/v1/x', 'bearer', 'codecatalyst', undefined],
    [BEDROCK, 'bearer', 'bedrock', 'us-east-1'],
    ['https://store.example.com/', 'sigv4', undefined, undefined],
    ['https://memory-db-fips.us-east-1.amazonaws.com/', 'sigv4', 'memorydb', 'us-east-1'],
    ['https://id.data.mediastore.eu-west-1.amazonaws.com/a', 'sigv4', 'mediastore', 'eu-west-1'],
    ['https://waf.amazonaws.com:443/', 'sigv4', 'waf', 'us-east-1'],
    ['https://waf.amazonaws.com.example/', 'sigv4', undefined, undefined],
    ['https://portal.sso.eu-west-1.amazonaws.evil/', 'sigv4', undefined, undefined],
    ['https://endpoint.events.s3.eu-west-1.amazonaws.com/a', 'sigv4', 's3', 'eu-west-1'],
    ['https://a.endpoint.events.s3.amazonaws.com/a', 'sigv4', 's3', 'us-east-1'],
    ['https://constructor.amazonaws.com/', 'sigv4', undefined, undefined],
  ])('%s', (url, scheme, service, region) => {
    expect(decide(url)).toMatchObject({ scheme, service, region })
  })

  it('is told with its reason', () => {
    const { why } = decide(`${EXPRESS}/a`)
    expect(why.scheme).toBe('logs--use1-az4--x-s3 is a directory bucket')
    expect(why.service).toMatch(/^host pattern .*express/)
    expect(decide('https://x-ats.iot.eu-west-1.amazonaws.com/mqtt')).toMatchObject({
      tokenPlacement: 'after',
      why: { token: 'iotdevicegateway takes the token behind the signature' },
    })
    expect(decide('https://abc.us-east-1.aoss.amazonaws.com/i')).toMatchObject({ contentSha256Header: true })
  })

  it('is a token of Bedrock only where there is one', () => {
    expect(decide(BEDROCK, {}, {}, [sigV4])).toMatchObject({ scheme: 'sigv4' })
    expect(decide(BEDROCK, { schemePreference: ' foo,\tsigv4' })).toMatchObject({ scheme: 'sigv4' })
    expect(decide(BEDROCK, { scheme: 'sigv4' })).toMatchObject({ why: { scheme: 'given as scheme' } })
    expect(decide('https://sqs.eu-west-1.amazonaws.com/')).toMatchObject({ scheme: 'sigv4' })
  })
})

describe('what is given', () => {
  it('wins over the host, that of the request over that of the signer', () => {
    const ofSigner = { service: 's3', region: 'eu-west-1' }
    const url = 'https://kms.us-east-2.amazonaws.com/'
    expect(decide(url, {}, ofSigner)).toMatchObject({
      ...ofSigner,
      why: { service: 'given to the signer', region: 'given to the signer' },
    })
    expect(decide(url, { service: 'kms', region: undefined }, ofSigner)).toMatchObject({
      service: 'kms',
      region: 'eu-west-1',
      why: { service: 'given with the request' },
    })
  })

  it('may be a set of regions, which SigV4A alone signs for', () => {
    const url = 'https://b.s3.amazonaws.com/'
    for (const region of ['*', 'us-east-1,eu-*', ['us-east-1', 'eu-*']]) {
      expect(decide(url, { region })).toMatchObject({ scheme: 'sigv4a', region: String(region) })
    }
  })

  it('does not make one region of a host of all, unless it comes with the request', () => {
    expect(decide(MRAP, {}, { region: 'us-east-1' })).toMatchObject({ scheme: 'sigv4a', region: '*' })
    expect(decide(MRAP, { region: 'us-east-1' })).toMatchObject({ scheme: 'sigv4a', region: 'us-east-1' })
    expect(decide(MRAP, {}, { region: ['us-*'] })).toMatchObject({ region: 'us-*' })
    const own = { service: 's3', scheme: 'sigv4a' }
    expect(decide('https://store.example.com/', own)).toMatchObject({ region: '*' })
    expect(decide('https://store.example.com/', own, { region: 'r1' })).toMatchObject({ region: 'r1' })
  })

  it.each([
    ['v4', 'sigv4'],
    ['s3v4', 'sigv4'],
    ['aws.auth#sigv4a', 'sigv4a'],
    ['v4-s3express', 'sigv4-s3express'],
    ['smithy.api#httpBearerAuth', 'bearer'],
    ['noAuth', 'none'],
    ['s3', 's3v2'],
    ['v2', 'sigv2'],
    ['v3https', 'sigv3'],
  ])('may spell a kind as %s', (name, scheme) => {
    expect(decide('https://sqs.eu-west-1.amazonaws.com/', { scheme: name })).toMatchObject({ scheme })
  })

  it.each(['', 'v5', 'constructor', 'sigv4x'])('may not be %j', (scheme) => {
    expect(() => decide(MRAP, { scheme })).toThrow(expect.objectContaining({ code: 'AUTH_SCHEME_UNKNOWN' }))
  })
})

describe('authSchemes', () => {
  const both = [
    { name: 'sigv4a', signingName: 'events', signingRegionSet: ['*'] },
    { name: 'sigv4', signingName: 'events', signingRegion: 'eu-west-1' },
  ]
  const url = 'https://store.example.com/a'

  it('say what to sign for, the first first', () => {
    expect(decide(url, { authSchemes: both })).toMatchObject({
      scheme: 'sigv4a',
      service: 'events',
      region: '*',
    })
    expect(decide(url, { authSchemes: both, scheme: 'v4' })).toMatchObject({
      scheme: 'sigv4',
      region: 'eu-west-1',
    })
    expect(decide(url, { authSchemes: both, schemePreference: 'sigv4' })).toMatchObject({
      scheme: 'sigv4',
      region: 'eu-west-1',
      why: { scheme: 'authSchemes has sigv4, and is preferred', region: 'authSchemes' },
    })
    const several = [{ name: 'sigv4a', signingName: 's3', signingRegionSet: ['us-east-1', 'eu-*'] }]
    expect(decide(url, { authSchemes: several })).toMatchObject({ region: 'us-east-1,eu-*' })
  })

  it('are nearer than what is set for all requests, and farther than what comes with this one', () => {
    const authSchemes = [{ name: 'sigv4', signingName: 's3', signingRegion: 'eu-west-1' }]
    const ofSigner = { service: 'x', region: 'us-east-1' }
    expect(decide(url, { authSchemes }, ofSigner)).toMatchObject({ service: 's3', region: 'eu-west-1' })
    expect(decide(url, {}, { ...ofSigner, authSchemes })).toMatchObject(ofSigner)
    expect(decide(url, { authSchemes, region: 'r' })).toMatchObject({ service: 's3', region: 'r' })
  })

  it('turn double encoding off', () => {
    const authSchemes = [{ name: 'sigv4', signingName: 'x', signingRegion: 'r', disableDoubleEncoding: true }]
    expect(decide(url, { authSchemes })).toMatchObject({
      pathEncoding: 'single',
      normalizePath: false,
      why: { path: 'authSchemes has disableDoubleEncoding' },
    })
    expect(decide(url, { authSchemes, pathEncoding: 'double', normalizePath: true })).toMatchObject({
      pathEncoding: 'double',
      normalizePath: true,
    })
  })

  it.each([
    [['sigv4', 'bearer'], 'foo, httpBearerAuth', 'bearer'],
    [['sigv4'], 'noAuth, sigv4', 'sigv4'],
    [['sigv4', 'bearer'], 'foo', 'sigv4'],
    [['sigv4', 'bearer'], ['smithy.api#httpBearerAuth'], 'bearer'],
    [['sigv9', 'sigv4'], '', 'sigv4'],
    [['sigv4', 'sigv4a'], '\tsigv4a ,sigv4', 'sigv4a'],
  ])('%j preferred as %j is %s (V4A-7, V4A-8)', (names, schemePreference, scheme) => {
    const authSchemes = names.map((name) => ({ name }))
    expect(decide(url, { authSchemes, schemePreference })).toMatchObject({ scheme })
  })

  it.each([[['sigv9', 'x']], [[]]])('of which none is known are refused: %j', (names) => {
    const authSchemes = names.map((name) => ({ name }))
    expect(() => decide(url, { authSchemes })).toThrow(
      expect.objectContaining({ code: 'AUTH_SCHEME_UNKNOWN' }),
    )
  })
})

describe('operations', () => {
  const COGNITO = 'https://cognito-idp.eu-west-1.amazonaws.com/'

  it('may take no authentication', () => {
    expect(decide(COGNITO, { operation: 'SignUp' })).toMatchObject({
      scheme: 'none',
      why: { scheme: 'SignUp takes no authentication' },
    })
    expect(decide(COGNITO, { operation: 'AdminGetUser' })).toMatchObject({ scheme: 'sigv4' })
    expect(decide(COGNITO, { operation: 'SignUp', scheme: 'sigv4' })).toMatchObject({ scheme: 'sigv4' })
    expect(
      decide('https://portal.sso.eu-west-1.amazonaws.com/x', { operation: 'ListAccounts' }),
    ).toMatchObject({
      scheme: 'none',
      region: 'eu-west-1',
    })
    expect(decide('https://oidc.eu-west-1.amazonaws.com/token', { operation: 'CreateToken' })).toMatchObject({
      scheme: 'none',
    })
  })

  it.each([
    // Section 6: marked as unsigned, over https and http, with and without what protects a body of S3.
    ['https://ebs.eu-west-1.amazonaws.com/', 'PutSnapshotBlock', {}, true],
    ['http://ebs.eu-west-1.amazonaws.com/', 'PutSnapshotBlock', {}, false],
    ['https://ebs.eu-west-1.amazonaws.com/', 'StartSnapshot', {}, false],
    ['https://ebs.eu-west-1.amazonaws.com/', 'constructor', {}, false],
    ['https://runtime.lex.eu-west-1.amazonaws.com/', 'PostContent', {}, true],
    ['https://x.s3-object-lambda.eu-west-1.amazonaws.com/', 'WriteGetObjectResponse', {}, false],
    [
      'https://x.s3-object-lambda.eu-west-1.amazonaws.com/',
      'WriteGetObjectResponse',
      { 'Content-MD5': 'x' },
      true,
    ],
    [
      'http://x.s3-object-lambda.eu-west-1.amazonaws.com/',
      'WriteGetObjectResponse',
      { 'Content-MD5': 'x' },
      false,
    ],
    ['https://ebs.eu-west-1.amazonaws.com/', 'PutSnapshotBlock', { 'x-amz-content-sha256': 'x' }, false],
  ])('%s %s %j leaves the body unsigned: %s', (url, operation, headers, expected) => {
    const signer = new RequestSigner({ algorithms: ALL })
    const request = { method: 'PUT', url, headers, body: 'x' }
    expect(signer.decide(request, { operation }).isPayloadUnsigned).toBe(expected)
  })

  it('whose body is a stream leave it unsigned in S3 too', () => {
    const url = 'https://x.s3-object-lambda.eu-west-1.amazonaws.com/'
    const request = { method: 'POST', url, body: new ReadableStream<Uint8Array>() }
    expect(
      new RequestSigner({}).decide(request, { operation: 'WriteGetObjectResponse' }).isPayloadUnsigned,
    ).toBe(true)
  })
})

it('nothing is decided of what cannot be signed', () => {
  expect(() => decide('https://b.s3-website-us-east-1.amazonaws.com/')).toThrow(
    expect.objectContaining({ code: 'HOST_NOT_SIGNABLE' }),
  )
  expect(() => decide('/a')).toThrow(expect.objectContaining({ code: 'URL_INVALID' }))
})
