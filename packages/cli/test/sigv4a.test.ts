/** SigV4A on the command line: what is signed is taken by a verifier, and no host that needs it gets SigV4. */
import { request } from 'node:http'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SigningKey } from 'countersign'
import { sigV4A } from 'countersign/sigv4a'
import { createVerifier } from 'countersign/verify'
import { readNodeRequest } from 'countersign/servers/node'
import { describeVectors, expectCases, loadVectors } from '../../../test/kit/vectors.ts'
import { startSignedServer, type SignedServer } from './send/kit/signed-server.ts'
import { countersign, KEY, makeHome, TEMPORARY_KEY } from './kit/run-command.ts'
import { AT } from './kit/vectors.ts'

const MRAP = 'https://abc.mrap.accesspoint.s3-global.amazonaws.com/photo.jpg'
const REGIONAL = 'https://my-bucket.s3.eu-west-1.amazonaws.com/a.png'

interface Case {
  readonly name: string
  readonly credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string }
  readonly regionSet: string
  readonly service: string
  readonly timestamp: string
  readonly flags: Readonly<Record<string, unknown>>
  readonly request: {
    readonly method: string
    readonly target: string
    readonly headers: readonly (readonly [string, string])[]
    readonly body?: string
  }
  readonly header?: { readonly canonicalRequest: string; readonly stringToSign: string }
}

describeVectors('known answers of the AWS Common Runtime', () => {
  const { cases } = loadVectors<{ cases: readonly Case[] }>('sigv4a-aws-c-auth.json')
  // Those that a URL on a command line can say: nothing to be normalised, one line a header, a plain target.
  const sayable = cases.filter(
    ({ request: { target, headers, body }, flags, header }) =>
      header !== undefined &&
      flags['doubleEncodePath'] === true &&
      flags['normalizePath'] === true &&
      flags['omitSessionToken'] !== true &&
      flags['signBody'] !== true &&
      !body &&
      /^\/[!-~]*$/.test(target) &&
      headers.every(([name, value]) => /^(?:host|x-amz-date)$/i.test(name) && !value.includes('\n')),
  )

  it.concurrent.each(expectCases(sayable).map((one) => [one.name, one] as const))('%s', async (_, one) => {
    const host = one.request.headers.find(([name]) => name.toLowerCase() === 'host')![1]
    const { accessKeyId, secretAccessKey, sessionToken } = one.credentials
    const scope = ['--region-set', one.regionSet, '--service', one.service, '--at', one.timestamp]
    const url = `https://${host}${one.request.target}`
    const { code, stdout } = await countersign(['canon', '--json', ...scope, '-X', one.request.method, url], {
      env: {
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
        ...(sessionToken ? { AWS_SESSION_TOKEN: sessionToken } : {}),
      },
    })
    expect(code).toBe(0)
    const steps = JSON.parse(stdout) as { canonicalRequest: string; stringToSign: string }
    expect(sessionToken ? steps.stringToSign : steps).toEqual(
      sessionToken
        ? one.header!.stringToSign
        : expect.objectContaining({
            canonicalRequest: one.header!.canonicalRequest,
            stringToSign: one.header!.stringToSign,
          }),
    )
  })
})

