/**
 * The same tokens as AWS's own signers for RDS and DSQL, botocore and the AWS command line, or a reason.
 */
import { DsqlSigner } from '@aws-sdk/dsql-signer'
import { Signer as RdsSigner } from '@aws-sdk/rds-signer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { verifyIdentityProof } from '../../packages/countersign/src/identity-proof/index.ts'
import {
  createCodeCommitToken,
  createDsqlToken,
  createEksToken,
  createRdsToken,
} from '../../packages/countersign/src/tokens/index.ts'
import { startSts } from '../kit/sts-server.ts'
import { describeWithAwsCli, describeWithPython, run } from '../interop/programs.ts'

const credentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  sessionToken:
    'AQoEXAMPLEH4aoAH0gNCAPyJxz4BlCFFxWNE1OPTgk5TthT+FvwqnKwRcOIfrRh3c/LTo6UDdyJwOOvEVPvLXCrrrUtdnniCEXAMPLE==',
}
const environment = {
  AWS_ACCESS_KEY_ID: credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  AWS_SESSION_TOKEN: credentials.sessionToken,
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  AWS_EC2_METADATA_DISABLED: 'true',
}
const region = 'eu-central-1'
const hostname = 'mydb.123456789012.eu-central-1.rds.amazonaws.com'

/** Users as people name them, and as they should not. */
const USERNAMES = [
  'app',
  'iam_user',
  'a.b-c~d',
  'a b',
  'a+b',
  'a&b=c',
  "o'hara",
  '!*()',
  'a/b:c@d',
  '100%',
  '%41',
  'é',
  '日本',
  '🦊',
]

/** The parts of a token, each parameter decoded; the order and the spelling of escapes are each maker's own. */
function partsOf(token: string): string[] {
  const [address = '', query = ''] = token.split('?')
  return [address, ...query.split('&').map(decodeURIComponent).toSorted()]
}

