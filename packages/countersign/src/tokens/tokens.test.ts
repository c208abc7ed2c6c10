/** Every kind of token: what is in it, until when it works, and which input is refused. */
import { describe, expect, it } from 'vitest'
import { SigningKey } from '../index.ts'
import {
  createCodeCommitToken,
  createDsqlToken,
  createEksToken,
  createElastiCacheToken,
  createIotToken,
  createMemoryDbToken,
  createMskToken,
  createRdsToken,
  createSesSmtpToken,
  createVaultToken,
} from './index.ts'
import type { AuthToken, ExpiringTokenOptions, TokenOptions } from './index.ts'
import { codeOf } from '../../../../test/kit/code-of.ts'

const credentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
}
const date = new Date('2026-11-22T12:34:56Z')
const region = 'eu-west-1'

/** One maker of each kind, with the longest lifetime that its service takes. */
const EXPIRING: readonly [string, (o: ExpiringTokenOptions) => AuthToken, number][] = [
  [
    'rds',
    (o) => createRdsToken({ hostname: 'db.eu-west-1.rds.amazonaws.com', port: 5432, username: 'u', ...o }),
    900,
  ],
  ['dsql', (o) => createDsqlToken({ hostname: 'abc.dsql.eu-west-1.on.aws', ...o }), 604_800],
  ['elasticache', (o) => createElastiCacheToken({ cacheName: 'c', username: 'u', region, ...o }), 900],
  ['memorydb', (o) => createMemoryDbToken({ clusterName: 'c', username: 'u', region, ...o }), 900],
  ['eks', (o) => createEksToken({ clusterName: 'c', region, ...o }), 900],
  ['msk', (o) => createMskToken({ region, ...o }), 900],
  ['iot', (o) => createIotToken({ hostname: 'x-ats.iot.eu-west-1.amazonaws.com', ...o }), 604_800],
]
const SIGNED: readonly [string, (o: TokenOptions) => AuthToken][] = [
  ['vault', (o) => createVaultToken(o)],
  [
    'codecommit',
    (o) =>
      createCodeCommitToken({ hostname: 'git-codecommit.eu-west-1.amazonaws.com', repository: 'r', ...o }),
  ],
]
const ALL: readonly [string, (o: TokenOptions) => AuthToken][] = [
  ...EXPIRING.map(([name, make]): [string, (o: TokenOptions) => AuthToken] => [name, make]),
  ...SIGNED,
]

function decode(text: string): string {
  return Buffer.from(text, 'base64url').toString()
}

describe('lifetime', () => {
  it.each(EXPIRING)('of %s is 15 minutes unless said otherwise', (_, make) => {
    expect(make({ credentials, date }).expiresAt).toEqual(new Date('2026-11-22T12:49:56Z'))
    expect(make({ credentials, date, expiresIn: 60 }).expiresAt).toEqual(new Date('2026-11-22T12:35:56Z'))
  })

  it.each(EXPIRING)('of %s is a whole number of seconds, and not too long', (_, make, longest) => {
    expect(codeOf(() => make({ credentials, date, expiresIn: longest }))).toBeUndefined()
    for (const expiresIn of [0, -1, 1.5, NaN, Infinity, longest + 1]) {
      expect(codeOf(() => make({ credentials, date, expiresIn }))).toBe('EXPIRY_INVALID')
    }
  })

  it.each(ALL)('of %s ends with the credentials, and says so', (_, make) => {
    const expiration = new Date('2026-11-22T12:36:00.900Z')
    const { expiresAt, warnings } = make({ credentials: { ...credentials, expiration }, date })
    expect(expiresAt).toEqual(new Date('2026-11-22T12:36:00Z'))
    expect(warnings).toEqual(['EXPIRY_CLAMPED'])
    expect(make({ credentials, date }).warnings).toEqual([])
  })

  it.each(ALL)('of %s does not begin with credentials that are no more', (_, make) => {
    expect(codeOf(() => make({ credentials: { ...credentials, expiration: date }, date }))).toBe(
      'CREDENTIALS_EXPIRED',
    )
  })

  it.each(ALL)('of %s begins now by default', (_, make) => {
    const before = Date.now()
    const { expiresAt } = make({ credentials })
    expect(expiresAt.getTime()).toBeGreaterThan(before + 290_000)
    expect(expiresAt.getTime()).toBeLessThanOrEqual(Date.now() + 900_000)
  })
})