describe.concurrent('which algorithm is taken', () => {
  it.each([
    [MRAP, [], 's3', '*', 'host abc.mrap.accesspoint.s3-global.amazonaws.com'],
    [
      'https://123.cloudfront-kvs.global.api.aws/key-value-stores/x/keys/y',
      [],
      'cloudfront-keyvaluestore',
      '*',
      'host 123.cloudfront-kvs.global.api.aws',
    ],
    [MRAP, ['--region', 'eu-west-1'], 's3', 'eu-west-1', 'host abc.mrap.accesspoint.s3-global.amazonaws.com'],
    [
      MRAP,
      ['--service', 's3', '--region', 'eu-west-1'],
      's3',
      'eu-west-1',
      'host abc.mrap.accesspoint.s3-global.amazonaws.com',
    ],
    [REGIONAL, ['--region-set', 'us-east-1, eu-*'], 's3', 'us-east-1,eu-*', '--region-set'],
  ])('of %s with %j, by itself', async (url, args, service, regions, from) => {
    const { code, stdout } = await countersign(['sign', '--json', ...args, url], { env: KEY })
    const { scope, added, why } = JSON.parse(stdout) as {
      scope: { service: string }
      added: [string, string][]
      why: { what: string; value: string; from: string }[]
    }
    expect([code, scope.service, new Map(added).get('x-amz-region-set')]).toEqual([0, service, regions])
    expect(why.find(({ what }) => what === 'algorithm')).toEqual({ what: 'algorithm', value: 'v4a', from })
    expect(new Map(added).get('authorization')).toMatch(/^AWS4-ECDSA-P256-SHA256 /)
  })

  it('is said in a line', async () => {
    const { stderr } = await countersign(['sign', '-v', MRAP], { env: KEY })
    expect(stderr.split('\n').slice(1, 4)).toEqual([
      'algorithm=v4a (from host abc.mrap.accesspoint.s3-global.amazonaws.com)',
      'service=s3 (from host abc.mrap.accesspoint.s3-global.amazonaws.com)',
      'region=* (from host abc.mrap.accesspoint.s3-global.amazonaws.com)',
    ])
  })

  it('is that of the host for --algorithm v4a, and then for its region', async () => {
    const { stdout } = await countersign(['sign', '--algorithm', 'v4a', REGIONAL], { env: KEY })
    expect(stdout).toContain('x-amz-region-set: eu-west-1\n')
  })

  it.each([
    [['--algorithm', 'v4', MRAP], '--algorithm v4a'],
    [['--algorithm', 'v4', '--service', 's3', '--region', 'eu-west-1', MRAP], '--algorithm v4a'],
    [['--algorithm', 'v4', '--region-set', '*', REGIONAL], '--algorithm v4a'],
    [['--region', 'us-east-1,eu-west-1', REGIONAL], '--region-set'],
    [['--region', '*', REGIONAL], '--region-set'],
    [['--region', 'a', '--region-set', 'b', REGIONAL], 'give one of them'],
    [['--region-set', 'a b', REGIONAL], 'countersign help sign'],
    [['--algorithm', 'v5', REGIONAL], 'countersign help sign'],
  ])('is never the weaker one: %j', async (args, fix) => {
    const { code, stdout, stderr } = await countersign(['sign', ...args], { env: KEY })
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/^error: .+\n {2}why: .+\n {2}fix: .+\n$/)
    expect(stderr.split('fix: ')[1]).toContain(fix)
  })

  it('is none for a signing key, which is of SigV4', async () => {
    const scope = { date: new Date(), region: 'eu-west-1', service: 's3' }
    const key = SigningKey.derive(KEY.AWS_SECRET_ACCESS_KEY, scope).export()
    const args = ['sign', '--access-key-id', 'AKIDEXAMPLE', '--signing-key', 'key', MRAP]
    const { code, stderr } = await countersign(args, { home: makeHome({ key }) })
    expect(code).toBe(2)
    expect(stderr).toContain('--secret-stdin in the place of --signing-key')
  })
})

