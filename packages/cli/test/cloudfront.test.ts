/** `countersign cloudfront`: what others have signed it signs alike, and `check` tells what is open to whom. */
import { createServer } from 'node:http'
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { verifySignedCookies, verifySignedUrl } from 'countersign/cloudfront'
import { describeVectors, expectCases, loadVectors } from '../../../test/kit/vectors.ts'
import { countersign, makeHome, type Run } from './kit/run-command.ts'
import { AT } from './kit/vectors.ts'

const FILM = 'https://d111111abcdef8.cloudfront.net/films/castle.mp4'
const FILMS = 'https://d111111abcdef8.cloudfront.net/films/*'
const pemsOf = ({ privateKey, publicKey }: { privateKey: KeyObject; publicKey: KeyObject }): Pems => ({
  privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
})
type Pems = Readonly<Record<'privateKey' | 'publicKey', string>>
const rsa = pemsOf(generateKeyPairSync('rsa', { modulusLength: 2048 }))
const ec = pemsOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }))
const home = makeHome({
  'rsa.pem': rsa.privateKey,
  'rsa-public.pem': rsa.publicKey,
  'ec.pem': ec.privateKey,
  'ec-public.pem': ec.publicKey,
  'other.pem': pemsOf(generateKeyPairSync('rsa', { modulusLength: 2048 })).publicKey,
  'policy.json':
    '{"Statement":[{"Resource":"https://x/*","Condition":{"DateLessThan":{"AWS:EpochTime":1795351000}}}]}\n',
  'odd-policy.json': '{"Statement":[]}',
  broken: '{"kty":',
  empty: '',
})
const now = (): Date => new Date('2026-11-22T12:34:56Z')

const run = (args: readonly string[], input = ''): Promise<Run> =>
  countersign(['cloudfront', ...args], { home, input })
const sign = (...args: string[]): Promise<Run> =>
  run(['sign', '--key-pair-id', 'K2', '--key', 'rsa.pem', '--at', AT, ...args])
const check = (args: readonly string[], input = ''): Promise<Run> =>
  run(['check', '--at', AT, ...args], input)

describeVectors('known answers of boto and the AWS SDK for Go', () => {
  interface Case {
    readonly name: string
    readonly key: string
    readonly kind: 'canned' | 'custom'
    readonly policy: string
    readonly signature: string
    readonly url?: string
    readonly expires?: number
    readonly keyPairId?: string
    readonly signedUrl?: string
  }
  const { keys, cases } = loadVectors<{
    keys: Readonly<Record<string, { pkcs1DerBase64: string; jwk: object }>>
    cases: readonly Case[]
  }>('cloudfront.json')
  const sayable = cases.filter(({ url = '' }) => !url.startsWith('rtmp:'))

  it.concurrent.each(expectCases(sayable).map((one) => [one.name, one] as const))('%s', async (_, one) => {
    const { pkcs1DerBase64, jwk } = keys[one.key]!
    const files = makeHome({
      der: Buffer.from(pkcs1DerBase64, 'base64'),
      jwk: JSON.stringify(jwk),
      policy: one.policy,
    })
    const at = new Date(((one.expires ?? 0) - 3600) * 1000).toISOString()
    const grant = one.kind === 'canned' ? ['--at', at, '--expires', '1h'] : ['--policy', 'policy']
    const target = one.url === undefined ? ['--cookies', 'http://x/'] : [one.url]
    for (const key of ['der', 'jwk']) {
      const own = ['--key-pair-id', one.keyPairId ?? 'K2', '--key', key]
      const { code, stdout } = await countersign(['cloudfront', 'sign', ...own, ...grant, ...target], {
        home: files,
      })
      expect(code).toBe(0)
      if (one.signedUrl === undefined) expect(stdout).toContain(`CloudFront-Signature=${one.signature}\n`)
      else expect(stdout).toBe(`${one.signedUrl}\n`)
    }
  })
})

