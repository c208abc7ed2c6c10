/** `countersign token`: each kind prints what the library makes, and options of another kind are refused. */
import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import {
  COMMAND,
  countersign,
  KEY,
  makeHome,
  runProgram,
  TEMPORARY_KEY,
  type Run,
} from './kit/run-command.ts'

const AT = '20261122T123456Z'
const RDS = 'rds --hostname db.c1.eu-west-1.rds.amazonaws.com --port 5432 --username app'
const CODECOMMIT = 'codecommit --hostname git-codecommit.eu-west-1.amazonaws.com --repository site'

async function token(line: string, env: Readonly<Record<string, string>> = KEY, input = ''): Promise<Run> {
  return countersign(['token', '--at', AT, ...line.split(' ')], { env, input })
}

function decode(text: string): string {
  return Buffer.from(text, 'base64url').toString()
}

describe('what is printed', () => {
  it.each([
    [RDS, /^db\.c1\.eu-west-1\.rds\.amazonaws\.com:5432\/\?Action=connect&DBUser=app&X-Amz-.*%2Frds-db%2F/],
    [
      'dsql --hostname a.dsql.us-east-1.on.aws',
      /^a\.dsql\.us-east-1\.on\.aws\/\?Action=DbConnect&X-.*%2Fus-east-1%2Fdsql%2F/,
    ],
    ['dsql --hostname a.dsql.us-east-1.on.aws --admin', /\?Action=DbConnectAdmin&/],
    [
      'elasticache --cache c --username app --region eu-west-1',
      /^c\/\?Action=connect&User=app&X-.*%2Felasticache%2F/,
    ],
    [
      'elasticache --cache c --username app --serverless --region eu-west-1',
      /&ResourceType=ServerlessCache&/,
    ],
    [
      'memorydb --cluster c --username app --region eu-west-1',
      /^c\/\?Action=connect&User=app&X-.*%2Fmemorydb%2F/,
    ],
    [
      'iot --hostname x-ats.iot.eu-west-1.amazonaws.com',
      /^wss:\/\/x-ats\.iot\.eu-west-1\.amazonaws\.com\/mqtt\?X-/,
    ],
  ])('%s', async (line, expected) => {
    const { code, stdout, stderr } = await token(line)
    expect([code, stderr]).toEqual([0, 'valid until 2026-11-22T12:49:56Z (15 minutes)\n'])
    expect(stdout).toMatch(expected)
    expect(stdout).toMatch(/^\S+&X-Amz-Signature=[0-9a-f]{64}\n$/)
  })

  it('eks and msk in base64', async () => {
    const eks = await token('eks --cluster prod --region eu-west-1')
    expect(eks.stdout).toMatch(/^k8s-aws-v1\.[\w-]+\n$/)
    expect(decode(eks.stdout.slice(11))).toContain(
      'https://sts.eu-west-1.amazonaws.com/?Action=GetCallerIdentity',
    )
    const msk = await token('msk --region eu-west-1 --user-agent me')
    expect(decode(msk.stdout)).toMatch(/^https:\/\/kafka\.eu-west-1\.amazonaws\.com\/.*&User-Agent=me$/)
  })

  it('vault in JSON, for the global STS unless said otherwise', async () => {
    const { stdout, stderr } = await token('vault --server-id vault.example.com --role dev', {
      ...KEY,
      AWS_REGION: 'eu-west-1',
    })
    const login = JSON.parse(stdout) as Record<string, string>
    expect([login['role'], decode(login['iam_request_url']!)]).toEqual(['dev', 'https://sts.amazonaws.com/'])
    expect(stderr).toBe('valid until 2026-11-22T12:39:56Z (5 minutes)\n')
  })

  it('codecommit as git reads it', async () => {
    const { stdout } = await token(CODECOMMIT, TEMPORARY_KEY)
    expect(stdout).toMatch(/^username=AKIDEXAMPLE%AQoEXAMPLE\S+\npassword=20261122T123456Z[0-9a-f]{64}\n$/)
  })

  it('ses-smtp with the name of the user beside it', async () => {
    const { stdout, stderr } = await token('ses-smtp --region eu-west-1')
    expect(stdout).toMatch(/^B[\w+/]{43}\n$/)
    expect(stderr).toBe('user name AKIDEXAMPLE\nvalid until the access key ends\n')
  })

  it('one object with --json', async () => {
    const { code, stdout, stderr } = await token(`${RDS} --json --expires 1m`)
    expect([code, stderr]).toEqual([0, ''])
    expect(JSON.parse(stdout)).toEqual({
      schema: 'countersign/token/1',
      kind: 'rds',
      token: expect.stringContaining('X-Amz-Expires=60&') as string,
      expiresAt: '2026-11-22T12:35:56Z',
      why: expect.arrayContaining([
        { what: 'region', value: 'eu-west-1', from: 'host db.c1.eu-west-1.rds.amazonaws.com' },
      ]) as unknown,
      warnings: [],
    })
  })

  it('the true end, when the credentials die first', async () => {
    const document = JSON.stringify({
      AccessKeyId: 'ASIAEXAMPLE',
      SecretAccessKey: 'secret',
      SessionToken: 'token',
      Expiration: new Date(Date.now() + 300_500).toISOString(),
    })
    const args = ['token', ...RDS.split(' '), '--credentials', '-', '--json']
    const { stdout } = await countersign(args, { input: document })
    const { expiresAt, warnings } = JSON.parse(stdout) as { expiresAt: string; warnings: { code: string }[] }
    expect(warnings.map(({ code }) => code)).toEqual(['EXPIRY_CLAMPED'])
    expect(new Date(expiresAt).getTime()).toBeLessThan(Date.now() + 301_000)
  })
})

