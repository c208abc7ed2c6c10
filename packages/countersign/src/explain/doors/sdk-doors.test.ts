/** Logs that real SDKs write, and the shapes of those that are not at hand. */
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeWithPython } from '../../../../../test/interop/programs.ts'
import { signRequest } from '../../sign/sign-request.ts'
import { readEvidence } from './read-evidence.ts'

const DOCUMENT =
  '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>SignatureDoesNotMatch</Code><Message>It\'s "no" match</Message><Key>é</Key></Error>'

const SCRIPT = `
import boto3, logging, sys
from botocore.config import Config
style = sys.argv[2]
if style == 'usual': boto3.set_stream_logger('', 10)
else: logging.basicConfig(level=logging.DEBUG, format=style)
s3 = boto3.client('s3', region_name='eu-west-1', endpoint_url=sys.argv[1], aws_access_key_id='AKIDEXAMPLE',
  aws_secret_access_key='s' * 40, aws_session_token='a+token/==',
  config=Config(retries={'max_attempts': 0}, s3={'addressing_style': 'path'}))
try: s3.put_object(Bucket='bucket', Key='a b+c/\\u00e9', Body=b'x', Metadata={'a': "it's"})
except Exception as error: print(error)
`

describeWithPython('boto3', 'the log of botocore', (python) => {
  let server: Server
  let origin: string
  let target = ''
  let authorization: string | undefined

  beforeAll(async () => {
    server = createServer((request, response) => {
      target = request.url ?? ''
      authorization = request.headers.authorization
      request.resume().on('end', () => response.writeHead(403, { 'x-amz-request-id': 'R' }).end(DOCUMENT))
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })

  afterAll(() => {
    server.close()
  })

  it.each(['usual', '%(levelname)s:%(name)s:%(message)s'])('is read in the format %s', async (style) => {
    const log = await new Promise<string>((resolve) => {
      // The signer that is written in C logs nothing of what it signs.
      const env = {
        ...process.env,
        BOTO_DISABLE_CRT: 'true',
        AWS_EC2_METADATA_DISABLED: 'true',
        NO_PROXY: '*',
      }
      execFile(python, ['-c', SCRIPT, origin, style], { env, maxBuffer: 1 << 24 }, (_, out, err) =>
        resolve(err + out),
      )
    })
    const { form, wire, signed, answer } = readEvidence(log)
    expect([form, wire?.method, wire?.target, wire?.protocol]).toEqual(['sdk-log', 'PUT', target, 'http'])
    const headers = new Map((wire?.headers ?? []).map(([name, value]) => [name.toLowerCase(), value]))
    expect(headers.get('authorization')).toBe(authorization)
    expect(headers.get('x-amz-meta-a')).toBe("it's")
    expect(headers.get('host')).toBe(new URL(origin).host)
    expect(signed?.canonicalRequest?.split('\n')[1]).toBe('/bucket/a%20b%2Bc/%C3%A9')
    expect(signed?.stringToSign?.split('\n')).toHaveLength(4)
    expect(answer?.status).toBe(403)
    expect(new Map(answer?.headers).get('x-amz-request-id')).toBe('R')
    expect(Buffer.from(answer?.body ?? []).toString()).toBe(DOCUMENT)
  })
})

const signed = signRequest(
  { method: 'GET', url: 'https://b.s3.eu-west-1.amazonaws.com/k', headers: { 'x-amz-meta-a': '1' } },
  {
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 's' },
    date: new Date('2026-11-22T00:00:00Z'),
  },
)
const head = signed.headers.map(([name, value]) => `${name}: ${value}`).join('\r\n')

describe('the logs of Go', () => {
  const canonical = `DEBUG: Request Signature:
---[ CANONICAL STRING  ]-----------------------------
${signed.canonicalRequest}
---[ STRING TO SIGN ]--------------------------------
${signed.stringToSign}
-----------------------------------------------------`

  it.each([
    [
      'version 1',
      `2026/11/22 00:00:00 ${canonical}
2026/11/22 00:00:00 DEBUG: Request s3/GetObject Details:
---[ REQUEST POST-SIGN ]-----------------------------
GET /k HTTP/1.1\r\n${head}\r\n\r\n
-----------------------------------------------------
2026/11/22 00:00:00 DEBUG: Response s3/GetObject Details:
---[ RESPONSE ]--------------------------------------
HTTP/1.1 403 Forbidden\r\nContent-Type: application/xml\r\n\r\n${DOCUMENT}
-----------------------------------------------------`,
    ],
    [
      'version 2',
      `SDK 2026/11/22 00:00:00 ${canonical}
SDK 2026/11/22 00:00:00 DEBUG Request
GET /k HTTP/1.1\r\n${head}\r\n\r\n
SDK 2026/11/22 00:00:00 DEBUG Response
HTTP/1.1 403 Forbidden\r\nContent-Type: application/xml\r\n\r\n${DOCUMENT}`,
    ],
  ])('are read: %s', (_, log) => {
    const reading = readEvidence(log)
    expect(reading.signed).toEqual({
      canonicalRequest: signed.canonicalRequest,
      stringToSign: signed.stringToSign,
    })
    expect(reading.wire).toMatchObject({ method: 'GET', target: '/k', headers: signed.headers })
    expect(reading.answer?.status).toBe(403)
    expect(Buffer.from(reading.answer?.body ?? []).toString()).toContain('<Code>SignatureDoesNotMatch</Code>')
  })
})

describe('an error of the SDK for JavaScript', () => {
  it('is read as Node prints it', () => {
    const error = Object.assign(new Error('no match'), {
      name: 'SignatureDoesNotMatch',
      $fault: 'client',
      $metadata: { httpStatusCode: 403, requestId: 'R' },
      Code: 'SignatureDoesNotMatch',
      AWSAccessKeyId: 'AKIDEXAMPLE',
      StringToSign: signed.stringToSign,
      CanonicalRequest: signed.canonicalRequest,
    })
    const log = `SignatureDoesNotMatch: no match\n    at x (y.js:1:1) ${inspect(error)}`
    const { answer } = readEvidence(log)
    expect(answer?.status).toBe(403)
    const body = Buffer.from(answer?.body ?? []).toString()
    expect(body).toContain(`<CanonicalRequest>${signed.canonicalRequest}</CanonicalRequest>`)
    expect(body).toContain(`<StringToSign>${signed.stringToSign}</StringToSign>`)
    expect(body).toContain('<Message>no match</Message>')
  })
})

function inspect(error: Error): string {
  const fields = Object.entries(error).map(([name, value]) => {
    const text = typeof value === 'string' ? quote(value) : "{ httpStatusCode: 403, requestId: 'R' }"
    return `  '${name}': ${text}`.replace(/'(\w+)':/, '$1:')
  })
  return `{\n${fields.join(',\n')}\n}`
}

/** As `util.inspect` breaks long texts. */
const quote = (text: string): string =>
  text
    .split(/(?<=\n)/)
    .map((line) => `'${line.replaceAll('\n', '\\n')}'`)
    .join(' +\n    ')