/** The instant that somebody else's token was made at. */
function dateOf(token: string): Date {
  const [, ...parts] = /X-Amz-Date=(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/.exec(token) ?? []
  const [year, month, day, hour, minute, second] = parts.map(Number)
  return new Date(Date.UTC(year!, month! - 1, day, hour, minute, second))
}

const users = fc.oneof(
  fc.constantFrom(...USERNAMES),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
)
const isWritable = (text: string): boolean => !/[\p{Cc}\p{Cs}]/u.test(text)

describe('@aws-sdk/rds-signer', () => {
  it('makes the same tokens', async () => {
    const cases = fc.record({
      username: users.filter(isWritable),
      port: fc.integer({ min: 1, max: 65_535 }),
      isTemporary: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(cases, async ({ username, port, isTemporary }) => {
        const { sessionToken, ...lasting } = credentials
        const given = isTemporary ? { ...lasting, sessionToken } : lasting
        const theirs = await new RdsSigner({
          hostname,
          port,
          region,
          username,
          credentials: given,
        }).getAuthToken()
        const ours = createRdsToken({ hostname, port, username, credentials: given, date: dateOf(theirs) })
        expect(partsOf(ours.token)).toEqual(partsOf(theirs))
      }),
      { numRuns: 200 },
    )
  })

  it('makes the same token for the port of https, which URLs leave out', async () => {
    const theirs = await new RdsSigner({
      hostname,
      port: 443,
      region,
      username: 'u',
      credentials,
    }).getAuthToken()
    const ours = createRdsToken({ hostname, port: 443, username: 'u', credentials, date: dateOf(theirs) })
    expect(partsOf(ours.token)).toEqual(partsOf(theirs))
  })
})

describe('@aws-sdk/dsql-signer', () => {
  it.each([
    [false, 900],
    [true, 900],
    [false, 1],
    [true, 604_800],
  ])('makes the same tokens, admin %s, for %i seconds', async (admin, expiresIn) => {
    const endpoint = `abc0def1.dsql.${region}.on.aws`
    const signer = new DsqlSigner({ hostname: endpoint, region, expiresIn, credentials })
    const theirs = await (admin ? signer.getDbConnectAdminAuthToken() : signer.getDbConnectAuthToken())
    const ours = createDsqlToken({ hostname: endpoint, admin, expiresIn, credentials, date: dateOf(theirs) })
    expect(partsOf(ours.token)).toEqual(partsOf(theirs))
  })
})

const SCRIPT = `
import json, sys, botocore.session
given = json.load(sys.stdin)
rds = botocore.session.get_session().create_client('rds', region_name=given['region'])
tokens = {'rds': [rds.generate_db_auth_token(given['hostname'], 5432, user) for user in given['usernames']]}
try:
    dsql = botocore.session.get_session().create_client('dsql', region_name=given['region'])
    tokens['dsql'] = [dsql.generate_db_connect_auth_token(given['cluster']), dsql.generate_db_connect_admin_auth_token(given['cluster'])]
except (botocore.exceptions.UnknownServiceError, AttributeError):
    pass
json.dump(tokens, sys.stdout)
`

describeWithPython('botocore', 'botocore', (python) => {
  it('makes the same tokens for RDS, and for DSQL where it knows that', async () => {
    const cluster = `abc0def1.dsql.${region}.on.aws`
    const input = JSON.stringify({ region, hostname, cluster, usernames: USERNAMES })
    const made = JSON.parse(await run(python, ['-c', SCRIPT], { input, env: environment })) as {
      readonly rds: readonly string[]
      readonly dsql?: readonly string[]
    }
    expect(made.rds).toHaveLength(USERNAMES.length)
    for (const [index, theirs] of made.rds.entries()) {
      const username = USERNAMES[index]!
      const ours = createRdsToken({ hostname, port: 5432, username, credentials, date: dateOf(theirs) })
      expect(partsOf(ours.token)).toEqual(partsOf(theirs))
    }
    for (const [index, theirs] of (made.dsql ?? []).entries()) {
      const ours = createDsqlToken({
        hostname: cluster,
        admin: index === 1,
        credentials,
        date: dateOf(theirs),
      })
      expect(partsOf(ours.token)).toEqual(partsOf(theirs))
    }
  })
})

describeWithAwsCli('the AWS command line', (aws) => {
  it('makes the same tokens for EKS, which are proofs of identity, but that it writes 60 seconds and means 15 minutes', async () => {
    const printed = await run(aws, ['eks', 'get-token', '--cluster-name', 'My-Cluster', '--region', region], {
      env: { ...environment, AWS_STS_REGIONAL_ENDPOINTS: 'regional' },
    })
    const { token } = (JSON.parse(printed) as { status: { token: string } }).status
    const decode = (text: string): string =>
      Buffer.from(text.slice('k8s-aws-v1.'.length), 'base64url').toString()
    const theirs = decode(token)
    const ours = createEksToken({
      clusterName: 'My-Cluster',
      region,
      expiresIn: 60,
      credentials,
      date: dateOf(theirs),
    })
    expect(partsOf(decode(ours.token))).toEqual(partsOf(theirs))

    const caller = {
      account: '123456789012',
      arn: 'arn:aws:iam::123456789012:user/alice',
      userId: 'AIDAEXAMPLEID',
    }
    const keys = new Map([[credentials.accessKeyId, { found: credentials, caller }]])
    const sts = await startSts(keys, () => dateOf(theirs))
    const { fetch } = sts
    const options = {
      audience: 'My-Cluster',
      audienceHeader: 'x-k8s-aws-id',
      fetch,
      now: () => dateOf(theirs),
    }
    expect(await verifyIdentityProof(token, options)).toEqual(caller)
    await sts.close()
  })

  it('makes the same passwords for CodeCommit', async () => {
    const host = `git-codecommit.${region}.amazonaws.com`
    const printed = await run(aws, ['codecommit', 'credential-helper', 'get'], {
      input: `protocol=https\nhost=${host}\npath=v1/repos/My.Repo_1\n`,
      env: environment,
    })
    const [, username, password = ''] = /username=(.*)\npassword=(.*)\n/.exec(printed) ?? []
    const date = dateOf(`X-Amz-Date=${password}`)
    const ours = createCodeCommitToken({ hostname: host, repository: 'My.Repo_1', credentials, date })
    expect([ours.username, ours.token]).toEqual([username, password])
  })
})