describe('credentials', () => {
  it.each(ALL)('of %s must be usable', (_, make) => {
    const broken = { accessKeyId: 'ASIAEXAMPLE', secretAccessKey: 'x' }
    expect(codeOf(() => make({ credentials: broken, date }))).toBe('CREDENTIALS_INVALID')
  })

  it.each(ALL)('of %s never show in the message of an error', (_, make) => {
    try {
      make({ credentials: { ...credentials, sessionToken: 'bad\ntoken' }, date })
      expect.unreachable()
    } catch (error) {
      expect(String(error)).not.toMatch(/wJalr|bad/)
    }
  })

  it.each([
    ['rds', 'rds-db', EXPIRING[0]![1]],
    ['memorydb', 'memorydb', EXPIRING[3]![1]],
    ['msk', 'kafka-cluster', EXPIRING[5]![1]],
    ['codecommit', 'codecommit', SIGNED[1]![1]],
    ['eks', 'sts', EXPIRING[4]![1]],
  ])('of %s may hold a derived key', (_, service, make) => {
    const signingKey = SigningKey.derive(credentials.secretAccessKey, { date, region, service })
    const derived = { accessKeyId: credentials.accessKeyId, signingKey }
    expect(make({ credentials: derived, date })).toEqual(make({ credentials, date }))
    const other = new Date('2026-11-23T00:00:00Z')
    expect(codeOf(() => make({ credentials: derived, date: other }))).toBe('DATE_MISMATCH')
  })

  it('tell the region by the scope of a derived key', () => {
    const signingKey = SigningKey.derive(credentials.secretAccessKey, { date, region, service: 'sts' })
    const derived = { accessKeyId: credentials.accessKeyId, signingKey }
    const { token } = createEksToken({ credentials: derived, date, clusterName: 'c' })
    expect(decode(token.slice(11))).toContain('https://sts.eu-west-1.amazonaws.com/')
  })
})

describe('region', () => {
  it.each([
    ['rds', () => createRdsToken({ credentials, hostname: 'db.example.com', port: 1, username: 'u' })],
    [
      'rds of another service',
      () => createRdsToken({ credentials, hostname: 'sqs.eu-west-1.amazonaws.com', port: 1, username: 'u' }),
    ],
    ['elasticache', () => createElastiCacheToken({ credentials, cacheName: 'c', username: 'u' })],
    ['memorydb', () => createMemoryDbToken({ credentials, clusterName: 'c', username: 'u' })],
    ['msk', () => createMskToken({ credentials })],
    ['eks', () => createEksToken({ credentials, clusterName: 'c' })],
    ['vault', () => createVaultToken({ credentials, hostname: 'sts.example.com' })],
    ['iot', () => createIotToken({ credentials, hostname: 'mqtt.example.com' })],
    [
      'codecommit',
      () => createCodeCommitToken({ credentials, hostname: 'git.example.com', repository: 'r' }),
    ],
  ])('of %s is not guessed', (_, make) => {
    expect(codeOf(make)).toBe('SCOPE_UNKNOWN')
  })

  it.each(['', '*', 'eu-west-1,us-east-1', 'EU-WEST-1', 'a/b', 'evil.example/#'])('cannot be %j', (odd) => {
    expect(codeOf(() => createMskToken({ credentials, region: odd }))).toBe('OPTION_INVALID')
    expect(codeOf(() => createVaultToken({ credentials, region: odd, hostname: 'sts.example.com' }))).toBe(
      'OPTION_INVALID',
    )
  })

  it.each([
    ['cn-north-1', 'sts.cn-north-1.amazonaws.com.cn'],
    ['us-gov-west-1', 'sts.us-gov-west-1.amazonaws.com'],
    ['us-iso-east-1', 'sts.us-iso-east-1.c2s.ic.gov'],
    ['us-isob-east-1', 'sts.us-isob-east-1.sc2s.sgov.gov'],
    ['eusc-de-east-1', 'sts.eusc-de-east-1.amazonaws.eu'],
  ])('%s has its own STS', (given, host) => {
    const { token } = createEksToken({ credentials, date, region: given, clusterName: 'c' })
    expect(decode(token.slice(11))).toContain(`https://${host}/?`)
  })

  it('of a partition that is not known needs a host', () => {
    const options = { credentials, date, region: 'moon-base-1', clusterName: 'c' }
    expect(codeOf(() => createEksToken(options))).toBe('OPTION_INVALID')
    const { token } = createEksToken({ ...options, hostname: 'sts.moon-base-1.example' })
    expect(decode(token.slice(11))).toContain('https://sts.moon-base-1.example/?')
  })
})