describe.concurrent('cloudfront sign', () => {
  it.each([
    ['rsa', []],
    ['rsa', ['--sha256']],
    ['ec', []],
    ['ec', ['--sha256']],
  ])('signs a URL with %s %j for an hour', async (kind, args) => {
    const { code, stdout, stderr } = await sign('--key', `${kind}.pem`, ...args, FILM)
    expect([code, stderr]).toEqual([0, 'open until 2026-11-22T13:34:56Z (1 hour)\n'])
    const publicKey = (kind === 'rsa' ? rsa : ec).publicKey
    const verified = await verifySignedUrl(stdout.trim(), { keyPairId: 'K2', publicKey, now })
    expect(verified).toMatchObject({
      resource: FILM,
      kind: 'canned',
      algorithm: args.length > 0 ? 'SHA256' : 'SHA1',
    })
  })

  it('puts conditions into a policy', async () => {
    const args = [
      '--expires',
      '15m',
      '--not-before',
      '20261122T120000Z',
      '--ip',
      '192.0.2.0/24',
      '--resource',
      FILMS,
    ]
    const { stdout } = await sign('--json', ...args, FILM)
    const { url, policy, expiresAt } = JSON.parse(stdout) as {
      url: string
      policy: object
      expiresAt: string
    }
    expect(expiresAt).toBe('2026-11-22T12:49:56Z')
    expect(policy).toEqual({
      Statement: [
        {
          Resource: FILMS,
          Condition: {
            DateLessThan: { 'AWS:EpochTime': 1795351796 },
            IpAddress: { 'AWS:SourceIp': '192.0.2.0/24' },
            DateGreaterThan: { 'AWS:EpochTime': 1795348800 },
          },
        },
      ],
    })
    const options = { keyPairId: 'K2', publicKey: rsa.publicKey, now }
    await verifySignedUrl(url, { ...options, remoteAddress: '192.0.2.9' })
    await expect(verifySignedUrl(url, { ...options, remoteAddress: '192.0.3.9' })).rejects.toThrow(
      'IP addresses',
    )
  })

  it('makes cookies, which a server takes for what * covers', async () => {
    const { stdout } = await sign('--cookies', FILMS)
    const codes: string[] = []
    const server = createServer((request, response) => {
      const url = `https://d111111abcdef8.cloudfront.net${request.url}`
      verifySignedCookies(url, request.headers.cookie ?? '', {
        keyPairId: 'K2',
        publicKey: rsa.publicKey,
        now,
      }).then(
        () => response.end(),
        ({ code }: { code: string }) => {
          codes.push(code)
          response.writeHead(403).end()
        },
      )
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const ask = async (path: string): Promise<number> => {
      const cookie = stdout.trim().replaceAll('\n', '; ')
      const { port } = server.address() as AddressInfo
      return (await fetch(`http://127.0.0.1:${port}${path}`, { headers: { cookie } })).status
    }
    expect([await ask('/films/a.mp4'), await ask('/films/b/c'), await ask('/books/a')]).toEqual([
      200, 200, 403,
    ])
    server.close()
    expect(codes).toEqual(['RESOURCE_MISMATCH'])
  })

  it('opens one URL with cookies of a canned policy', async () => {
    const { stdout } = await sign('--cookies', FILM)
    expect(stdout).toMatch(
      /^CloudFront-Expires=1795354496\nCloudFront-Signature=.+\nCloudFront-Key-Pair-Id=K2\n$/,
    )
  })

  it('never makes a wildcard of a * in a URL', async () => {
    const { stdout } = await sign(FILMS)
    expect(stdout).toMatch(/^https:\/\/d111111abcdef8\.cloudfront\.net\/films\/%2A\?Expires=/)
  })
})

describe.concurrent('cloudfront check', () => {
  const signed = async (...args: string[]): Promise<string> => (await sign(...args)).stdout.trim()

  it('tells without a key what is open, and until when', async () => {
    const { code, stdout } = await check(['-'], await signed(`${FILM}?a=1`))
    expect(code).toBe(0)
    expect(stdout).toBe(
      ['unproven', 'key      K2', 'policy   canned', `opens    ${FILM}?a=1`].join('\n') +
        '\nuntil    2026-11-22T13:34:56Z (1 hour left)\n',
    )
  })

  it.each([
    ['rsa-public.pem', [], 0, 'valid', undefined],
    ['rsa.pem', [], 0, 'valid', undefined],
    ['other.pem', [], 5, 'refused', 'SIGNATURE_MISMATCH'],
    ['rsa-public.pem', ['--key-pair-id', 'K3'], 5, 'refused', 'KEY_UNKNOWN'],
    ['rsa-public.pem', ['--at', '20261122T133456Z'], 5, 'expired', 'EXPIRED'],
  ])('with the key %s and %j ends with %i', async (key, args, expected, state, finding) => {
    const { code, stdout } = await check(['--json', '--key', key, ...args, '-'], await signed(FILM))
    const report = JSON.parse(stdout) as { state: string; finding?: { code: string } }
    expect([code, report.state, report.finding?.code]).toEqual([expected, state, finding])
  })

  it.each([
    [['--ip', '192.0.2.9'], 0, 'valid', ''],
    [['--ip', '192.0.3.9'], 5, 'refused', ''],
    [[], 5, 'refused', 'say with --ip who asks'],
    [['--ip', '192.0.2.9', '--at', '20261122T120000Z'], 6, 'not yet valid', ''],
  ])('of a policy with %j ends with %i', async (args, expected, state, warning) => {
    const url = await signed('--ip', '192.0.2.0/24', '--not-before', '20261122T121500Z', FILM)
    const { code, stdout, stderr } = await check(['--key', 'rsa-public.pem', ...args, url])
    expect([code, stdout.split('\n')[0]]).toEqual([expected, state])
    expect(stderr).toContain(warning)
    expect(stdout).toContain('from     2026-11-22T12:15:00Z\n')
    const { code: unproven } = await check([...args, url])
    expect(unproven).toBe(expected === 6 ? 6 : 0)
  })

  it('reads cookies as sign prints them, and as a header has them', async () => {
    const cookies = await signed('--cookies', FILMS)
    for (const text of [cookies, cookies.replaceAll('\n', '; ')]) {
      const args = ['--key', 'rsa-public.pem', '--cookie', text]
      const good = await check([...args, FILM])
      expect([good.code, good.stdout.split('\n')[0]]).toEqual([0, 'valid'])
      const other = await check([...args, 'https://d111111abcdef8.cloudfront.net/books/a'])
      expect([other.code, other.stdout]).toEqual([5, expect.stringContaining('RESOURCE_MISMATCH')])
    }
  })

  it('shows no signature', async () => {
    const url = await signed(FILM)
    const signature = /Signature=([^&]+)/.exec(url)![1]!
    for (const args of [[], ['--json'], ['--key', 'other.pem']]) {
      const { stdout, stderr } = await check([...args, url])
      expect(stdout + stderr).not.toContain(signature)
    }
  })

  it.each([
    'https://x/',
    `${FILM}?Expires=1`,
    `${FILM}?Expires=x&Signature=x&Key-Pair-Id=K`,
    `${FILM}?Policy=e30_&Signature=x&Key-Pair-Id=K`,
  ])('refuses what is not signed: %s', async (url) => {
    const { code, stdout, stderr } = await check([url])
    expect([code, stdout]).toEqual([5, ''])
    expect(stderr).toMatch(/^error: .+\n {2}why: .+\n {2}fix: .+\n$/)
  })
})

describe.concurrent('what cannot be', () => {
  it.each([
    [[], 'help cloudfront'],
    [['sgin'], 'did you mean sign?'],
    [['sign', FILM], 'help cloudfront'],
    [['sign', '--key-pair-id', 'K2', '--key', 'nowhere', FILM], 'check the path'],
    [['sign', '--key-pair-id', 'K2', '--key', 'broken', FILM], 'cut off'],
    [['sign', '--key-pair-id', 'K2', '--key', 'empty', FILM], 'PEM, DER or JWK'],
    [['sign', '--key-pair-id', 'K2', '--key', 'rsa-public.pem', FILM], 'PEM, DER or JWK'],
    [['sign', '--key-pair-id', 'K2', '--key', 'rsa.pem', `${FILM}?Policy=x`], 'without Expires'],
    [['sign', '--key-pair-id', 'K2', '--key', 'rsa.pem', '--resource', 'https://else/*', FILM], '--resource'],
    [['sign', '--key-pair-id', 'K2', '--key', 'rsa.pem', '--ip', '192.0.2.300', FILM], '--ip 192.0.2.0/24'],
    [
      ['sign', '--key-pair-id', 'K2', '--key', 'rsa.pem', '--policy', 'odd-policy.json', FILM],
      'one Statement',
    ],
    [
      ['sign', '--key-pair-id', 'K2', '--key', 'rsa.pem', '--policy', 'policy.json', '--ip', '::', FILM],
      'leave out',
    ],
  ])('is told: %j', async (args, fix) => {
    const { code, stdout, stderr } = await run(args)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/^error: .+\n {2}why: .+\n {2}fix: .+\n$/)
    expect(stderr.split('fix: ')[1]).toContain(fix)
  })
})
