/**
 * The same URLs and cookies as AWS's own signer, byte for byte with RSA, and the same policies as botocore; or a reason.
 */
import { execFileSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { getSignedCookies, getSignedUrl } from '@aws-sdk/cloudfront-signer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  buildPolicy,
  createCloudFrontSigner,
  verifySignedCookies,
  verifySignedUrl,
  type CloudFrontAlgorithm,
  type CloudFrontPolicy,
} from '../../packages/countersign/src/cloudfront/index.ts'
import { describeWithPython } from '../interop/programs.ts'

const keyPairId = 'K2JCJMDEHXQW5F'
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const ALGORITHMS: readonly CloudFrontAlgorithm[] = ['SHA1', 'SHA256']
const KINDS = [
  [
    'RSA',
    String(rsa.privateKey.export({ format: 'pem', type: 'pkcs1' })),
    rsa.publicKey.export({ format: 'jwk' }),
  ],
  [
    'ECDSA',
    String(ec.privateKey.export({ format: 'pem', type: 'sec1' })),
    ec.publicKey.export({ format: 'jwk' }),
  ],
] as const

const ends = fc.integer({ min: 1_000_000_000, max: 4_000_000_000 })
const segments = fc.stringMatching(/^[\w~.!'()-]*[\w~!'()-]$/)
const queries = fc.stringMatching(/^[\w~.()!-]*=[\w~.()!+-]*$/)
/** URLs that both write alike; the others are below, each with its reason. */
const urls = fc
  .record({
    scheme: fc.constantFrom('http', 'https', 'wss'),
    path: fc.array(fc.oneof(segments, fc.constantFrom('a b', 'é', '%20', '%C3%A9', '漢')), {
      minLength: 1,
      maxLength: 4,
    }),
    query: fc.array(fc.oneof(queries, fc.constantFrom("a='", 'a=%20b', 'a=é')), { maxLength: 3 }),
  })
  .map(
    ({ scheme, path, query }) =>
      `${scheme}://d1.cloudfront.net/${path.join('/')}${query.length ? '?' : ''}${query.join('&')}`,
  )
const policies = fc.record({
  resource: fc.constantFrom('https://d1.cloudfront.net/*', 'http*://d1.cloudfront.net/films/?.mp4?size=*'),
  dateLessThan: ends,
  ipAddress: fc.option(fc.oneof(fc.ipV4(), fc.constantFrom('192.0.2.0/24', '2001:db8::/32')), {
    nil: undefined,
  }),
})

/** The parameters of a URL, in no order: AWS's signer has another one. */
function partsOf(url: string): { base: string; parameters: string[] } {
  const [base = '', query = ''] = url.split('?')
  return { base, parameters: query.split('&').toSorted() }
}

function withoutSignature(url: string): string {
  return url.replace(/Signature=[\w~-]+/, 'Signature=')
}

describe.each(KINDS)('@aws-sdk/cloudfront-signer, %s', (kind, privateKey, publicKey) => {
  describe.each(ALGORITHMS)('%s', (algorithm) => {
    const signer = createCloudFrontSigner({ keyPairId, privateKey, algorithm })
    const theirs = { keyPairId, privateKey, algorithm }
    // ECDSA signatures differ from run to run: each is checked with the public key.
    const comparable = (url: string): unknown => partsOf(kind === 'RSA' ? url : withoutSignature(url))

    it('signs the same URL until an end', async () => {
      await fc.assert(
        fc.asyncProperty(urls, ends, async (url, end) => {
          const ours = await signer.signUrl(url, { dateLessThan: end })
          const their = getSignedUrl({ ...theirs, url, dateLessThan: new Date(end * 1000) })
          expect(comparable(ours.url)).toEqual(comparable(their))
          const now = (): Date => new Date((end - 1) * 1000)
          for (const signed of [ours.url, their]) {
            await expect(verifySignedUrl(signed, { keyPairId, publicKey, now })).resolves.toMatchObject({
              algorithm,
            })
          }
        }),
        { numRuns: 30 },
      )
    })

    it('signs the same policy in a URL and in cookies', async () => {
      await fc.assert(
        fc.asyncProperty(policies, async (given) => {
          const policy = buildPolicy(given)
          const url = 'https://d1.cloudfront.net/films/1.mp4?size=1'
          const ours = await signer.signUrl(url, { policy })
          const their = getSignedUrl({ ...theirs, url, policy })
          expect(comparable(ours.url)).toEqual(comparable(their))
          const { cookies } = await signer.signCookies({ policy })
          const theirCookies = Object.entries(getSignedCookies({ ...theirs, policy }))
          const isCompared = (name: string): boolean => kind === 'RSA' || !name.endsWith('Signature')
          const ourPairs = cookies
            .filter(({ name }) => isCompared(name))
            .map(({ name, value }) => `${name}=${value}`)
          const theirPairs = theirCookies
            .filter(([name]) => isCompared(name))
            .map(([name, value]) => `${name}=${value}`)
          expect(ourPairs.toSorted()).toEqual(theirPairs.toSorted())
          const header = theirCookies.map(([name, value]) => `${name}=${value}`).join('; ')
          const options = {
            keyPairId,
            publicKey,
            remoteAddress: given.ipAddress?.split('/')[0]?.replace(/::$/, '::1'),
            now: (): Date => new Date((given.dateLessThan - 1) * 1000),
          }
          await expect(verifySignedCookies(url, header, options)).resolves.toMatchObject({ kind: 'custom' })
        }),
        { numRuns: 20 },
      )
    })

    it('signs the same cookies until an end', async () => {
      const url = 'https://d1.cloudfront.net/films/1.mp4?size=1'
      const end = 1_767_290_400
      const { cookies } = await signer.signCookies({ url, dateLessThan: end })
      const signed = getSignedCookies({ ...theirs, url, dateLessThan: new Date(end * 1000) })
      const theirPairs = Object.entries(signed).map(([name, value]) => ({ name, value: String(value) }))
      const isCompared = ({ name }: { name: string }): boolean =>
        kind === 'RSA' || !name.endsWith('Signature')
      const byName = (a: { name: string }, b: { name: string }): number => (a.name < b.name ? -1 : 1)
      expect(cookies.filter(isCompared).toSorted(byName)).toEqual(
        theirPairs.filter(isCompared).toSorted(byName),
      )
    })
  })
})

