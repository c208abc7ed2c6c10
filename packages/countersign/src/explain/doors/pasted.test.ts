/** What people paste is seldom the bare document: it went through a terminal, a chat, a log, a mail. */
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { EvidenceError } from '../../errors.ts'
import { checkEcho } from '../check-echo.ts'
import { readEvidence } from './read-evidence.ts'

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

const CANONICAL = `GET\n/a%40b.txt\n\nhost:b.s3.amazonaws.com\nx-amz-date:20261122T120000Z\n\nhost;x-amz-date\n${sha256('')}`
const TO_SIGN = `AWS4-HMAC-SHA256\n20261122T120000Z\n20261122/us-east-1/s3/aws4_request\n${sha256(CANONICAL)}`
const DOCUMENT = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>SignatureDoesNotMatch</Code><Message>The request signature we calculated does not match.</Message><StringToSign>${TO_SIGN}</StringToSign><CanonicalRequest>${CANONICAL}</CanonicalRequest><RequestId>R</RequestId></Error>`
const SAID = `The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.\n\nThe Canonical String for this request should have been\n'${CANONICAL}'\n\nThe String-to-Sign should have been\n'${TO_SIGN}'\n`

const eachLine = (text: string, margin: string): string => text.replace(/^/gm, margin)

describe('an error document is found', () => {
  it.each<readonly [where: string, text: string | Uint8Array]>([
    [
      'in UTF-16, as PowerShell writes it',
      Buffer.from(`\ufeff${DOCUMENT.replaceAll('\n', '\r\n')}`, 'utf16le'),
    ],
    ['in UTF-16 with the high byte first', Buffer.from(`\ufeff${DOCUMENT}`, 'utf16le').swap16()],
    ['in a mail that quotes it', eachLine(DOCUMENT, '> ')],
    ['behind the name of a container', eachLine(DOCUMENT, 'app-1  | ')],
    ['in the log of Terraform', `2026-11-22 [DEBUG] http.status_code=403\n${eachLine(DOCUMENT, '  | ')}`],
    ['fenced in Markdown', `Hi, I get\n\n\`\`\`xml\n${DOCUMENT}\n\`\`\`\nwhy?\n`],
    [
      'in the page that a browser makes of it',
      `This XML file does not appear to have any style information associated with it.\n${DOCUMENT.slice(39)}`,
    ],
    ['in a string of a structured log', JSON.stringify({ level: 'error', message: 'failed', err: DOCUMENT })],
    [
      'the same as Go writes it',
      JSON.stringify({ msg: 'failed', err: DOCUMENT }).replaceAll('<', '\\u003c').replaceAll('>', '\\u003e'),
    ],
    [
      'in a line of a log in colours',
      `12:00 \u001b[31mERROR\u001b[39m failed ${JSON.stringify({ body: DOCUMENT })}`,
    ],
    ['in the words of the SDK for PHP', `S3Exception: 403 Forbidden response:\n${DOCUMENT} (truncated...)`],
    ['in the words of opensearch-py', `AuthorizationException(403, '${JSON.stringify({ message: SAID })}')`],
    [
      'in an error of axios, as Node prints it',
      `AxiosError: Request failed with status code 403 {\n  data: {\n    message: ${SAID.split(/(?<=\n)/)
        .map((piece) => JSON.stringify(piece))
        .join(' +\n      ')}\n  }\n}`,
    ],
  ])('%s', (_, text) => {
    const { answer } = readEvidence(text)
    expect(checkEcho(answer)).toMatchObject({ canonicalRequest: CANONICAL, stringToSign: TO_SIGN })
  })

  it('with the status that stands beside it', () => {
    expect(readEvidence(`AuthorizationException(403, '{"message":"Forbidden"}')`).answer?.status).toBe(403)
    expect(readEvidence(`< HTTP/1.1 403 Forbidden\n< a: b\n< \n${DOCUMENT}`).answer?.status).toBe(403)
  })
})

describe('a request and its answer are found', () => {
  const request = 'GET /a@b.txt HTTP/1.1\nHost: b.s3.amazonaws.com\nX-Amz-Date: 20261122T120000Z\n'
  const answer = `HTTP/1.1 403 Forbidden\nContent-Type: application/xml\n\n${DOCUMENT}`

  it.each<readonly [where: string, text: string]>([
    [
      'in the colours of HTTPie',
      `\u001b[32mGET\u001b[39m /a@b.txt \u001b[34mHTTP\u001b[39m/1.1\n${request.slice(request.indexOf('\n') + 1)}\n\n\n\n${answer}`,
    ],
    ['in two blocks of Markdown', `I send\n\`\`\`http\n${request}\n\`\`\`\nand get\n~~~\n${answer}\n~~~\n`],
    [
      'in the wire log of the SDK for Java',
      [
        ...`${request}\n`
          .split('\n')
          .slice(0, -1)
          .map((line) => `>> "${line}[\\r][\\n]"`),
        '<< "HTTP/1.1 403 Forbidden[\\r][\\n]"',
        '<< "Transfer-Encoding: chunked[\\r][\\n]"',
        '<< "[\\r][\\n]"',
        `<< "${DOCUMENT.length.toString(16)}[\\r][\\n]"`,
        ...DOCUMENT.split('\n').map((line) => `<< "${line}[\\n]"`),
        '<< "[\\r][\\n]"',
        '<< "0[\\r][\\n]"',
        '<< "[\\r][\\n]"',
      ]
        .map((line) => `2026-11-22 12:00:00 [main] DEBUG org.apache.http.wire - http-outgoing-0 ${line}`)
        .join('\n'),
    ],
  ])('%s', (_, text) => {
    const read = readEvidence(text)
    expect(read.request).toMatchObject({ method: 'GET', target: '/a@b.txt' })
    expect(read.request?.body ?? new Uint8Array()).toHaveLength(0)
    expect(read.answer?.status).toBe(403)
    expect(checkEcho(read.answer).canonicalRequest).toBe(CANONICAL)
  })

  it('in a line of curl with the quotes of a chat', () => {
    const read = readEvidence('curl -H \u201cx-a: 1 2\u201d \u2018https://h/a b\u2019')
    expect(read.request).toMatchObject({ host: 'h', target: '/a b' })
    expect(read.request?.headers).toContainEqual(['x-a', '1 2'])
  })

  it('and bytes of a body are left alone', () => {
    const body = 'x\u001b[31mred\n'
    const read = readEvidence(`PUT / HTTP/1.1\nHost: h\nContent-Length: 10\n\n${body}`)
    expect(Buffer.from(read.request?.body ?? []).toString()).toBe(body)
  })
})

it('a log that says nothing of a server is none', () => {
  expect(() => readEvidence('12:00 INFO [worker] {"message":"started"}\n'.repeat(3))).toThrow(EvidenceError)
})

it('an archive that is cut off is said to be', () => {
  expect(() => readEvidence('{"log": {"entries": [{"request": {"a": "SignatureDoesNotMatch"')).toThrow(
    'cut off',
  )
})