describe('region', () => {
  it('comes from the environment where the host does not tell it', async () => {
    const { stdout } = await token('eks --cluster prod', { ...KEY, AWS_REGION: 'ap-south-1' })
    expect(decode(stdout.slice(11))).toContain('sts.ap-south-1.amazonaws.com')
  })

  it.each(['eks --cluster prod', 'msk', 'ses-smtp', 'memorydb --cluster c --username u'])(
    'of %s is not guessed',
    async (line) => {
      const { code, stdout, stderr } = await token(`${line} --json`)
      expect([code, stdout]).toEqual([2, ''])
      expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'SCOPE_UNKNOWN' } })
    },
  )
})

describe('what is refused', () => {
  it.each([
    ['redshift', 'There is no token for redshift'],
    ['constructor', 'There is no token for constructor'],
    ['rds --hostname db', 'needs --port, --username'],
    ['vault --cluster c', 'takes no --cluster'],
    ['vault --expires 1m', 'takes no --expires'],
    ['ses-smtp --region eu-west-1 --admin', 'takes no --admin'],
    ['rds --region eu-west-1 --hostname https://db --port 1 --username u', 'hostname must be a bare name'],
    ['rds --region eu-west-1 --hostname db --port x --username u', 'port must be a whole number'],
    ['msk --region eu-west-1 --expires 16m', '--expires must be 1 to 900'],
  ])('%s', async (line, message) => {
    const { code, stdout, stderr } = await token(line)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(message)
    expect(stderr).toMatch(/\n {2}fix: /)
  })

  it('no credentials', async () => {
    const { code, stdout } = await token(RDS, {})
    expect([code, stdout]).toEqual([3, ''])
  })

  it('temporary credentials for SMTP', async () => {
    const { code, stderr } = await token('ses-smtp --region eu-west-1', TEMPORARY_KEY)
    expect(code).toBe(3)
    expect(stderr).not.toContain(TEMPORARY_KEY.AWS_SESSION_TOKEN)
  })
})

it('shows its help on one page', async () => {
  const { stdout } = await countersign(['token', '-h'])
  expect(stdout.split('\n').length).toBeLessThanOrEqual(40)
  for (const kind of [
    'rds',
    'dsql',
    'elasticache',
    'memorydb',
    'eks',
    'msk',
    'vault',
    'iot',
    'codecommit',
    'ses-smtp',
  ]) {
    expect(stdout).toContain(kind)
  }
})

it.skipIf(spawnSync('git', ['--version']).status !== 0)('is a credential helper of git', async () => {
  const helper = `!f() { "${process.execPath}" "${COMMAND}" token --at ${AT} ${CODECOMMIT}; }; f`
  const { stdout } = await runProgram('git', ['-c', `credential.helper=${helper}`, 'credential', 'fill'], {
    env: { ...KEY, GIT_CONFIG_NOSYSTEM: '1', GIT_TERMINAL_PROMPT: '0' },
    input: 'protocol=https\nhost=git-codecommit.eu-west-1.amazonaws.com\npath=v1/repos/site\n\n',
    home: makeHome(),
  })
  expect(stdout).toMatch(/\nusername=AKIDEXAMPLE\npassword=20261122T123456Z[0-9a-f]{64}\n/)
})
