/** `countersign doctor`: who signs, from where, and what is wrong with it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startServer } from '../../../test/kit/servers.ts'
import { startSts, xmlReply, type StsServer } from '../../../test/kit/sts-server.ts'
import { checkNode } from '../src/doctor/check-surroundings.ts'
import { countersign, KEY, makeHome, TEMPORARY_KEY, type Run } from './kit/run-command.ts'

const REAL = {
  AWS_ACCESS_KEY_ID: 'AKIA0123456789ABCDEF',
  AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYqwertyuiop',
}
const REGION = { AWS_REGION: 'eu-west-1' }

async function doctor(
  args: readonly string[],
  env: Readonly<Record<string, string>> = { ...REAL, ...REGION },
  files: Readonly<Record<string, string>> = {},
): Promise<Run> {
  return countersign(['doctor', ...args], { env, home: makeHome(files) })
}

describe.concurrent('what is found', () => {
  it('is all well with a key and a region, and the clock is not measured', async () => {
    const { code, stdout, stderr } = await doctor([])
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout.replace(/\/\S+\/\.aws/g, '~/.aws')).toBe(`\
ok       credentials  key …CDEF (from environment)
ok       source       AWS_ACCESS_KEY_ID is set in the environment
ok       source       AWS_SECRET_ACCESS_KEY is set in the environment
ok       files        ~/.aws/config is not there
ok       files        ~/.aws/credentials is not there
ok       region       eu-west-1 (from AWS_REGION)
ok       proxy        none
ok       node         ${process.versions.node}
-        clock        not measured: a server has to be asked
                      fix: countersign doctor --clock https://sts.eu-west-1.amazonaws.com/
`)
  })

  it('is one object with --json', async () => {
    const { code, stdout } = await doctor(['--json'], { ...TEMPORARY_KEY })
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'countersign/doctor/1',
      findings: expect.arrayContaining([
        {
          check: 'key',
          state: 'warning',
          message: 'the access key id is an example of AWS, which works nowhere',
          fix: 'set one of your own',
        },
      ]) as unknown,
    })
  })

  it('is where each part of a profile’s key stands', async () => {
    const { stdout } = await doctor(
      ['--profile', 'dev'],
      {},
      {
        '.aws/config': '[default]\nregion = us-east-1\n\n[profile dev]\nregion = eu-central-1\n',
        '.aws/credentials': `[other]\n[dev]\naws_access_key_id = ${REAL.AWS_ACCESS_KEY_ID}\naws_secret_access_key = ${REAL.AWS_SECRET_ACCESS_KEY}\n`,
      },
    )
    expect(stdout).toContain('key …CDEF (from profile dev)')
    expect(stdout).toMatch(/aws_access_key_id of profile dev is in \S+credentials:3\n/)
    expect(stdout).toMatch(/aws_secret_access_key of profile dev is in \S+credentials:4\n/)
    expect(stdout).toMatch(/region {7}eu-central-1 \(from \S+config:5\)/)
    expect(stdout).not.toContain(REAL.AWS_SECRET_ACCESS_KEY)
  })

  it.each<
    readonly [string, Readonly<Record<string, string>>, Readonly<Record<string, string>>, number, RegExp]
  >([
    [
      'no credentials',
      {},
      {},
      3,
      /PROBLEM {2}credentials {2}There are no usable credentials: tried environment/,
    ],
    ['half a key', { AWS_ACCESS_KEY_ID: 'AKIA0123456789ABCDEF' }, {}, 3, /AWS_SECRET_ACCESS_KEY is not set/],
    ['a token that is left over', { AWS_SESSION_TOKEN: 't' }, {}, 3, /AWS_SESSION_TOKEN is set, and no key/],
    [
      'a line end',
      { ...REAL, AWS_SECRET_ACCESS_KEY: `${REAL.AWS_SECRET_ACCESS_KEY}\n` },
      {},
      3,
      /ends in a line end/,
    ],
    [
      'expired credentials',
      { ...REAL, AWS_SESSION_TOKEN: 't', AWS_CREDENTIAL_EXPIRATION: '2020-01-01T00:00:00Z' },
      {},
      3,
      /The credentials have expired/,
    ],
    [
      'a profile beside a key',
      { ...REAL, AWS_PROFILE: 'dev' },
      {
        '.aws/credentials': `[dev]\naws_access_key_id=AKIA0123456789ABCDEG\naws_secret_access_key=${REAL.AWS_SECRET_ACCESS_KEY}\n`,
      },
      0,
      /warning {2}credentials {2}AWS_PROFILE and AWS_ACCESS_KEY_ID are both set; the profile dev wins/,
    ],
    [
      'a profile that is not there',
      { ...REAL, AWS_PROFILE: 'nobody' },
      { '.aws/config': '[profile dev]\nregion=eu-west-1\n' },
      3,
      /there is no profile nobody in AWS's files\n.*take one of dev/,
    ],
    [
      'half a key in a file',
      REAL,
      { '.aws/credentials': '[default]\naws_access_key_id=AKIA0123456789ABCDEG\n' },
      0,
      /has half of a key: aws_secret_access_key/,
    ],
    [
      'a setting that nobody reads',
      REAL,
      { '.aws/config': '[default]\nreigon = eu-west-1\n' },
      0,
      /config:2 sets reigon, which nobody reads/,
    ],
    [
      'a section without its word',
      REAL,
      { '.aws/config': '[dev]\nregion = eu-west-1\n' },
      0,
      /config:1 has a section \[dev\] .*\n.*\[profile dev\]/,
    ],
    [
      'a section with a word too many',
      REAL,
      { '.aws/credentials': '[profile dev]\n' },
      0,
      /credentials:1 has a section \[profile dev\]/,
    ],
    [
      'an availability zone',
      { ...REAL, AWS_REGION: 'eu-west-1a' },
      {},
      2,
      /eu-west-1a \(from AWS_REGION\) is an availability zone/,
    ],
    ['no region', REAL, {}, 0, /warning {2}region {7}no region is set/],
    [
      'two regions',
      { ...REAL, AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'us-east-1' },
      {},
      0,
      /us-east-1 \(from AWS_DEFAULT_REGION\) is passed over/,
    ],
    [
      'a region in capitals',
      { ...REAL, AWS_REGION: 'EU-WEST-1' },
      {},
      2,
      /"EU-WEST-1" \(from AWS_REGION\) is no region/,
    ],
    [
      'a proxy, without its password',
      { ...REAL, HTTPS_PROXY: 'http://ada:hunter2@proxy:3128' },
      {},
      0,
      /ok {7}proxy {8}HTTPS_PROXY=http:\/\/\[redacted\]@proxy:3128\n/,
    ],
    ['a proxy that is none', { ...REAL, HTTPS_PROXY: 'socks5://h:1' }, {}, 2, /HTTPS_PROXY is no proxy/],
    [
      'two proxies',
      { ...REAL, HTTPS_PROXY: 'http://a:1', https_proxy: 'http://b:1' },
      {},
      0,
      /HTTPS_PROXY is passed over for https_proxy/,
    ],
    [
      'an endpoint of the environment',
      { ...REAL, AWS_ENDPOINT_URL_S3: 'http://localhost:9000' },
      {},
      0,
      /AWS_ENDPOINT_URL_S3 leads AWS's tools to localhost:9000/,
    ],
    [
      'authorities that are not there',
      { ...REAL, AWS_CA_BUNDLE: '/nowhere.pem' },
      {},
      2,
      /AWS_CA_BUNDLE is not there/,
    ],
    ['trust in anybody', { ...REAL, NODE_TLS_REJECT_UNAUTHORIZED: '0' }, {}, 0, /trusts any server/],
  ])('is %s', async (_, env, files, code, expected) => {
    const run = await doctor([], env, files)
    expect(run.stdout).toMatch(expected)
    expect(run.code).toBe(code)
    expect(run.stdout + run.stderr).not.toMatch(/wJalrX|hunter2/)
  })

  it('is a URL that cannot be asked', async () => {
    const { code, stderr } = await doctor(['--clock', 'sts'])
    expect([code, stderr]).toEqual([2, expect.stringContaining('This is no URL that can be asked: sts')])
  })
})

it.each([
  ['20.18.0', 'problem'],
  ['20.19.0', 'ok'],
  ['18.20.0', 'problem'],
  ['24.1.0', 'ok'],
])('finds Node %s %s', (version, state) => {
  expect(checkNode(version).state).toBe(state)
})

describe('asked of a server', () => {
  let clock: { port: number; close(): Promise<void> }
  let sts: StsServer
  let offset = 0

  beforeAll(async () => {
    clock = await startServer((_, response) => {
      response.setHeader('date', new Date(Date.now() + offset * 1000).toUTCString())
      response.end()
    })
    const caller = { account: '123456789012', arn: 'arn:aws:iam::123456789012:user/ada', userId: 'AIDA1' }
    const found = { secretAccessKey: REAL.AWS_SECRET_ACCESS_KEY }
    sts = await startSts(new Map([[REAL.AWS_ACCESS_KEY_ID, { found, caller }]]), () => new Date())
    sts.reply = xmlReply
  })
  afterAll(async () => Promise.all([clock.close(), sts.close()]))

  it.each([
    [0, 0, /ok {7}clock {8}[0-5] s from 127/],
    [3600, 6, /PROBLEM {2}clock {8}(?:59 minutes 5\d seconds|1 hour).* behind 127/],
  ])('the clock that is %i s away ends with %i', async (seconds, code, expected) => {
    offset = seconds
    const run = await doctor(['--clock', `http://127.0.0.1:${clock.port}/`])
    expect(run.stdout).toMatch(expected)
    expect(run.code).toBe(code)
  })

  it('STS says who the key is of', async () => {
    const { code, stdout } = await doctor(['--sts', `http://127.0.0.1:${sts.port}/`])
    expect(stdout).toContain('ok       sts          the key is that of arn:aws:iam::123456789012:user/ada\n')
    expect([code, stdout]).toEqual([0, expect.stringMatching(/ok {7}clock {8}\d s from 127/)])
  })

  it('STS refuses a key with another secret', async () => {
    const { code, stdout } = await doctor(['--sts', `http://127.0.0.1:${sts.port}/`], {
      ...KEY,
      ...REAL,
      AWS_SECRET_ACCESS_KEY: REAL.AWS_SECRET_ACCESS_KEY.replace('w', 'W'),
    })
    expect(stdout).toMatch(/PROBLEM {2}sts {10}refused with 403 SignatureDoesNotMatch/)
    expect(code).toBe(5)
  })

  it('and nobody answers', async () => {
    const { code, stdout } = await doctor(['--sts', 'http://127.0.0.1:9/', '--clock', 'http://127.0.0.1:9/'])
    expect(stdout).toMatch(/PROBLEM {2}clock {8}.*\n.*fix: /)
    expect(stdout).toMatch(/PROBLEM {2}sts /)
    expect(code).toBe(4)
  })
})
