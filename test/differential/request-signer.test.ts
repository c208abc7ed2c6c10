/**
 * The same decisions as botocore's RequestSigner, its models and its endpoint rules, or a reason; and the same
 * signatures.
 */
import fc from 'fast-check'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import {
  createBearerSigner,
  RequestSigner,
  sigV4,
  type EndpointAuthScheme,
  type SigningDecision,
} from '../../packages/countersign/src/request-signer/index.ts'
import { sigV4A } from '../../packages/countersign/src/sigv4a.ts'
import { describeWithPython, run } from '../interop/programs.ts'

interface BotocoreService {
  readonly name: string
  readonly url: string
  readonly authSchemes: readonly EndpointAuthScheme[]
  readonly signatureVersion: string
  readonly signingName: string
}

interface BotocoreOperation {
  readonly signingName: string
  readonly operation: string
  readonly auth: string
}

const REGION = 'eu-west-1'
const KEYS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }
const algorithms = [sigV4, sigV4A, createBearerSigner({ token: 'token' })]
const signer = new RequestSigner({
  credentials: KEYS,
  algorithms,
  now: () => new Date('2026-11-22T12:00:00Z'),
})

/** botocore's names for what we call otherwise. */
const VERSIONS: ReadonlyMap<string, string> = new Map([
  ['v4', 'sigv4'],
  ['s3v4', 'sigv4'],
  ['v4a', 'sigv4a'],
  ['v2', 'sigv2'],
  ['bearer', 'bearer'],
])

/** Where we decide otherwise on purpose. */
const DIFFERENCES: ReadonlyMap<string, { ours: string; because: string }> = new Map([
  [
    's3',
    { ours: 'sigv4 s3 eu-west-1', because: 'the model names version 2, which S3 no longer takes everywhere' },
  ],
  ['iot', { ours: 'sigv4 iot eu-west-1', because: 'execute-api is what old models say; newer ones say iot' }],
  [
    'sso-oidc',
    {
      ours: 'sigv4 sso-oauth eu-west-1',
      because: 'the one operation that is signed came with this name later',
    },
  ],
  ['codecatalyst', { ours: 'bearer codecatalyst undefined', because: 'a token has no region' }],
  ['importexport', { ours: 'sigv2 importexport us-east-1', because: 'SigV2 signs no service' }],
])

const summary = ({ scheme, service, region }: SigningDecision): string => `${scheme} ${service} ${region}`

