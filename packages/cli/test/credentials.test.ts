/** Where credentials come from: every source by itself, which wins, and what is said when there are none. */
import { createServer, type Server } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SigningKey } from 'countersign'
import { countersign, KEY, makeHome, TEMPORARY_KEY, type RunOptions } from './kit/run-command.ts'
import { AT } from './kit/vectors.ts'

const SQS = 'https://sqs.eu-west-1.amazonaws.com/'
const SIGNATURE = 'accf00593d63da6bd8f2e0f4d43a38742cb539ce4d0d36d517f6a3e2dc02397d'
const SECRET = KEY.AWS_SECRET_ACCESS_KEY

const PROCESS_JSON = JSON.stringify({ Version: 1, AccessKeyId: 'AKIDEXAMPLE', SecretAccessKey: SECRET })
const PROFILES = {
  '.aws/credentials': `[default]
aws_access_key_id = AKIDDEFAULT
aws_secret_access_key = other

[dev]
aws_access_key_id = AKIDEXAMPLE
aws_secret_access_key = ${SECRET}
`,
  '.aws/config': `[default]
region = ap-south-1

[profile dev]
region = eu-west-1
s3 =
  region = nowhere

[profile tool]
credential_process = cat $HOME/process.json
`,
  'process.json': PROCESS_JSON,
}

async function sign(
  args: readonly string[],
  options: RunOptions,
): Promise<{ signature: string | undefined; why: unknown }> {
  const { code, stdout, stderr } = await countersign(['sign', '--json', '--at', AT, ...args, SQS], options)
  expect([code, stderr]).toEqual([0, ''])
  const { headers, why } = JSON.parse(stdout) as { headers: [string, string][]; why: { what: string }[] }
  const authorization = headers.find(([name]) => name === 'authorization')?.[1] ?? ''
  return {
    signature: /Signature=(\w+)/.exec(authorization)?.[1],
    why: why.find(({ what }) => what === 'credentials'),
  }
}

describe.concurrent('sources', () => {
  const key = SigningKey.derive(SECRET, { date: '20261122', region: 'eu-west-1', service: 'sqs' }).export()
  const camel = JSON.stringify({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: SECRET })
  const home = makeHome({ ...PROFILES, 'c.json': PROCESS_JSON, 'camel.json': camel, key: `${key}\n` })
  const rows: [string, string[], RunOptions, string][] = [
    ['the environment', [], { env: KEY }, 'environment'],
    ['a profile by its flag', ['--profile', 'dev'], { home }, 'profile dev'],
    ['a profile by AWS_PROFILE', [], { home, env: { AWS_PROFILE: 'dev' } }, 'profile dev'],
    [
      'files elsewhere',
      ['--profile', 'dev'],
      { env: { AWS_SHARED_CREDENTIALS_FILE: `${home}/.aws/credentials` } },
      'profile dev',
    ],
    ['credential_process of a profile', ['--profile', 'tool'], { home }, 'profile tool, credential_process'],
    ['a file', ['--credentials', 'c.json'], { home }, 'file c.json'],
    ['a file in camelCase', ['--credentials', 'camel.json'], { home }, 'file camel.json'],
    ['standard input', ['--credentials', '-'], { input: PROCESS_JSON }, 'standard input'],
    ['a command', ['--credentials', 'process:cat c.json | tr -d "\\n"'], { home }, 'process'],
    [
      'a secret on standard input',
      ['--access-key-id', 'AKIDEXAMPLE', '--secret-stdin'],
      { input: `${SECRET}\n` },
      'standard input',
    ],
    [
      'a signing key',
      ['--access-key-id', 'AKIDEXAMPLE', '--signing-key', 'key'],
      { home },
      'signing key key',
    ],
    [
      'a flag before the environment',
      ['--credentials', 'c.json'],
      { home, env: { ...KEY, AWS_ACCESS_KEY_ID: 'x' } },
      'file c.json',
    ],
  ]

  it.each(rows)('%s', async (_, args, options, from) => {
    const { signature, why } = await sign(args, options)
    expect(signature).toBe(SIGNATURE)
    expect(why).toEqual({ what: 'credentials', value: 'key …MPLE', from })
  })

  it('says which wins when a profile and a key are both set: the profile, as in the chain', async () => {
    const env = { AWS_ACCESS_KEY_ID: 'AKIDOTHER', AWS_SECRET_ACCESS_KEY: 'x', AWS_PROFILE: 'dev' }
    const { stdout, stderr } = await countersign(['sign', '--at', AT, SQS], { home, env })
    expect(stdout).toContain(SIGNATURE)
    expect(stderr).toBe('warning: AWS_PROFILE and AWS_ACCESS_KEY_ID are both set; the profile dev wins\n')
  })

  it('says the token by its length and the end by the time that is left', async () => {
    const document = {
      AccessKeyId: 'AKIDEXAMPLE',
      SecretAccessKey: SECRET,
      SessionToken: TEMPORARY_KEY.AWS_SESSION_TOKEN,
      Expiration: new Date(Date.now() + 3_590_000).toISOString(),
    }
    const { stderr } = await countersign(['canon', '-v', '--credentials', '-', SQS], {
      input: JSON.stringify(document),
    })
    expect(stderr).toMatch(
      /^credentials=key …MPLE, token of 103 characters, expires in 59 minutes \d+ seconds \(from standard input\)\n/,
    )
  })

  it('trims a secret on demand alone, with a warning', async () => {
    const args = ['sign', '--at', AT, '--access-key-id', 'AKIDEXAMPLE', '--secret-stdin']
    const raw = await countersign([...args, SQS], { input: `${SECRET} \r\n` })
    expect(raw.stdout).not.toContain(SIGNATURE)
    expect(raw.stderr).toContain('--trim-secret')
    const trimmed = await countersign([...args, '--trim-secret', SQS], { input: `${SECRET} \r\n` })
    expect(trimmed.stdout).toContain(SIGNATURE)
    expect(trimmed.stderr).toBe('warning: blanks or line ends around the secret access key were cut off\n')
  })
})