describe('what a verifier takes', () => {
  const verifier = createVerifier({
    secrets: (id) => ({
      secretAccessKey: KEY.AWS_SECRET_ACCESS_KEY,
      ...(id.startsWith('ASIA') ? { sessionToken: TEMPORARY_KEY.AWS_SESSION_TOKEN } : {}),
    }),
    service: 's3',
    region: 'eu-west-1',
    algorithms: [sigV4A],
  })
  let server: Server
  let signed: SignedServer
  beforeAll(async () => {
    server = createServer((message, response) => {
      verifier.verify(readNodeRequest(message)).then(
        ({ regionSet }) => response.end(regionSet?.join()),
        ({ code }: { code: string }) => {
          response.statusCode = 403
          response.end(code)
        },
      )
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    signed = await startSignedServer()
  })
  afterAll(async () => {
    await new Promise((resolve) => server.close(resolve))
    await signed.close()
  })

  /** Asks the server for a URL of another host. */
  function ask(url: string): Promise<string> {
    const { host, pathname, search } = new URL(url)
    return new Promise((resolve, reject) => {
      const { port } = server.address() as AddressInfo
      const asked = request({ port, path: pathname + search, headers: { host } }, (answer) => {
        answer.setEncoding('utf8').on('data', resolve)
      })
      asked.on('error', reject).end()
    })
  }

  it.each([
    ['eu-*', KEY, 'eu-*'],
    ['us-east-1,eu-west-1', { ...TEMPORARY_KEY, AWS_ACCESS_KEY_ID: 'ASIAEXAMPLE' }, 'us-east-1,eu-west-1'],
    ['us-east-1', KEY, 'SCOPE_REGION_WRONG'],
  ])('of presigned URLs for %s', async (regionSet, env, expected) => {
    const { stdout } = await countersign(['presign', '--region-set', regionSet, REGIONAL], { env })
    expect(await ask(stdout.trim())).toBe(expected)
  })

  it('of what is sent', async () => {
    const args = ['send', '--service', 's3', '--region-set', '*', '-d', 'hello', `${signed.origin}/x`]
    const { code, stdout, stderr } = await countersign(args, { env: KEY })
    expect([code, stdout, stderr, signed.refused]).toEqual([0, 'ok', '', []])
    const [seen] = signed.seen
    expect(new Map(seen!.headers).get('x-amz-region-set')).toBe('*')
    expect(seen!.body.toString()).toBe('hello')
  })

  it('of what is sent to another region than it is signed for is nothing, and the steps are said', async () => {
    const args = ['send', '-vv', '--service', 's3', '--region-set', 'eu-*', `${signed.origin}/x`]
    const { code, stderr } = await countersign(args, { env: KEY })
    expect(code).toBe(5)
    expect(stderr).toContain('* scope s3 in eu-* on ')
    expect(signed.refused).toContain('SCOPE_REGION_WRONG')
  })
})

describe.concurrent('reading it', () => {
  it('presign check tells the regions', async () => {
    const url = (await countersign(['presign', '--at', AT, '--region-set', 'eu-*', REGIONAL], { env: KEY }))
      .stdout
    const { code, stdout } = await countersign(['presign', 'check', '--at', AT, '-'], { input: url })
    expect(code).toBe(0)
    expect(stdout).toContain('scope    20261122/s3\nregions  eu-*\n')
    const json = await countersign(['presign', 'check', '--json', '--at', AT, '-'], { input: url })
    expect(JSON.parse(json.stdout)).toMatchObject({ state: 'valid', regionSet: ['eu-*'] })
    const cut = await countersign(['presign', 'check', '--at', AT, '-'], { input: url.trim().slice(0, -1) })
    expect([cut.code, cut.stderr]).toEqual([5, expect.stringContaining('was the URL cut off?')])
  })

  it('canon takes it apart without credentials, and shows no ladder', async () => {
    const { stdout: url } = await countersign(['presign', '--at', AT, '--region-set', 'eu-*', REGIONAL], {
      env: KEY,
    })
    const { code, stdout } = await countersign(['canon', '--at', AT, url.trim()])
    expect(code).toBe(0)
    expect(stdout).toContain('# string to sign\nAWS4-ECDSA-P256-SHA256\n')
    expect(stdout).toContain('# scope\n20261122/s3/aws4_request\n')
    const ladder = await countersign(['canon', '--ladder', MRAP], { env: KEY })
    expect([ladder.code, ladder.stdout]).toEqual([2, ''])
    expect(ladder.stderr).toContain('--ladder is of SigV4')
  })

  it('verify takes requests and URLs, for the regions that they name', async () => {
    const args = ['--at', AT, '--region-set', 'us-east-1,eu-*']
    const { stdout: http } = await countersign(['sign', ...args, '--format', 'http', REGIONAL], { env: KEY })
    const { stdout: url } = await countersign(['presign', ...args, REGIONAL], { env: KEY })
    const given: [string[], string][] = [
      [[], http],
      [['--url', url.trim()], ''],
    ]
    for (const [own, input] of given) {
      const verify = (...more: string[]): ReturnType<typeof countersign> =>
        countersign(['verify', '--json', '--at', AT, ...more, ...own], { env: KEY, input })
      const report = await verify()
      expect(report.code).toBe(0)
      expect(JSON.parse(report.stdout)).toMatchObject({
        verdict: 'valid',
        algorithm: 'AWS4-ECDSA-P256-SHA256',
        regionSet: ['us-east-1', 'eu-*'],
      })
      expect((await verify('--region', 'eu-west-3')).code).toBe(0)
      expect((await verify('--region', 'us-west-2')).stdout).toContain('SCOPE_REGION_WRONG')
      expect((await verify('--algorithm', 'v4')).stdout).toMatch(
        /MECHANISM_UNSUPPORTED|ALGORITHM_UNSUPPORTED/,
      )
      expect((await verify('--algorithm', 'v4a')).code).toBe(0)
    }
    const forged = await countersign(['verify', '--json', '--at', AT], {
      env: KEY,
      input: http.replace('eu-*', 'us-*'),
    })
    expect(forged.code).toBe(5)
    expect(forged.stdout).toContain('SIGNATURE_MISMATCH')
  })
})
