/** SigV3 on the command line: by its name alone, with the date over TLS, and with everything without. */
import { createHash, createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { countersign, KEY, makeHome, TEMPORARY_KEY, type Run } from './kit/run-command.ts'
import { kept } from './send/kit/kept.ts'
import { startOpenServer, type OpenServer } from './send/kit/open-server.ts'

const URL = 'https://route53.amazonaws.com/2012-12-12/hostedzone'
const AT = ['--at', '20261122T123456Z']

function run(verb: string, ...args: string[]): Promise<Run> {
  return countersign([verb, '--algorithm', 'v3', ...args], {
    env: KEY,
    home: makeHome({ data: 'hello' }),
  })
}

function hmac(text: string | Uint8Array): string {
  return createHmac('sha256', KEY.AWS_SECRET_ACCESS_KEY).update(text).digest('base64')
}

async function startServer(status = 200): Promise<OpenServer> {
  return kept(
    await startOpenServer((_, response) => {
      response.statusCode = status
      response.end('ok')
    }),
  )
}

describe.concurrent('SigV3', () => {
  it('signs the date for https', async () => {
    const { code, stdout, stderr } = await run('sign', ...AT, URL)
    expect([code, stderr]).toEqual([0, ''])
    const [, date = ''] = /^x-amz-date: (.*)$/m.exec(stdout) ?? []
    expect(Date.parse(date)).toBe(Date.UTC(2026, 10, 22, 12, 34, 56))
    const signature = hmac(date)
    expect(stdout).toContain(
      `x-amzn-authorization: AWS3-HTTPS AWSAccessKeyId=AKIDEXAMPLE,Algorithm=HmacSHA256,Signature=${signature}\n`,
    )
  })

  it('signs everything for http, and is sent so', async () => {
    const server = await startServer()
    const { code, stderr } = await run('send', ...AT, '-d', 'Action=A', `${server.origin}/path?b=2&a=1`)
    expect([code, stderr]).toEqual([0, ''])
    const [{ headers, body }] = server.arrived as [OpenServer['arrived'][0]]
    const date = headers['x-amz-date'] as string
    const text = `POST\n/path\na=1&b=2\nhost:${headers.host}\nx-amz-date:${date}\n\n${body}`
    const signature = hmac(createHash('sha256').update(text).digest())
    expect(headers['x-amzn-authorization']).toBe(
      `AWS3 AWSAccessKeyId=AKIDEXAMPLE,Algorithm=HmacSHA256,SignedHeaders=host;x-amz-date,Signature=${signature}`,
    )
  })

  it('is not shown by -v, and with a line for curl it is', async () => {
    const server = await startServer()
    const told = await run('send', '-v', `${server.origin}/a`)
    expect(told.stderr).toMatch(/> x-amzn-authorization: AWS3 .*Signature=\[redacted:sha256:[0-9a-f]{8}\]\n/)
    const line = await run('sign', '--format', 'curl', ...AT, URL)
    expect(line.stdout).toMatch(/^# stops being valid at 2026-11-22T12:49:56Z\ncurl .*AWS3-HTTPS .*route53/)
  })

  it('says of a refusal what can be looked at', async () => {
    const server = kept(
      await startOpenServer((_, response) => {
        response.statusCode = 403
        response.end('<Error><Code>SignatureDoesNotMatch</Code></Error>')
      }),
    )
    const { code, stderr } = await run('send', '-s', '-S', `${server.origin}/a`)
    expect([code, stderr]).toEqual([5, expect.stringContaining('fix: check the secret')])
  })

  it.each([
    ['presign', [URL], 'Allowed choices are v4, v4a, v2, s3v2.'],
    ['canon', [URL], 'Allowed choices are v4, v4a, v2, s3v2.'],
    ['sign', ['--region', 'us-east-1', URL], 'takes neither --service nor --region'],
    ['send', ['--chunked', '-T', 'data', URL], 'has no chunks'],
    ['send', ['-T', 'data', 'http://127.0.0.1:1/'], 'signs the whole body'],
  ])('%s refuses what it cannot be', async (verb, args, part) => {
    const { code, stdout, stderr } = await run(verb, ...args)
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining(part)])
  })

  it('has the token of temporary credentials', async () => {
    const { stdout } = await countersign(['sign', '--algorithm', 'v3', URL], { env: TEMPORARY_KEY })
    expect(stdout).toContain(`x-amz-security-token: ${TEMPORARY_KEY.AWS_SESSION_TOKEN}\n`)
  })
})
