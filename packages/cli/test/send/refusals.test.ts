import { describe, expect, it } from 'vitest'
import { apiGateway, awsJson, queryXml, restJson, s3Xml } from 'countersign/verify'
import { kept } from './kit/kept.ts'
import { send } from './kit/send.ts'
import { startOpenServer } from './kit/open-server.ts'
import { startSignedServer } from './kit/signed-server.ts'

const WRONG = { AWS_SECRET_ACCESS_KEY: 'wrong-secret-that-must-not-show' }

describe.concurrent('a verifier that answers in the manner of', () => {
  it.each(Object.entries({ s3Xml, queryXml, awsJson, restJson, apiGateway }))(
    '%s is understood',
    async (_, respond) => {
      const server = kept(await startSignedServer({ respond }))
      const wrong = await send([`${server.origin}/a`], { env: WRONG })
      expect(wrong.code).toBe(5)
      expect(wrong.stderr).toMatch(
        /^error: The signature was refused \(40[03]\)\n  why: \w+; likely: The signature is right for the secret at hand/,
      )
      expect(wrong.stderr).toMatch(
        /\n  fix: Take key id and secret .* \(all of it: countersign explain last\)\n/,
      )
      expect(wrong.stderr).not.toContain(WRONG.AWS_SECRET_ACCESS_KEY)
      const late = await send(['--at', '20200101T000000Z', `${server.origin}/a`])
      expect(late.code).toBe(6)
      expect(late.stderr).toContain('the time of --at is')
      expect(late.stderr).toContain('leave out --at')
    },
  )
})

const XML = (code: string, message = 'Because', more = ''): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message>${more}</Error>`

const ANSWERS: readonly (readonly [
  name: string,
  status: number,
  body: string,
  headers: Record<string, string>,
  code: number,
  said: string,
])[] = [
  ['unknown key', 403, XML('InvalidAccessKeyId'), {}, 5, '--profile'],
  [
    'the region',
    400,
    XML(
      'AuthorizationHeaderMalformed',
      "the region 'us-east-1' is wrong; expecting 'eu-west-1'",
      '<Region>eu-west-1</Region>',
    ),
    {},
    5,
    'add --region eu-west-1',
  ],
  ['an escaped message', 403, XML('SignatureDoesNotMatch', 'a &amp; b &#x41;'), {}, 5, 'a & b A'],
  [
    'headers that were not signed',
    403,
    XML('AccessDenied', 'There were headers present in the request which were not signed'),
    {},
    5,
    'headers present',
  ],
  [
    'the clock',
    403,
    XML('RequestTimeTooSkewed', 'Too large', '<ServerTime>2015-08-30T12:36:00Z</ServerTime>'),
    {},
    6,
    "ahead of the server's",
  ],
  [
    'the clock, in a message',
    403,
    '{"message":"Signature expired: 20260101T000000Z is now earlier than 20260101T001000Z (20990101T001500Z - 5 min.)"}',
    { 'x-amzn-errortype': 'InvalidSignatureException' },
    6,
    "behind the server's",
  ],
  [
    'a policy',
    403,
    XML('AccessDenied', 'User: arn:x is not authorized'),
    {},
    7,
    'User: arn:x is not authorized',
  ],
  [
    'a policy, in JSON',
    400,
    '{"__type":"com.amazon.coral.service#AccessDeniedException","Message":"no"}',
    {},
    7,
    'AccessDeniedException: no',
  ],
  [
    'a policy, of an API',
    403,
    '{"message":"Forbidden"}',
    { 'x-amzn-errortype': 'ForbiddenException' },
    7,
    'Forbidden',
  ],
  ['an expired token', 400, XML('ExpiredToken'), {}, 3, 'log in again'],
  [
    'an expired token, in JSON',
    403,
    '{"message":"The security token included in the request is expired"}',
    { 'x-amzn-errortype': 'ExpiredTokenException' },
    3,
    'log in again',
  ],
  ['a route that is not there', 403, '{"message":"Missing Authentication Token"}', {}, 5, 'path and method'],
  ['Neptune', 403, '{"code":"AccessDeniedException","detailedMessage":"why"}', {}, 7, 'why'],
  ['plain text', 403, 'InvalidSignatureException: no', {}, 5, 'InvalidSignatureException: no'],
  [
    'Query XML',
    403,
    '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>InvalidClientTokenId</Code><Message>no</Message></Error></ErrorResponse>',
    {},
    5,
    'InvalidClientTokenId: no',
  ],
  [
    'EC2',
    401,
    '<Response><Errors><Error><Code>AuthFailure</Code><Message>no</Message></Error></Errors></Response>',
    {},
    5,
    'AuthFailure: no',
  ],
  [
    'another code',
    404,
    XML('NoSuchKey', 'The specified key does not exist.'),
    {},
    22,
    'NoSuchKey: The specified key does not exist.',
  ],
  ['nothing', 500, '', {}, 22, '--retry 3'],
  ['no AWS', 418, '<html>teapot\u001B[2J</html>', {}, 22, 'does not tell'],
  ['control characters', 403, XML('AccessDenied', 'a\u001B[2Jb'), {}, 7, 'a [2Jb'],
]

describe.concurrent('a refusal for', () => {
  it.each(ANSWERS)('%s (%i)', async (_, status, body, headers, code, said) => {
    const server = kept(
      await startOpenServer((__, response) => response.writeHead(status, headers).end(body)),
    )
    const run = await send([server.origin])
    expect(run.code).toBe(code)
    expect(run.stdout).toBe(body)
    expect(run.stderr).toMatch(/^error: [^\n]*\n  why: [^\n]*\n  fix: [^\n]*\n$/)
    expect(run.stderr).toContain(said)
    expect(run.stderr).not.toContain('\u001B')
  })

  it('HEAD says what can be said', async () => {
    const server = kept(await startOpenServer((_, response) => response.writeHead(403).end()))
    const { code, stderr } = await send(['-I', server.origin])
    expect(code).toBe(22)
    expect(stderr).toContain('-X GET')
  })
})

describe.concurrent('credentials', () => {
  it('that are missing end it with 3, and nothing is sent', async () => {
    const open = kept(await startOpenServer((_, response) => response.end()))
    const env = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' }
    const { code, stderr } = await send([open.origin], { env })
    expect([code, open.arrived]).toEqual([3, []])
    expect(stderr).toMatch(/^error: [^\n]*\n  why: [^\n]*\n  fix: [^\n]*\n$/)
  })

  it('that have no token for a temporary key are refused', async () => {
    const open = kept(await startOpenServer((_, response) => response.end()))
    const { code } = await send([open.origin], { env: { AWS_ACCESS_KEY_ID: 'ASIAIOSFODNN7EXAMPLE' } })
    expect([code, open.arrived]).toEqual([3, []])
  })
})
