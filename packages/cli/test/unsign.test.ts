/** `--unsign`: headers that are sent, and that no signature covers. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { countersign, KEY } from './kit/run-command.ts'
import { send } from './send/kit/send.ts'
import { sent, startSignedServer, type SignedServer } from './send/kit/signed-server.ts'

const SQS = 'https://sqs.eu-west-1.amazonaws.com/'
const GIVEN = ['-H', 'content-type: text/plain', '-H', 'x-team: a', '-H', 'range: bytes=0-1']

const signedBy = async (args: readonly string[]): Promise<readonly string[]> => {
  const { stdout, code, stderr } = await countersign(['sign', '--json', ...GIVEN, ...args, SQS], { env: KEY })
  expect([code, stderr]).toEqual([0, ''])
  return (JSON.parse(stdout) as { signedHeaders: string[] }).signedHeaders
}

describe.concurrent('--unsign', () => {
  it.each([
    [[], ['content-type', 'host', 'x-amz-date']],
    [
      ['--unsign', 'Content-Type'],
      ['host', 'x-amz-date'],
    ],
    [
      ['--sign-headers', 'sdk', '--unsign', 'x-team'],
      ['content-type', 'host', 'x-amz-date'],
    ],
    [
      ['--sign-headers', 'all', '--unsign', 'x-team,range'],
      ['content-type', 'host', 'x-amz-date'],
    ],
    [
      ['--sign-headers', 'x-team,range', '--unsign', 'range'],
      ['host', 'x-amz-date', 'x-team'],
    ],
    [
      ['--sign-headers', 'all', '--unsign', 'x-team', '--unsign', 'range'],
      ['content-type', 'host', 'x-amz-date'],
    ],
  ])('with %j leaves %j', async (args, expected) => {
    expect(await signedBy(args)).toEqual(expected)
  })

  it.each([
    [['--unsign', 'host'], 2, '--unsign host cannot be'],
    [['--unsign', 'X-Amz-Date'], 2, '--unsign x-amz-date cannot be'],
    [['--unsign', 'a b'], 2, 'It must be the name of a header'],
    [['--unsign', 'x-team', '--algorithm', 'v3'], 2, '--unsign is not for --algorithm v3'],
    [['--unsign', 'x-other'], 0, 'x-other is not signed anyway'],
    [
      ['--unsign', 'x-amz-acl', '-H', 'x-amz-acl: private'],
      0,
      'services refuse requests whose x-amz-acl is not signed',
    ],
  ])('%j is answered', async (args, code, message) => {
    const run = await countersign(['sign', ...GIVEN, ...args, SQS], { env: KEY })
    expect([run.code, run.stderr]).toEqual([code, expect.stringContaining(message)])
  })

  it('holds for canon, and goes with no token', async () => {
    const canon = await countersign(['canon', ...GIVEN, '--unsign', 'content-type', SQS], { env: KEY })
    expect(canon.stdout).toContain('# signed headers\nhost\nx-amz-date\n')
    const bearer = await countersign(
      ['send', '--bearer', 'env:TOKEN', '--unsign', 'a', 'http://127.0.0.1:1/'],
      {
        env: { TOKEN: 'x' },
      },
    )
    expect([bearer.code, bearer.stderr]).toEqual([2, expect.stringContaining('--bearer and --unsign')])
  })
})

describe('send --unsign', () => {
  let server: SignedServer
  beforeAll(async () => {
    server = await startSignedServer()
  })
  afterAll(() => server.close())

  it.each([[[]], [['--chunked']]])('sends the header, and the signature holds: %j', async (more) => {
    const args = [...GIVEN, '--unsign', 'content-type', ...more, '-T', '-', `${server.origin}/bucket/key`]
    const { code } = await send(args, { input: 'body' })
    expect([code, server.refused]).toEqual([0, []])
    const seen = server.seen.at(-1)
    expect(seen && sent(seen, 'content-type')).toBe('text/plain')
    expect(seen && sent(seen, 'authorization')).not.toContain('content-type')
  })
})