describe('instance metadata', () => {
  let server: Server
  let endpoint: string
  const asked: string[] = []

  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`)
      const paths = new Map([
        ['/latest/api/token', 'token'],
        ['/latest/meta-data/iam/security-credentials/', 'role'],
        [
          '/latest/meta-data/iam/security-credentials/role',
          JSON.stringify({
            Code: 'Success',
            AccessKeyId: 'AKIDEXAMPLE',
            SecretAccessKey: SECRET,
            Token: 'token of the role',
            Expiration: new Date(Date.now() + 3_600_000).toISOString(),
          }),
        ],
      ])
      response.end(paths.get(request.url ?? ''))
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })

  afterAll(() => {
    server.close()
  })

  it('is the last resort', async () => {
    const env = { AWS_EC2_METADATA_DISABLED: 'false', AWS_EC2_METADATA_SERVICE_ENDPOINT: endpoint }
    const { why } = await sign([], { env })
    expect(why).toMatchObject({ from: 'instance metadata' })
    expect(asked).toContain('PUT /latest/api/token')
  })

  it('is not asked in the place of a profile that was named and gives nothing', async () => {
    const env = { AWS_EC2_METADATA_DISABLED: 'false', AWS_EC2_METADATA_SERVICE_ENDPOINT: endpoint }
    const config =
      '[profile broken]\ncredential_process = sh -c "echo no login >&2; exit 3"\n[profile bare]\nregion = x\n'
    const home = makeHome({ '.aws/config': config })
    const broken = await countersign(['sign', '--profile', 'broken', SQS], { home, env })
    expect([broken.code, broken.stderr]).toEqual([
      3,
      expect.stringMatching(
        /^error: The profile broken gives .+\n {2}why: its credential_process failed: no login\n/,
      ),
    ])
    const { why } = await sign(['--profile', 'bare'], { home, env })
    expect(why).toMatchObject({ from: 'instance metadata' })
  })

  it('is given up when it does not answer', async () => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const { port } = silent.address() as AddressInfo
    const { code, stderr } = await countersign(['sign', SQS], {
      env: {
        AWS_EC2_METADATA_DISABLED: 'false',
        AWS_EC2_METADATA_SERVICE_ENDPOINT: `http://127.0.0.1:${port}`,
      },
    })
    silent.closeAllConnections()
    silent.close()
    expect([code, stderr]).toEqual([3, expect.stringContaining('instance metadata')])
  })
})

