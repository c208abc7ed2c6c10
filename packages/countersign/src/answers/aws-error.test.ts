import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { CountersignError } from '../errors.ts'
import { AwsError, parseAwsError, readAwsError } from './aws-error.ts'
import type { GivenAnswer } from './error-answer.ts'
import type { ErrorKind } from './error-kind.ts'

const XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
const TOO_OLD =
  'Signature expired: 20260101T000000Z is now earlier than 20260101T001000Z (20260101T001500Z - 5 min.)'

interface Shape extends GivenAnswer {
  readonly is: Partial<AwsError>
}

const SHAPES: Readonly<Record<string, Shape>> = {
  S3: {
    status: 403,
    headers: { 'x-amz-id-2': 'host id' },
    body: `${XML}<Error><Code>RequestTimeTooSkewed</Code><Message>The difference between the request time and the current time is too large.</Message><RequestTime>20260101T000000Z</RequestTime><ServerTime>2026-01-01T00:20:00Z</ServerTime><MaxAllowedSkewMilliseconds>900000</MaxAllowedSkewMilliseconds><RequestId>4442587FB7D0A2F9</RequestId><HostId>other</HostId></Error>`,
    is: {
      code: 'RequestTimeTooSkewed',
      message: 'The difference between the request time and the current time is too large.',
      kind: 'clock',
      requestId: '4442587FB7D0A2F9',
      hostId: 'host id',
      serverTime: new Date('2026-01-01T00:20:00Z'),
    },
  },
  'S3, another region': {
    status: 400,
    body: `${XML}<Error><Code>AuthorizationHeaderMalformed</Code><Message>The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'eu-west-1'</Message><Region>eu-west-1</Region></Error>`,
    is: { code: 'AuthorizationHeaderMalformed', region: 'eu-west-1', kind: 'signature' },
  },
  'query service': {
    status: 403,
    body: `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">\n  <Error>\n    <Type>Sender</Type>\n    <Code>SignatureDoesNotMatch</Code>\n    <Message>${TOO_OLD}</Message>\n  </Error>\n  <RequestId>b25f48e8</RequestId>\n</ErrorResponse>`,
    is: {
      code: 'SignatureDoesNotMatch',
      kind: 'clock',
      requestId: 'b25f48e8',
      serverTime: new Date('2026-01-01T00:15:00Z'),
    },
  },
  EC2: {
    status: 401,
    body: '<?xml version="1.0"?><Response><Errors><Error><Code>AuthFailure</Code><Message>AWS was not able to validate the provided access credentials</Message></Error></Errors><RequestID>3a1b</RequestID></Response>',
    is: { code: 'AuthFailure', kind: 'signature', requestId: '3a1b' },
  },
  awsJson: {
    status: 400,
    headers: [['X-Amzn-RequestId', 'KDKG']],
    body: '{"__type":"com.amazon.coral.service#InvalidSignatureException","message":"The request signature we calculated does not match\\n\\nThe Canonical String for this request should have been\\n\'POST\'"}',
    is: {
      code: 'InvalidSignatureException',
      message: 'The request signature we calculated does not match',
      kind: 'signature',
      requestId: 'KDKG',
    },
  },
  'awsJson, throttled': {
    status: 400,
    body: '{"__type":"ThrottlingException","message":"Rate exceeded"}',
    is: { code: 'ThrottlingException', kind: 'throttled' },
  },
  restJson: {
    status: 403,
    headers: { 'x-amzn-ErrorType': 'AccessDeniedException:http://internal.amazon.com/coral/' },
    body: '{"message":"User: arn is not authorized to perform: action on resource: arn"}',
    is: { code: 'AccessDeniedException', kind: 'permission' },
  },
  'API Gateway, no route': {
    status: 403,
    headers: { 'apigw-requestid': 'abc=' },
    body: '{"message":"Missing Authentication Token"}',
    is: { code: 'MissingAuthenticationToken', kind: 'signature', requestId: 'abc=' },
  },
  'API Gateway, denied': { status: 403, body: '{"message":"Forbidden"}', is: { code: 'Forbidden' } },
  'Lambda URL': { status: 403, body: '{"Message":"Forbidden"}', is: { code: 'Forbidden' } },
  OpenSearch: {
    status: 403,
    body: '{"error":{"root_cause":[],"type":"security_exception","reason":"no permissions"},"status":403}',
    is: { code: 'security_exception', message: 'no permissions' },
  },
  AppSync: {
    status: 401,
    body: '{"errors":[{"errorType":"UnauthorizedException","message":"You are not authorized"}]}',
    is: { code: 'UnauthorizedException', kind: 'permission' },
  },
  Neptune: {
    status: 403,
    body: '{"requestId":"78","code":"AccessDeniedException","detailedMessage":"Missing Authentication Token"}',
    is: { code: 'AccessDeniedException', message: 'Missing Authentication Token', requestId: '78' },
  },
  'VPC Lattice': {
    status: 403,
    body: 'InvalidSignatureException: Signature mismatch',
    is: { code: 'InvalidSignatureException', message: 'Signature mismatch', kind: 'signature' },
  },
  'HEAD of another region': {
    status: 400,
    headers: { 'x-amz-bucket-region': 'ap-south-1', date: 'Thu, 01 Jan 2026 00:00:00 GMT' },
    is: { code: 'HTTP_400', region: 'ap-south-1', serverTime: new Date('2026-01-01T00:00:00Z') },
  },
  MinIO: {
    status: 403,
    body: `${XML}<Error><Code>SignatureDoesNotMatch</Code><Message>The request signature we calculated does not match the signature you provided.</Message><Key>k</Key><BucketName>b</BucketName><Resource>/b/k</Resource><RequestId>17</RequestId><HostId>dd</HostId></Error>`,
    is: { code: 'SignatureDoesNotMatch', requestId: '17', hostId: 'dd' },
  },
  Ceph: {
    status: 403,
    body: `${XML}<Error><Code>InvalidAccessKeyId</Code><Message></Message><RequestId>tx0</RequestId></Error>`,
    is: { code: 'InvalidAccessKeyId', message: 'The server answered 403, and not why' },
  },
  GCS: {
    status: 403,
    headers: { 'x-guploader-uploadid': 'up' },
    body: "<?xml version='1.0' encoding='UTF-8'?><Error><Code>SignatureDoesNotMatch</Code><Message>Access denied.</Message><Details>d</Details></Error>",
    is: { code: 'SignatureDoesNotMatch', requestId: 'up' },
  },
  'a page of a proxy': {
    status: 502,
    body: '<html><head><title>502 Bad Gateway</title></head></html>',
    is: { code: 'HTTP_502', kind: 'other' },
  },
  'a document that is cut off': {
    status: 403,
    body: `${XML}<Error><Code>AccessDenied</Code><Mess`,
    is: { code: 'AccessDenied', kind: 'permission' },
  },
}