describe('names', () => {
  it.each([
    '',
    ' ',
    'https://db',
    'db:3306',
    'db/x',
    'a..b',
    '.a',
    'a.',
    '-a',
    'a_b',
    'user@db',
    'a?b',
    'é',
    '[::1]',
    'a\nb',
    'x'.repeat(64),
    `${'a.'.repeat(127)}a`,
  ])('of a host cannot be %j', (hostname) => {
    expect(codeOf(() => createRdsToken({ credentials, region, hostname, port: 1, username: 'u' }))).toBe(
      'OPTION_INVALID',
    )
    expect(
      codeOf(() => createElastiCacheToken({ credentials, region, cacheName: hostname, username: 'u' })),
    ).toBe('OPTION_INVALID')
  })

  it.each([0, -1, 65_536, 1.5, NaN])('of a port cannot be %d', (port) => {
    expect(codeOf(() => createRdsToken({ credentials, region, hostname: 'db', port, username: 'u' }))).toBe(
      'OPTION_INVALID',
    )
    expect(codeOf(() => createIotToken({ credentials, region, hostname: 'iot', port }))).toBe(
      'OPTION_INVALID',
    )
  })

  it.each(['', 'a\nb', '\u0000', '\ud800'])('of a user cannot be %j', (username) => {
    expect(codeOf(() => createRdsToken({ credentials, region, hostname: 'db', port: 1, username }))).toBe(
      'OPTION_INVALID',
    )
    expect(codeOf(() => createMemoryDbToken({ credentials, region, clusterName: 'c', username }))).toBe(
      'OPTION_INVALID',
    )
  })

  it('of a user are encoded', () => {
    const { token } = createRdsToken({
      credentials,
      date,
      region,
      hostname: 'DB',
      port: 443,
      username: "a b&c=d+%/é'",
    })
    expect(token).toMatch(/^db:443\/\?Action=connect&DBUser=a%20b%26c%3Dd%2B%25%2F%C3%A9%27&X-Amz-Algorithm=/)
  })

  it.each(['', 'a b', 'é', 'a\r\nx: y'])('of an audience cannot be %j', (name) => {
    expect(codeOf(() => createEksToken({ credentials, region, clusterName: name }))).toBe('OPTION_INVALID')
    expect(codeOf(() => createVaultToken({ credentials, serverId: name }))).toBe('OPTION_INVALID')
  })

  it.each(['', '../x', 'a/b', 'a b', 'x'.repeat(101)])('of a repository cannot be %j', (repository) => {
    const hostname = 'git-codecommit.eu-west-1.amazonaws.com'
    expect(codeOf(() => createCodeCommitToken({ credentials, hostname, repository }))).toBe('OPTION_INVALID')
  })
})