describe.concurrent('without credentials', () => {
  it('ends with 3 and lists what was tried', async () => {
    const { code, stdout, stderr } = await countersign(['sign', SQS])
    expect([code, stdout]).toEqual([3, ''])
    expect(stderr).toMatch(
      /^error: There are no usable credentials\n {2}why: tried environment, profile, credential_process, web identity token; the last said: .+\n {2}fix: .+\n$/,
    )
  })

  it('names the profiles that there are for one that there is not, and asks nobody else', async () => {
    const line = ['sign', '--profile', 'nobody', SQS]
    const { code, stderr } = await countersign(line, { home: makeHome(PROFILES), env: {} })
    expect([code, stderr]).toEqual([
      3,
      expect.stringMatching(
        /^error: There is no profile nobody, which --profile names\n {2}why: .+ have default, dev, tool\n/,
      ),
    ])
  })

  it('does not tell the line of a command that a shell repeats, as bash does', async () => {
    const line = "sh -c 'cat $HOME/said >&2; exit 3' SECRET"
    const config = `[profile dev]\ncredential_process = ${line}\n`
    const said = `sh: line 1: syntax error\nsh: line 1: \`${line}'\n`
    const { stderr } = await countersign(['sign', '--profile', 'dev', SQS], {
      home: makeHome({ '.aws/config': config, said }),
      env: {},
    })
    expect(stderr).toContain('its credential_process failed: sh: line 1: syntax error\n')
    expect(stderr).not.toContain('SECRET')
  })

  it('tells what the default profile said, and not the line of its command', async () => {
    const config = '[default]\ncredential_process = false SECRET\n'
    const { stderr } = await countersign(['sign', SQS], {
      home: makeHome({ '.aws/config': config }),
      env: {},
    })
    expect(stderr).toContain('profile (its credential_process failed), ')
    expect(stderr).not.toContain('SECRET')
  })

  it.each([
    ['a profile that is not there', ['--profile', 'nobody'], {}, 3],
    [
      'credentials that have ended',
      ['--credentials', '-'],
      { input: PROCESS_JSON.replace('}', ',"Expiration":"2020-01-01T00:00:00Z"}') },
      3,
    ],
    [
      'an expiry that is none',
      ['--credentials', '-'],
      { input: PROCESS_JSON.replace('}', ',"Expiration":"soon"}') },
      3,
    ],
    ['no JSON', ['--credentials', '-'], { input: `id=${SECRET}` }, 3],
    ['JSON of another kind', ['--credentials', '-'], { input: `["${SECRET}"]` }, 3],
    ['JSON without an id', ['--credentials', '-'], { input: JSON.stringify({ SecretAccessKey: SECRET }) }, 3],
    [
      'a temporary key without its token',
      ['--credentials', '-'],
      { input: PROCESS_JSON.replace('AKID', 'ASIA') },
      3,
    ],
    ['a file that is not there', ['--credentials', 'nowhere'], {}, 2],
    ['a command that fails', ['--credentials', 'process:echo; exit 7'], {}, 3],
    ['an empty secret', ['--access-key-id', 'a', '--secret-stdin'], { input: '\n' }, 2],
    ['two lines', ['--access-key-id', 'a', '--secret-stdin'], { input: `${SECRET}\n${SECRET}\n` }, 2],
    ['an id alone', ['--access-key-id', 'a'], {}, 2],
    ['a secret without an id', ['--secret-stdin'], { input: SECRET }, 2],
    ['two sources', ['--profile', 'a', '--credentials', 'b'], {}, 2],
    [
      'a signing key that is none',
      ['--access-key-id', 'a', '--signing-key', 'bad'],
      { home: makeHome({ bad: SECRET }) },
      2,
    ],
    ['standard input read twice', ['--credentials', '-', '-d', '@-'], { input: PROCESS_JSON }, 2],
  ] as [string, string[], RunOptions, number][])('says so for %s', async (_, args, options, expected) => {
    const { code, stdout, stderr } = await countersign(['sign', ...args, SQS], options)
    expect([code, stdout]).toEqual([expected, ''])
    expect(stderr).toMatch(/^error: .+\n {2}why: .+\n {2}fix: .+\n$/)
    expect(stderr).not.toContain(SECRET)
  })
})

describe.concurrent('the region', () => {
  const home = makeHome(PROFILES)
  const HOST = 'https://example.com/'
  it.each([
    ['a flag', ['--region', 'a-b-1'], { AWS_REGION: 'x' }, 'a-b-1', undefined],
    ['AWS_REGION', [], { AWS_REGION: 'r-1', AWS_DEFAULT_REGION: 'r-2' }, 'r-1', 'AWS_REGION'],
    ['AWS_DEFAULT_REGION', [], { AWS_DEFAULT_REGION: 'r-2' }, 'r-2', 'AWS_DEFAULT_REGION'],
    ['the default profile', [], {}, 'ap-south-1', "the profile in AWS's configuration file"],
    ['AWS_PROFILE', [], { AWS_PROFILE: 'dev' }, 'eu-west-1', "the profile in AWS's configuration file"],
  ] as [string, string[], Record<string, string>, string, string | undefined][])(
    'is that of %s where the host does not tell it',
    async (_, args, env, region, from) => {
      const { stdout } = await countersign(['canon', '--json', '--service', 'x', ...args, HOST], {
        home,
        env: { ...KEY, ...env },
      })
      const { scope, why } = JSON.parse(stdout) as {
        scope: { region: string }
        why: { what: string; from: string }[]
      }
      expect(scope.region).toBe(region)
      expect(why.find(({ what }) => what === 'region')?.from).toBe(from)
    },
  )

  it('is that of the host before that of the environment', async () => {
    const { stdout } = await countersign(['canon', SQS], { env: { ...KEY, AWS_REGION: 'x-1' } })
    expect(stdout).toContain('/eu-west-1/sqs/aws4_request')
  })

  it.each([
    [HOST, {}, 'example.com does not tell service and region'],
    [HOST, { AWS_REGION: 'x' }, 'example.com does not tell the service'],
    ['https://b.s3-accelerate.amazonaws.com/', {}, 'does not tell the region, nor does the environment'],
    ['https://b.s3-website.eu-west-1.amazonaws.com/', {}, 'S3 websites take no signatures'],
    ['not a URL', {}, 'The URL must be absolute'],
  ])('is asked for: %s', async (url, env, message) => {
    const { code, stderr } = await countersign(['sign', url], { env: { ...KEY, ...env } })
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)])
  })
})
