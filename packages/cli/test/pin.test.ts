/** `--pin`: a lock file with what was inferred, which has to be inferred again. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { countersign, KEY, makeHome, type Run } from './kit/run-command.ts'

const SQS = 'https://sqs.eu-west-1.amazonaws.com/'
const STORE = 'https://minio.example.com/bucket/key'
const PIN = ['--pin', 'pins.json']

interface PinFile {
  readonly schema: string
  readonly hosts: Readonly<Record<string, object>>
}

const read = (home: string): PinFile => JSON.parse(readFileSync(join(home, 'pins.json'), 'utf8')) as PinFile

function run(
  home: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Run> {
  return countersign([...args], { home, env: { ...KEY, ...env } })
}

describe.concurrent('--pin', () => {
  it('writes what was inferred, and why', async () => {
    const home = makeHome()
    const signed = await run(home, ['sign', ...PIN, SQS])
    expect([signed.code, signed.stderr]).toEqual([
      0,
      'pinned service=sqs region=eu-west-1 algorithm=v4 of sqs.eu-west-1.amazonaws.com in pins.json\n',
    ])
    await run(home, ['presign', ...PIN, '--service', 's3', STORE], { AWS_REGION: 'eu-west-2' })
    await run(home, ['sign', ...PIN, 'https://abc.mrap.accesspoint.s3-global.amazonaws.com/k'])
    const host = 'host sqs.eu-west-1.amazonaws.com'
    const mrap = 'host abc.mrap.accesspoint.s3-global.amazonaws.com'
    expect(read(home)).toEqual({
      schema: 'countersign/pin/1',
      hosts: {
        'abc.mrap.accesspoint.s3-global.amazonaws.com': {
          service: 's3',
          region: '*',
          algorithm: 'v4a',
          why: { service: mrap, region: mrap, algorithm: mrap },
        },
        'minio.example.com': {
          region: 'eu-west-2',
          algorithm: 'v4',
          why: { region: 'AWS_REGION', algorithm: 'host minio.example.com' },
        },
        'sqs.eu-west-1.amazonaws.com': {
          service: 'sqs',
          region: 'eu-west-1',
          algorithm: 'v4',
          why: { service: host, region: host, algorithm: host },
        },
      },
    })
    const before = readFileSync(join(home, 'pins.json'), 'utf8')
    const again = await run(home, ['sign', ...PIN, SQS])
    expect([again.code, again.stderr, readFileSync(join(home, 'pins.json'), 'utf8')]).toEqual([0, '', before])
  })

  it.each([
    ['sign', []],
    ['presign', []],
    ['canon', []],
    ['send', ['--dry-run']],
    ['post-policy', ['--key', 'a', '--bucket', 'b']],
  ])('of %s refuses what is not as it was, with the place of it', async (verb, args) => {
    const home = makeHome()
    const scope = verb === 'post-policy' ? [] : ['--service', 's3']
    const line = [verb, ...PIN, ...scope, ...args, STORE]
    expect((await run(home, line, { AWS_REGION: 'eu-west-2' })).code).toBe(0)
    const other = await run(home, line, { AWS_REGION: 'eu-west-1' })
    expect([other.code, other.stdout]).toEqual([2, ''])
    expect(other.stderr).toContain(
      'The region of minio.example.com is eu-west-1 (from AWS_REGION), and pins.json:5 has eu-west-2',
    )
    expect((await run(home, [...line, '--update-pin'], { AWS_REGION: 'eu-west-1' })).code).toBe(0)
    expect(read(home).hosts['minio.example.com']).toMatchObject({ region: 'eu-west-1' })
    // What is said is not inferred.
    expect((await run(home, [...line, '--region', 'us-east-1'])).code).toBe(0)
  })

  it('tells what cannot be inferred any more', async () => {
    const home = makeHome()
    const line = ['sign', '-v', ...PIN, '--service', 's3', STORE]
    await run(home, line, { AWS_REGION: 'eu-west-2' })
    const { stderr, stdout } = await run(home, line, { CI: 'true' })
    expect(stderr).toContain('region=eu-west-2 (from pins.json)')
    expect(stdout).toContain('/eu-west-2/s3/aws4_request')
  })

  it('infers nothing new where CI=true is set', async () => {
    const home = makeHome()
    const refused = await run(home, ['sign', ...PIN, SQS], { CI: 'true' })
    expect([refused.code, refused.stdout]).toEqual([2, ''])
    expect(refused.stderr).toContain('no service, region and algorithm of sqs.eu-west-1.amazonaws.com')
    await run(home, ['sign', ...PIN, SQS])
    expect((await run(home, ['sign', ...PIN, SQS], { CI: 'true' })).code).toBe(0)
    const other = await run(home, ['presign', ...PIN, 'https://sns.eu-west-1.amazonaws.com/'], { CI: 'true' })
    expect([other.code, other.stderr]).toEqual([2, expect.stringContaining('of sns.eu-west-1')])
  })

  it('holds a whole list', async () => {
    const list = 'https://a.s3.eu-west-1.amazonaws.com/k\nhttps://b.s3.eu-west-2.amazonaws.com/k\n'
    const home = makeHome({ list })
    expect((await run(home, ['presign', ...PIN, '--from', 'list'])).code).toBe(0)
    expect(Object.keys(read(home).hosts)).toEqual([
      'a.s3.eu-west-1.amazonaws.com',
      'b.s3.eu-west-2.amazonaws.com',
    ])
  })

  it.each(['{}', 'not JSON', '{"schema":"countersign/pin/1","hosts":{"a":{"region":1}}}', '[]', 'null'])(
    'writes over nothing but lock files: %s',
    async (text) => {
      const home = makeHome({ 'pins.json': text })
      for (const update of [[], ['--update-pin']]) {
        const { code, stderr } = await run(home, ['sign', ...PIN, ...update, SQS])
        expect([code, stderr]).toEqual([2, expect.stringContaining('pins.json is no lock file')])
      }
      expect(readFileSync(join(home, 'pins.json'), 'utf8')).toBe(text)
    },
  )

  it('says what is wrong with the file, and with the flags', async () => {
    const home = makeHome()
    const nowhere = await run(home, ['sign', '--pin', 'no/pins.json', SQS])
    expect([nowhere.code, nowhere.stderr]).toEqual([
      2,
      expect.stringMatching(/--pin cannot write no\/pins\.json\n {2}why: there is no such folder\n/),
    ])
    const folder = await run(home, ['sign', '--pin', '.', SQS])
    expect([folder.code, folder.stderr]).toEqual([2, expect.stringContaining('--pin cannot read .')])
    const alone = await run(home, ['sign', '--update-pin', SQS])
    expect([alone.code, alone.stderr]).toEqual([2, expect.stringContaining('--update-pin needs --pin')])
  })

  it('takes a host for what it is called, whatever that is', async () => {
    const home = makeHome()
    const args = ['sign', ...PIN, '--service', 's3', '--region', 'a', 'http://__proto__/']
    expect((await run(home, args)).code).toBe(0)
    writeFileSync(
      join(home, 'pins.json'),
      '{"schema":"countersign/pin/1","hosts":{"__proto__":{"algorithm":"v4a"}}}',
    )
    expect((await run(home, args)).code).toBe(2)
  })
})