describe.each(Object.entries(SHAPES))('%s', (_name, { is, ...answer }) => {
  it('is read off its text', () => {
    const error = parseAwsError(answer)
    expect(error).toMatchObject({ ...is, status: answer.status, name: 'AwsError' })
    expect(error).toBeInstanceOf(CountersignError)
  })

  it('is read off the response of any client', async () => {
    const { status, headers, body } = answer
    const pairs = headers === undefined ? {} : Object.fromEntries(pairsOf(headers))
    const responses = {
      fetch: new Response((body as string) ?? null, { status, headers: pairs }),
      undici: { statusCode: status, headers: pairs, body: Readable.from([Buffer.from(body ?? '')]) },
      axios: { status, headers: pairs, data: body },
      got: { statusCode: status, headers: pairs, body: Buffer.from(body ?? '') },
      message: Object.assign(Readable.from([Buffer.from(body ?? '')]), {
        statusCode: status,
        headers: pairs,
      }),
    }
    for (const response of Object.values(responses)) {
      expect(await readAwsError(response)).toMatchObject({ ...is, status })
    }
  })
})

function pairsOf(headers: NonNullable<GivenAnswer['headers']>): [string, string][] {
  return Symbol.iterator in headers
    ? ([...headers] as [string, string][])
    : (Object.entries(headers) as [string, string][])
}

