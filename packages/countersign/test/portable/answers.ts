/**
 * What comes back from servers, and what is made of it: errors in AWS's shapes, and the cause of a refused signature.
 *
 * @module
 */
import { signRequest } from 'countersign'
import { parseAwsError, readAwsError } from 'countersign/aws-error'
import { parseCredentialsCsv } from 'countersign/credentials'
import { explainRefusal } from 'countersign/explain'
import { createVerifier, s3Xml, VerificationError, type RequestMessage } from 'countersign/verify'
import { CREDENTIALS, DATE, now, secrets } from './inputs.ts'
import { outcomeOf, utf8 } from './output.ts'
import type { Case } from './suite.ts'

const SCOPE = { service: 's3', region: 'us-east-1' }
const ANSWERS: readonly (readonly [string, string, string])[] = [
  [
    'S3',
    'application/xml',
    '<?xml version="1.0"?>\n<Error><Code>RequestTimeTooSkewed</Code><Message>é &amp; so on</Message><ServerTime>2026-11-22T12:00:00Z</ServerTime><RequestId>1</RequestId></Error>',
  ],
  [
    'the query APIs',
    'text/xml',
    '<ErrorResponse><Error><Code>Throttling</Code><Message>Rate exceeded</Message></Error><RequestId>2</RequestId></ErrorResponse>',
  ],
  ['JSON', 'application/x-amz-json-1.0', '{"__type":"com.amazon#ThrottlingException","message":"é"}'],
  ['a proxy', 'text/html', '<h1>502 Bad Gateway</h1>'],
]

/** The answer of a server of ours to a message. */
async function refusalOf(message: RequestMessage): Promise<ReturnType<typeof s3Xml> | undefined> {
  try {
    await createVerifier({ ...SCOPE, secrets, now }).verify(message)
    return undefined
  } catch (error) {
    if (!(error instanceof VerificationError)) throw error
    return s3Xml(error, { requestId: '1' })
  }
}

/** A request whose path was changed on its way, refused; and what that says. */
async function explain(): Promise<unknown> {
  const url = 'https://bucket.example/a%40b'
  const { method, headers, canonicalRequest } = signRequest(
    { method: 'GET', url },
    { ...SCOPE, credentials: CREDENTIALS, date: DATE },
  )
  const request = { method, target: '/a%2540b', headers }
  const refusal = await refusalOf(request)
  if (!refusal) throw new Error('It is not refused')
  // Another one each time.
  const answer = {
    status: refusal.status,
    headers: refusal.headers.filter(([name]) => name !== 'x-amz-id-2'),
    body: utf8(refusal.body.replace(/<HostId>.*?<\/HostId>/, '')),
  }
  return explainRefusal(
    { request, answer, signed: { canonicalRequest } },
    { credentials: CREDENTIALS, now: DATE },
  )
}

/** All of them. */
export function answerCases(): Case[] {
  return [
    ...ANSWERS.map(([name, type, body]) => ({
      name: `an error of ${name}`,
      run: async () => {
        const headers = { 'content-type': type, date: 'Sun, 22 Nov 2026 12:34:56 GMT' }
        const parsed = parseAwsError({ status: 503, headers, body })
        const read = await readAwsError(new Response(body, { status: 503, headers }))
        return [parsed, parsed.message, read, read.message]
      },
    })),
    { name: 'a refused signature, explained', run: explain },
    {
      name: 'keys in a file of the console',
      run: () =>
        Promise.all(
          [
            '\ufeffAccess key ID,Secret access key\r\nAKIDEXAMPLE,a+b/c\r\n',
            'User name,Password\nada,secret\n',
          ].map((text) => outcomeOf(() => parseCredentialsCsv(text))),
        ),
    },
  ]
}