describe('what is in a token', () => {
  const temporary = { ...credentials, sessionToken: 'a/b+c=' }

  it('elasticache: the cache in lower case, and its type', () => {
    const options = { credentials, date, region, cacheName: 'My-Cache', username: 'iam' }
    expect(createElastiCacheToken(options).token).toMatch(
      /^my-cache\/\?Action=connect&User=iam&X-Amz-Algorithm=.*%2Felasticache%2F/,
    )
    expect(createElastiCacheToken({ ...options, serverless: true }).token).toMatch(
      /^my-cache\/\?Action=connect&ResourceType=ServerlessCache&User=iam&X-/,
    )
  })

  it('memorydb: the cluster', () => {
    const { token } = createMemoryDbToken({
      credentials: temporary,
      date,
      region,
      clusterName: 'c',
      username: 'iam',
    })
    expect(token).toMatch(
      /^c\/\?Action=connect&User=iam&X-Amz-.*%2Fmemorydb%2F.*&X-Amz-Security-Token=a%2Fb%2Bc%3D&/,
    )
  })

  it('eks: a presigned URL that only holds with the name of the cluster', () => {
    const { token } = createEksToken({ credentials, date, region, clusterName: 'prod' })
    expect(token).toMatch(/^k8s-aws-v1\.[\w-]+$/)
    const url = decode(token.slice(11))
    expect(url).toContain('Action=GetCallerIdentity&Version=2011-06-15&')
    expect(url).toContain('&X-Amz-SignedHeaders=host%3Bx-k8s-aws-id&')
    expect(token).not.toBe(createEksToken({ credentials, date, region, clusterName: 'test' }).token)
  })

  it('msk: a URL whose user agent is not signed', () => {
    const mine = decode(createMskToken({ credentials, date, region, userAgent: 'my app' }).token)
    const usual = decode(createMskToken({ credentials, date, region }).token)
    expect(mine).toMatch(
      /^https:\/\/kafka\.eu-west-1\.amazonaws\.com\/\?Action=kafka-cluster%3AConnect&.*&User-Agent=my%20app$/,
    )
    expect(mine.split('&User-Agent=')[0]).toBe(usual.split('&User-Agent=')[0])
  })

  it('iot: the session token behind the signature, where it changes nothing', () => {
    const options = { date, hostname: 'x-ats.iot.eu-west-1.amazonaws.com' }
    const plain = createIotToken({ ...options, credentials }).token
    const { token } = createIotToken({ ...options, credentials: temporary })
    expect(token).toBe(`${plain}&X-Amz-Security-Token=a%2Fb%2Bc%3D`)
    expect(plain).toMatch(/^wss:\/\/x-ats\.iot\.eu-west-1\.amazonaws\.com\/mqtt\?X-Amz-Algorithm=/)
    expect(createIotToken({ ...options, credentials, port: 9999 }).token).toContain('.com:9999/mqtt?')
  })

  it('vault: the request in four fields, the role before them', () => {
    const { token } = createVaultToken({
      credentials: temporary,
      date,
      serverId: 'vault.example.com',
      role: 'dev',
    })
    const login = JSON.parse(token) as Record<string, string>
    expect(Object.keys(login)).toEqual([
      'role',
      'iam_http_request_method',
      'iam_request_url',
      'iam_request_body',
      'iam_request_headers',
    ])
    expect(login['role']).toBe('dev')
    expect(decode(login['iam_request_url']!)).toBe('https://sts.amazonaws.com/')
    expect(decode(login['iam_request_body']!)).toBe('Action=GetCallerIdentity&Version=2011-06-15')
    const headers = JSON.parse(decode(login['iam_request_headers']!)) as Record<string, string>
    expect(headers).toMatchObject({
      host: 'sts.amazonaws.com',
      'x-amz-date': '20261122T123456Z',
      'x-amz-security-token': 'a/b+c=',
      'x-vault-aws-iam-server-id': 'vault.example.com',
    })
    expect(headers['authorization']).toContain('/20261122/us-east-1/sts/aws4_request')
    expect(headers['authorization']).toMatch(/SignedHeaders=[^,]*;x-vault-aws-iam-server-id,/)
  })

  it('vault: the STS of a region, or the one that is named', () => {
    const urlOf = (o: object): string =>
      decode(
        (JSON.parse(createVaultToken({ credentials, date, ...o }).token) as Record<string, string>)[
          'iam_request_url'
        ]!,
      )
    expect(urlOf({ region })).toBe('https://sts.eu-west-1.amazonaws.com/')
    expect(urlOf({ hostname: 'sts-fips.us-east-1.amazonaws.com' })).toBe(
      'https://sts-fips.us-east-1.amazonaws.com/',
    )
  })

  it('codecommit: the session token in the name of the user', () => {
    const options = { date, hostname: 'git-codecommit-fips.eu-west-1.amazonaws.com', repository: 'r' }
    expect(createCodeCommitToken({ ...options, credentials: temporary })).toMatchObject({
      username: 'AKIDEXAMPLE%a/b+c=',
      token: expect.stringMatching(/^20261122T123456Z[0-9a-f]{64}$/) as string,
    })
  })

  it('ses: neither of temporary credentials nor of a derived key', () => {
    expect(codeOf(() => createSesSmtpToken({ credentials: temporary, region }))).toBe('CREDENTIALS_INVALID')
    const signingKey = SigningKey.derive('x', { date, region, service: 'ses' })
    const derived = { accessKeyId: 'AKIDEXAMPLE', signingKey }
    // @ts-expect-error the types refuse it too
    expect(codeOf(() => createSesSmtpToken({ credentials: derived, region }))).toBe('SECRET_KEY_MISSING')
    expect(createSesSmtpToken({ credentials, region }).username).toBe('AKIDEXAMPLE')
  })
})
