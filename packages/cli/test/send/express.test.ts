/** Directory buckets: a session is asked for first, and its keys sign what is sent. */
import { describe, expect, it } from 'vitest'
import { startExpressStore, type ExpressStore } from '../../../../test/kit/s3-express-store.ts'
import { countersign, KEY, makeHome, type Run } from '../kit/run-command.ts'
import { kept } from './kit/kept.ts'
import { AUTHORITY, startTlsFront } from './kit/tls-front.ts'

const HOST = 'logs--use1-az4--x-s3.s3express-use1-az4.us-east-1.amazonaws.com'
const OWNERS = { [KEY.AWS_ACCESS_KEY_ID]: { secretAccessKey: KEY.AWS_SECRET_ACCESS_KEY } }

type Terms = Partial<Parameters<typeof startExpressStore>[0]>

async function startStore(terms: Terms = {}): Promise<ExpressStore> {
  return kept(await startExpressStore({ owners: OWNERS, now: () => new Date(), ...terms }))
}

function send(args: readonly string[], env: Readonly<Record<string, string>> = KEY): Promise<Run> {
  return countersign(['send', ...args], { env, home: makeHome({ data: 'hello' }) })
}

/** The arguments for a store that has the bucket in its path. */
function pathOf({ origin }: ExpressStore): string[] {
  return ['--algorithm', 's3express', '--region', 'us-east-1', `${origin}/logs--use1-az4--x-s3/today.txt`]
}

function refusal(status: number, code: string): () => { status: number; body: string } {
  const body = `<?xml version="1.0"?><Error><Code>${code}</Code><Message>of ${code}</Message></Error>`
  return () => ({ status, body })
}

describe.concurrent('directory buckets', () => {
  it('are known by their host, over TLS and the way of the flags', async () => {
    const store = await startStore()
    const { place } = kept(await startTlsFront(store.port))
    const way = ['--connect', place, '--cacert', AUTHORITY]
    const { code, stdout, stderr } = await send(['-v', ...way, '-T', 'data', `https://${HOST}/today.txt`])
    expect([code, stdout]).toEqual([0, 'PUT /today.txt'])
    expect(stderr).toContain(`algorithm=s3express (from host ${HOST})\n`)
    expect(stderr).toContain(`session=keys of five minutes (from https://${HOST}/?session)\n`)
    expect(stderr).toContain('> x-amz-s3session-token: [redacted:sha256:')
    expect(store.sessions.map(({ bucket, owner }) => [bucket, owner])).toEqual([
      [HOST, KEY.AWS_ACCESS_KEY_ID],
    ])
    for (const { token, secretAccessKey } of store.sessions) {
      expect(stderr).not.toContain(token)
      expect(stderr).not.toContain(secretAccessKey)
    }
  })

  it('are taken from the path where the flag says what they are', async () => {
    const store = await startStore()
    const { code, stdout } = await send(['-d', 'text', '-X', 'PUT', ...pathOf(store)])
    expect([code, stdout]).toEqual([0, 'PUT /logs--use1-az4--x-s3/today.txt'])
    expect(store.sessions.length).toBe(1)
  })

  it.each([
    [403, 'AccessDenied', 7],
    [403, 'SignatureDoesNotMatch', 5],
    [403, 'RequestTimeTooSkewed', 6],
    [400, 'ExpiredToken', 3],
    [404, 'NoSuchBucket', 22],
    [503, 'SlowDown', 4],
  ])('that give no session end the command as the answer has it: %i %s', async (status, code, exitCode) => {
    const store = await startStore({ answerSession: refusal(status, code) })
    const run = await send(pathOf(store))
    expect([run.code, run.stdout]).toEqual([exitCode, ''])
    expect(run.stderr).toMatch(/^error: .+\n {2}why: .+\n {2}fix: .+\n$/)
    expect(run.stderr).toContain('session')
  })

  it('are asked again with --retry', async () => {
    const answers = [refusal(503, 'SlowDown')]
    const store = await startStore({ answerSession: () => answers.shift()?.() })
    const { code, stderr } = await send(['--retry', '1', ...pathOf(store)])
    expect([code, store.sessions.length]).toEqual([0, 1])
    expect(stderr).toContain('sending again')
  })

  it('that cannot be reached are told as the network', async () => {
    const store = await startExpressStore({ owners: OWNERS, now: () => new Date() })
    await store.close()
    const { code, stderr } = await send(['--json', ...pathOf(store)])
    expect([code, (JSON.parse(stderr) as { error: { code: string } }).error.code]).toEqual([
      4,
      'NETWORK_CONNECT',
    ])
  })

  it.each([
    ['--dry-run', ['--dry-run', `https://${HOST}/a`], 'USAGE'],
    ['--print-curl', ['--print-curl', `https://${HOST}/a`], 'USAGE'],
    ['chunks', ['--chunked', '-T', 'data', `https://${HOST}/a`], 'USAGE'],
    ['plain http', [`http://${HOST}/a`], 'PLAIN_HTTP_REFUSED'],
    [
      'no bucket',
      ['--algorithm', 's3express', '--region', 'us-east-1', 'https://example.com/a'],
      'BUCKET_UNKNOWN',
    ],
  ])('are not asked with %s', async (_, args, code) => {
    const run = await send(['--json', ...args])
    expect([run.code, run.stdout]).toEqual([2, ''])
    expect(JSON.parse(run.stderr)).toMatchObject({ error: { code } })
  })

  it('are signed for with the credentials themselves with --algorithm v4', async () => {
    const { code, stdout } = await send(['--dry-run', '--algorithm', 'v4', `https://${HOST}/a`])
    expect(code).toBe(0)
    expect(stdout).toContain('/us-east-1/s3express/aws4_request')
  })
})