describe('a Response', () => {
  it('can be read afterwards', async () => {
    const response = new Response('{"message":"Forbidden"}', { status: 403 })
    expect(await readAwsError(response)).toMatchObject({ code: 'Forbidden' })
    expect(await response.text()).toBe('{"message":"Forbidden"}')
  })

  it('that was read tells what its head tells', async () => {
    const response = new Response('{"message":"Forbidden"}', {
      status: 403,
      headers: { 'x-amzn-requestid': '1' },
    })
    await response.text()
    expect(await readAwsError(response)).toMatchObject({ code: 'HTTP_403', requestId: '1' })
  })

  it('that axios has parsed is read all the same', async () => {
    const data = { __type: 'a#ThrottlingException', message: 'Rate exceeded' }
    expect(await readAwsError({ status: 400, headers: {}, data })).toMatchObject({ kind: 'throttled' })
  })

  it('without an end is read up to 64 KiB, and no further', async () => {
    let [given, isOver] = [0, false]
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        given += 16_384
        controller.enqueue(new Uint8Array(16_384).fill(32))
      },
      cancel() {
        isOver = true
      },
    })
    expect(await readAwsError({ status: 500, body })).toMatchObject({ code: 'HTTP_500' })
    expect(given).toBeLessThan(200_000)
    expect(isOver).toBe(true)
  })

  it('whose connection breaks tells what its head tells', async () => {
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.error(new Error('reset'))
      },
    })
    expect(await readAwsError(new Response(body, { status: 503 }))).toMatchObject({ code: 'HTTP_503' })
  })
})

describe('what an error shows', () => {
  const SECRET = 'wJalrXUtnFEMI'
  it.each([
    [
      `Authorization header requires 'Signature' parameter. Authorization=AWS4-HMAC-SHA256 Credential=${SECRET}`,
    ],
    [
      `'${SECRET}' not a valid key=value pair (missing equal-sign) in Authorization header: 'AWS4 ${SECRET}'.`,
    ],
    [`No match\nx-amz-security-token:${SECRET}`],
    [`No match\r\nx-amz-security-token:${SECRET}`],
  ])('holds no secret of %j', (message) => {
    const error = parseAwsError({ status: 403, body: JSON.stringify({ __type: 'X', message }) })
    expect(`${error.stack} ${JSON.stringify(error)}`).not.toContain(SECRET)
  })

  it('is one line of printable text, of a length that fits', () => {
    const message = `a\u001b[2J${'b'.repeat(5000)}`
    const error = parseAwsError({ status: 403, body: JSON.stringify({ message }) })
    expect(error.message).toMatch(/^a \[2Jb+$/)
    expect(error.message).toHaveLength(1000)
  })
})

describe('the kind', () => {
  it.each<[number, string, string, ErrorKind]>([
    [403, 'AccessDenied', 'Request has expired', 'clock'],
    [403, 'AccessDenied', 'There were headers present in the request which were not signed', 'signature'],
    [403, 'AccessDenied', 'Access Denied', 'permission'],
    [400, 'ExpiredToken', 'The provided token has expired.', 'expired'],
    [503, 'SlowDown', 'Please reduce your request rate.', 'throttled'],
    [400, 'ProvisionedThroughputExceededException', '', 'throttled'],
    [429, '', '', 'throttled'],
    [404, 'NoSuchKey', '', 'other'],
    [403, 'constructor', '', 'other'],
  ])('of %i %s: %s is %4$s', (status, Code, Message, kind) => {
    const body = `<Error><Code>${Code}</Code><Message>${Message}</Message></Error>`
    expect(parseAwsError({ status, body }).kind).toBe(kind)
  })
})

describe("the server's clock", () => {
  const date = 'Thu, 01 Jan 2026 00:00:00 GMT'
  it.each([
    [{ date }, true],
    [{ date, age: '0' }, true],
    [{ date, age: '3600' }, false],
    [{ date, 'x-cache': 'Hit from cloudfront' }, false],
    [{ date, 'x-cache': 'Miss from cloudfront' }, true],
    [{ date: 'yesterday' }, false],
    [{ date: 'Mon, 01 Jan 99999 00:00:00 GMT' }, false],
    [{}, false],
  ])('is told by %j: %s', (headers, isTold) => {
    expect(parseAwsError({ status: 403, headers }).serverTime !== undefined).toBe(isTold)
  })

  it.each([
    ['2026-01-01T00:00:00Z', true],
    ['0000-01-01T00:00:00Z', false],
    ['9999-12-31T23:59:59Z', false],
  ])('is told by the document: %s, %s', (time, isTold) => {
    const body = `<Error><Code>RequestTimeTooSkewed</Code><ServerTime>${time}</ServerTime></Error>`
    expect(parseAwsError({ status: 403, body }).serverTime !== undefined).toBe(isTold)
  })
})

it('can be thrown and told apart', async () => {
  await expect(Promise.reject(parseAwsError({ status: 404 }))).rejects.toBeInstanceOf(AwsError)
})
