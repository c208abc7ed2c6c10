/** Profiles that need a code of a device: from where it comes, and that nobody is asked who is not there. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { CALLER, refusalReply, startRoleServer, type RoleServer } from '../../../test/kit/role-server.ts'
import { countersign, makeHome, type Run } from './kit/run-command.ts'

const SQS = 'https://sqs.eu-west-1.amazonaws.com/'
const CODE = '123456'
const FILES = {
  '.aws/credentials': `[base]
aws_access_key_id = ${CALLER.accessKeyId}
aws_secret_access_key = ${CALLER.secretAccessKey}
`,
  '.aws/config': `[profile admin]
role_arn = arn:aws:iam::123456789012:role/admin
source_profile = base
mfa_serial = arn:aws:iam::123456789012:mfa/ada
region = eu-west-1
`,
}

let sts: RoleServer
beforeAll(async () => {
  sts = await startRoleServer()
})
afterAll(() => sts.close())
beforeEach(() => {
  sts.asked.length = 0
  sts.answer = undefined
})

function sign(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Run> {
  const home = makeHome(FILES)
  return countersign(['sign', '--profile', 'admin', ...args, SQS], {
    home,
    env: { AWS_ENDPOINT_URL_STS: sts.origin, ...env },
  })
}

describe('a profile with mfa_serial', () => {
  it.each([
    ['the flag', ['--mfa-code', CODE], {}],
    ['the environment', [], { COUNTERSIGN_MFA_CODE: CODE }],
    ['the flag before the environment', ['--mfa-code', CODE], { COUNTERSIGN_MFA_CODE: '654321' }],
    ['the flag, though nobody is to be asked', ['--no-input', '--mfa-code', CODE], { CI: 'true' }],
  ])('takes the code of %s', async (_, args, env) => {
    const { code, stdout } = await sign(args, env)
    expect([code, /Credential=ASIAROLE\d+\//.test(stdout)]).toEqual([0, true])
    expect(sts.asked.map(({ parameters }) => [parameters['SerialNumber'], parameters['TokenCode']])).toEqual([
      ['arn:aws:iam::123456789012:mfa/ada', CODE],
    ])
  })

  it.each([
    ['without a terminal', [], {}, 'there is no terminal to ask at'],
    ['with --no-input', ['--no-input'], {}, '--no-input asks nobody'],
    ['with CI=true', [], { CI: 'true' }, 'CI=true asks nobody'],
  ])('ends with 3 and says how to give it, %s', async (_, args, env, why) => {
    const { code, stdout, stderr } = await sign(args, env)
    expect([code, stdout, sts.asked.length]).toEqual([3, '', 0])
    expect(stderr).toBe(
      `error: The profile needs a code of arn:aws:iam::123456789012:mfa/ada\n  why: ${why}\n  fix: add --mfa-code CODE, or set COUNTERSIGN_MFA_CODE\n`,
    )
  })

  it('sends nothing that is no code', async () => {
    const { code, stderr } = await sign(['--mfa-code', 'hunter2'])
    expect([code, sts.asked.length, stderr]).toEqual([3, 0, expect.stringContaining('no six digits')])
    expect(stderr).not.toContain('hunter2')
  })

  it('says what STS has against a code', async () => {
    sts.answer = () => refusalReply(403, 'AccessDenied', 'MultiFactorAuthentication failed')
    const { code, stderr } = await sign(['--mfa-code', '999999'])
    expect([code, stderr]).toEqual([3, expect.stringContaining('MultiFactorAuthentication failed')])
  })
})