describe('where AWS and we differ', () => {
  const [, privateKey] = KINDS[0]
  const signer = createCloudFrontSigner({ keyPairId, privateKey })
  const end = 1_767_290_400

  it.each([
    ['CF-7: browsers leave them as they are', 'https://d1.net/a@b:c,d;e=f$g&h+i'],
    ['CF-7: escapes are sent as they came, their case included', 'https://d1.net/%c3%a9/%41'],
    ['CF-7: browsers leave these in a query as they are', 'https://d1.net/?a=b/c:d@e'],
    ['CF-7: browsers send a parameter without a value as it is', 'https://d1.net/?a&b'],
    ['CF-7: browsers ask for a path, and for a host in lower case', 'https://D1.net'],
    ['wildcards: a star of the URL would be one in its policy', 'https://d1.net/a*b'],
  ])('%s (%s)', async (_, url) => {
    const ours = await signer.signUrl(url, { dateLessThan: end })
    const theirs = getSignedUrl({ keyPairId, privateKey, url, dateLessThan: new Date(end * 1000) })
    expect(partsOf(ours.url)).not.toEqual(partsOf(theirs))
    expect(new URL(ours.url).href).toBe(ours.url)
  })

  it('CF-8: a fragment stays one, behind the parameters; theirs becomes part of the path', async () => {
    const url = 'https://d1.net/a#b'
    expect(getSignedUrl({ keyPairId, privateKey, url, dateLessThan: new Date(end * 1000) })).toContain(
      '/a%23b?',
    )
    expect((await signer.signUrl(url, { dateLessThan: end })).url).toMatch(/\/a\?Expires=.*#b$/)
  })

  it('CF-4: fractions of a second are dropped, where theirs may stay open longer than asked', async () => {
    const url = 'https://d1.net/a'
    const dateLessThan = new Date(end * 1000 + 900)
    expect(getSignedUrl({ keyPairId, privateKey, url, dateLessThan })).toContain(`Expires=${end + 1}`)
    expect((await signer.signUrl(url, { dateLessThan })).url).toContain(`Expires=${end}`)
  })

  it('CF-6: IPv6 is not taken by AWS’s signer', async () => {
    const url = 'https://d1.net/a'
    const ipAddress = '2001:db8::1'
    expect(() => getSignedUrl({ keyPairId, privateKey, url, dateLessThan: '2026-01-01', ipAddress })).toThrow(
      'octets',
    )
    await expect(signer.signUrl(url, { policy: { dateLessThan: end, ipAddress } })).resolves.toBeDefined()
  })
})

const BUILD = `
import datetime, json, sys
from botocore.signers import CloudFrontSigner
signer = CloudFrontSigner('K2', lambda message: b'')
def date(seconds):
    return None if seconds is None else datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
print(json.dumps([
    signer.build_policy(p['resource'], date(p['dateLessThan']), date(p.get('dateGreaterThan')), p.get('ipAddress'))
    for p in json.load(sys.stdin)
]))
`

describeWithPython('botocore', 'botocore', (python) => {
  it('builds the same policies', () => {
    const generated: CloudFrontPolicy[] = fc
      .sample(policies, 40)
      .map((policy, index) => ({ ...policy, ...(index % 2 === 0 && { dateGreaterThan: 1_000_000_000 }) }))
      .filter(
        ({ dateLessThan, ipAddress }) =>
          dateLessThan > 1_000_000_000 && !/^[^/]*:[^/]*$/.test(ipAddress ?? ''),
      )
    const theirs = JSON.parse(
      execFileSync(python, ['-c', BUILD], { input: JSON.stringify(generated), encoding: 'utf8' }),
    ) as string[]
    expect(generated.length).toBeGreaterThan(10)
    expect(generated.map((policy) => buildPolicy(policy))).toEqual(theirs)
  })
})
