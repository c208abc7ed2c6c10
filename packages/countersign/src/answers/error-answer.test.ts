import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { readErrorAnswer } from './error-answer.ts'

const CANONICAL = `PUT\n/caf%C3%A9\n\nhost:h\nx-amz-meta-a:<&>  "\n\nhost;x-amz-meta-a\n${'0'.repeat(64)}`
const TO_SIGN = `AWS4-HMAC-SHA256\n20260101T000000Z\n20260101/us-east-1/s3/aws4_request\n${createHash('sha256').update(CANONICAL).digest('hex')}`
const hex = (text: string): string => (Buffer.from(text).toString('hex').match(/../g) ?? []).join(' ')
const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&#x22;').replaceAll('\n', '&#10;')

it('keeps all that S3 tells, and takes bytes before texts', () => {
  const body = `<Error><Code>SignatureDoesNotMatch</Code><Message>No</Message><AWSAccessKeyId>AKID</AWSAccessKeyId><StringToSign>damaged</StringToSign><SignatureProvided>00ff</SignatureProvided><StringToSignBytes>${hex(TO_SIGN)}</StringToSignBytes><CanonicalRequest>damaged</CanonicalRequest><CanonicalRequestBytes>${hex(CANONICAL)}</CanonicalRequestBytes><HeadersNotSigned>a, b</HeadersNotSigned></Error>`
  const answer = readErrorAnswer({ status: 403, body })
  expect(answer).toMatchObject({ dialect: 's3', canonicalRequest: CANONICAL, stringToSign: TO_SIGN })
  expect(Object.fromEntries(answer.fields)).toMatchObject({
    AWSAccessKeyId: 'AKID',
    SignatureProvided: '00ff',
    HeadersNotSigned: 'a, b',
  })
})

it('reads texts where there are no bytes', () => {
  const body = `<Error><CanonicalRequest>${escape(CANONICAL)}</CanonicalRequest><CanonicalRequestBytes>4</CanonicalRequestBytes></Error>`
  expect(readErrorAnswer({ status: 403, body })).toMatchObject({ canonicalRequest: CANONICAL })
})

it.each(['\n', '\r\n'])(
  'reads what older services quote behind the message, with lines that end in %j',
  (end) => {
    const quoted = CANONICAL.replace('host:h', "host:h'\n\n'")
    const lines = `No match.\n\nThe Canonical String for this request should have been\n'${quoted}'\n\nThe String-to-Sign should have been\n'${TO_SIGN}'\n`
    const message = lines.replaceAll('\n', end)
    for (const body of [
      JSON.stringify({ message }),
      `<ErrorResponse><Error><Message>${escape(message)}</Message></Error></ErrorResponse>`,
    ]) {
      expect(readErrorAnswer({ status: 403, body })).toMatchObject({
        canonicalRequest: quoted,
        stringToSign: TO_SIGN,
      })
    }
  },
)

it('has the bytes of what is no UTF-8', () => {
  const body = '<Error><CanonicalRequestBytes>47 45 54 0a 2f ff</CanonicalRequestBytes></Error>'
  expect(readErrorAnswer({ status: 403, body }).canonicalRequest).toBe('GET\n/\u00ff')
})

it.each([
  ['<ErrorResponse><Error/></ErrorResponse>', 'query'],
  ['<Response><Errors/></Response>', 'ec2'],
  ['<Error/>', 's3'],
  ['{"__type":"a"}', 'aws-json'],
  ['{"message":"a"}', 'rest-json'],
  ['{"detailedMessage":"a","code":"b"}', 'neptune'],
  ['AException: b', 'plain'],
  ['<html>', 'none'],
  ['[1]', 'none'],
  ['', 'none'],
])('%s is of the dialect %s', (body, dialect) => {
  expect(readErrorAnswer({ status: 400, body }).dialect).toBe(dialect)
})

it('looks at 64 KiB, and no further', () => {
  const body = `${' '.repeat(70_000)}<Error><Code>A</Code></Error>`
  expect(readErrorAnswer({ status: 403, body }).code).toBeUndefined()
})
