/** What `send` keeps of a refusal for `countersign explain last`: the cause, for this user alone, and no secret. */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { countersign, KEY, makeHome, TEMPORARY_KEY, type Run } from './kit/run-command.ts'
import { startSignedServer, type SignedServer } from './send/kit/signed-server.ts'

let server: SignedServer

beforeAll(async () => {
  server = await startSignedServer({ region: 'eu-west-1' })
})

afterAll(async () => {
  await server.close()
})

const PLACE = join('.local', 'state', 'countersign', 'last-refusal.json')

async function send(
  home: string,
  args: readonly string[] = [],
  env: Record<string, string> = {},
): Promise<Run> {
  const flags = ['--service', 's3', '--region', 'us-east-1', ...args]
  const own = { ...TEMPORARY_KEY, AWS_ACCESS_KEY_ID: 'ASIAIOSFODNN7EXAMPLE', ...env }
  return countersign(['send', ...flags, `${server.origin}/bucket/key?x=1`], { home, env: own })
}

it('keeps the cause and tells it again, without the key and without a network', async () => {
  const home = makeHome()
  const sent = await send(home, ['-H', 'cookie: session=of-mine', '-d', 'body-of-mine'])
  expect(sent.code).toBe(5)
  expect(sent.stderr).toContain(
    'stated: It was signed for the region us-east-1, and this bucket is in eu-west-1.',
  )
  expect(sent.stderr).toContain('fix: add --region eu-west-1\n')
  const last = await countersign(['explain', 'last'], { home })
  expect(last.code).toBe(5)
  expect(last.stdout).toContain(
    `send POST ${server.origin}/bucket/key?x=1\n\nAuthorizationHeaderMalformed (400)`,
  )
  expect(last.stdout).toContain('stated: s3-region-header (M23)')
  expect(last.stdout).toContain('try: countersign send -X POST --service s3 --region eu-west-1')
  const json = JSON.parse((await countersign(['explain', 'last', '--json'], { home })).stdout) as object
  expect(json).toMatchObject({ schema: 'countersign/explain/1', verdicts: [{ code: 's3-region-header' }] })
  const bundle = await countersign(['explain', 'last', '--bundle'], { home })
  expect(JSON.parse(bundle.stdout)).toMatchObject({
    schema: 'countersign/bundle/1',
    evidence: { request: { body: { length: 12 } } },
  })
  const kept = readFileSync(join(home, PLACE), 'utf8')
  for (const text of [kept, bundle.stdout, last.stdout, sent.stderr]) {
    const secrets = [KEY.AWS_SECRET_ACCESS_KEY, TEMPORARY_KEY.AWS_SESSION_TOKEN, 'of-mine']
    for (const secret of [...secrets, encodeURIComponent(TEMPORARY_KEY.AWS_SESSION_TOKEN)]) {
      expect(text).not.toContain(secret)
    }
    expect(text).not.toMatch(/Signature=[\da-f]{64}/)
  }
})

it.skipIf(process.platform === 'win32')('lets nobody else read it', async () => {
  const home = makeHome()
  await send(home)
  expect(statSync(join(home, PLACE)).mode & 0o777).toBe(0o600)
  expect(statSync(join(home, '.local', 'state', 'countersign')).mode & 0o777).toBe(0o700)
})

it.each<[string, readonly string[], Record<string, string>]>([
  ['--no-record', ['--no-record'], {}],
  ['COUNTERSIGN_NO_RECORD', [], { COUNTERSIGN_NO_RECORD: '1' }],
])('keeps nothing with %s, and says so when it is asked', async (_, args, env) => {
  const home = makeHome()
  const sent = await send(home, args, env)
  expect(sent.stderr).not.toContain('explain last')
  expect(existsSync(join(home, PLACE))).toBe(false)
  const last = await countersign(['explain', 'last'], { home })
  expect([last.code, last.stderr]).toEqual([2, expect.stringContaining('No refusal has been kept')])
})

it.each(['', 'junk', 'null', '{}'])(
  'says that what was kept is spoilt, and where it is: %j',
  async (text) => {
    const home = makeHome()
    await send(home)
    writeFileSync(join(home, PLACE), text)
    const last = await countersign(['explain', 'last'], { home })
    expect([last.code, last.stderr]).toEqual([1, expect.stringContaining(`${PLACE} is not as countersign`)])
  },
)

it('keeps the place that XDG_STATE_HOME names, and the last of several', async () => {
  const home = makeHome()
  const state = { XDG_STATE_HOME: join(home, 'state') }
  await send(home, [], state)
  await send(home, ['--region', 'eu-west-1'], { ...state, AWS_SECRET_ACCESS_KEY: 'wrong' })
  const last = await countersign(['explain', 'last'], { home, env: state })
  expect(last.stdout).toContain('secret-of-other-key')
  expect(existsSync(join(home, 'state', 'countersign', 'last-refusal.json'))).toBe(true)
})