describeWithPython('botocore', 'botocore', (python) => {
  const script = fileURLToPath(new URL('./request-signer-botocore.py', import.meta.url))

  async function ask<T>(question: string, ...args: readonly unknown[]): Promise<T> {
    return JSON.parse(
      await run(python, [script], { input: JSON.stringify({ ask: question, with: args }) }),
    ) as T
  }

  it('signs for the same service and region at every host, by the same kind', async () => {
    const services = await ask<BotocoreService[]>('services', REGION)
    expect(services.length).toBeGreaterThan(300)
    const differing = new Set<string>()
    for (const { name, url, authSchemes, signatureVersion, signingName } of services) {
      const [scheme] = authSchemes
      const region = scheme?.signingRegion ?? scheme?.signingRegionSet?.join(',') ?? REGION
      const theirs = `${VERSIONS.get(signatureVersion)} ${scheme?.signingName ?? signingName} ${region}`
      const ours = summary(signer.decide({ method: 'POST', url }))
      if (ours === theirs) continue
      expect(`${name}: ${ours}`, `botocore: ${theirs}`).toBe(`${name}: ${DIFFERENCES.get(name)?.ours}`)
      differing.add(name)
    }
    expect([...differing].toSorted()).toEqual([...DIFFERENCES.keys()].toSorted())
  })

  it('leaves the same operations, and the same bodies, unsigned', async () => {
    const { count, found } = await ask<{ count: number; found: BotocoreOperation[] }>('operations')
    expect(count).toBeGreaterThan(10_000)
    expect(found.length).toBeGreaterThan(30)
    for (const { signingName: service, operation, auth } of found) {
      // What makes S3 leave a body out is a checksum beside it.
      const request = {
        method: 'POST',
        url: 'https://h.example/',
        headers: { 'content-md5': 'x' },
        body: 'x',
      }
      const { scheme, isPayloadUnsigned } = signer.decide(request, { service, region: REGION, operation })
      const ours = isPayloadUnsigned ? 'v4-unsigned-body' : scheme
      expect(`${service} ${operation} ${ours}`).toBe(`${service} ${operation} ${auth}`)
    }
  })

  it('takes no other operation for one of them', async () => {
    const { found } = await ask<{ found: BotocoreOperation[] }>('operations')
    const odd = new Set(found.map(({ signingName, operation }) => `${signingName}.${operation}`))
    for (const service of new Set(found.map(({ signingName }) => signingName))) {
      for (const operation of new Set(found.map(({ operation: name }) => name))) {
        const request = { method: 'POST', url: 'https://h.example/', headers: { 'content-md5': 'x' } }
        const { scheme, isPayloadUnsigned } = signer.decide(request, { service, region: REGION, operation })
        const isOdd = scheme === 'none' || isPayloadUnsigned
        expect(`${service}.${operation} ${isOdd}`).toBe(
          `${service}.${operation} ${odd.has(`${service}.${operation}`)}`,
        )
      }
    }
  })

  it("takes the same of an endpoint's rules, with all kinds there", async () => {
    const scheme = fc.record(
      {
        name: fc.constantFrom('sigv4', 'sigv4a', 'bearer', 'none', 'sigv9', 'constructor'),
        signingName: fc.constantFrom('s3', 'events'),
        signingRegion: fc.constantFrom('eu-west-1', 'us-east-1'),
        disableDoubleEncoding: fc.boolean(),
      },
      { requiredKeys: ['name', 'signingName', 'signingRegion'] },
    )
    const lists = fc.sample(fc.array(scheme, { minLength: 1, maxLength: 4 }), { numRuns: 300, seed: 1 })
    type Choice = [name: string, service: string, region: string, isSingle: boolean] | null
    const theirs = await ask<Choice[]>(
      'choices',
      lists.map((list) => [list, null]),
    )
    const names: Record<string, string> = { v4: 'sigv4', v4a: 'sigv4a' }
    for (const [i, authSchemes] of lists.entries()) {
      const choice = theirs[i]
      const decide = (): SigningDecision =>
        signer.decide({ method: 'GET', url: 'https://h.example/' }, { authSchemes })
      if (!choice) {
        expect(decide, JSON.stringify(authSchemes)).toThrow(
          expect.objectContaining({ code: 'AUTH_SCHEME_UNKNOWN' }),
        )
        continue
      }
      const [name, service, region, isSingle] = choice
      const decision = decide()
      expect(summary(decision)).toBe(`${names[name] ?? name} ${service} ${region}`)
      expect(decision.pathEncoding).toBe(isSingle || service === 's3' ? 'single' : 'double')
    }
  })

  it('makes the same signatures', async () => {
    const base = { method: 'GET', body: '', headers: {}, unsigned: false, expires: 0, region: REGION }
    const cases = [
      { ...base, version: 'v4', service: 'sqs', url: 'https://sqs.eu-west-1.amazonaws.com/a//b?x=1&a=%20b' },
      { ...base, version: 'v4', service: 'sqs', url: 'https://h.example/', token: 'a+b/c==' },
      {
        ...base,
        version: 'v4',
        service: 'execute-api',
        url: 'https://h.example:8443/a%20b',
        method: 'DELETE',
      },
      { ...base, version: 's3v4', service: 's3', url: 'https://b.s3.eu-west-1.amazonaws.com/a%20b//c' },
      {
        ...base,
        version: 's3v4',
        service: 's3',
        url: 'https://h.example/k?acl=',
        method: 'PUT',
        body: 'text',
      },
      { ...base, version: 's3v4', service: 's3', url: 'https://b.s3.eu-west-1.amazonaws.com/k', expires: 60 },
      {
        ...base,
        version: 'v4',
        service: 'sts',
        url: 'https://sts.eu-west-1.amazonaws.com/?Action=A',
        expires: 900,
      },
      { ...base, version: 's3v4', service: 's3', url: 'https://h.example/k', token: 'a+b', expires: 7 },
      {
        ...base,
        version: 'v4',
        service: 'ebs',
        url: 'https://ebs.eu-west-1.amazonaws.com/snapshots/s/blocks/1',
        method: 'PUT',
        body: 'x',
        unsigned: true,
        operation: 'PutSnapshotBlock',
      },
      { ...base, version: 'bearer', service: 'x', url: 'https://h.example/a', scheme: 'bearer' },
    ]
    const credentials = (token?: string): (string | null)[] => [
      KEYS.accessKeyId,
      KEYS.secretAccessKey,
      token ?? null,
    ]
    type Answer = { url: string; headers: Record<string, string> }
    const theirs = await ask<Answer[]>(
      'signatures',
      cases.map((one) => ({ ...one, credentials: credentials('token' in one ? one.token : undefined) })),
    )
    for (const [i, one] of cases.entries()) {
      const { service, region, method, url, body, expires } = one
      const sessionToken = 'token' in one ? one.token : undefined
      const own = new RequestSigner({
        credentials: { ...KEYS, sessionToken },
        algorithms,
        now: () => new Date('2026-11-22T12:00:00Z'),
      })
      const rules = {
        service,
        region,
        operation: 'operation' in one ? one.operation : undefined,
        scheme: 'scheme' in one ? one.scheme : undefined,
      }
      if (expires) {
        const ours = await own.presign({ method, url }, { ...rules, expiresIn: expires })
        expect(parameters(ours.url)).toEqual(parameters(theirs[i]!.url))
        continue
      }
      const signed = await own.sign({ method, url, body: body || undefined }, rules)
      const ours = signed.headers.find(([name]) => name === 'authorization')?.[1]
      expect(`${url} ${ours}`).toBe(`${url} ${theirs[i]!.headers['Authorization']}`)
    }
  })
})

function parameters(url: string): string[] {
  return [...new URL(url).searchParams].map((pair) => pair.join('=')).toSorted()
}
