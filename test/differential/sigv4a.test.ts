/**
 * SigV4A against other implementations, on generated requests. Signatures differ from run to run, so each side verifies
 * what the other one signed: aws-crt checks our canonical requests and signatures, our verifier checks the messages
 * that aws-crt and @aws-sdk/signature-v4a send. The canonical forms themselves are compared part by part in `crt.test.ts`
 * and `smithy.test.ts`, with every known disagreement; only what both sides agree on is signed here.
 */
import { createECDH } from 'node:crypto'
import { SignatureV4a } from '@aws-sdk/signature-v4a'
import { Hash } from '@smithy/core/serde'
import { auth, http } from 'aws-crt'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { deriveSigV4AKey } from '../../packages/countersign/src/algorithms/sigv4a-scalar.ts'
import { presignUrl, signRequest } from '../../packages/countersign/src/index.ts'
import { sigV4A } from '../../packages/countersign/src/sigv4a.ts'
import { createVerifier, type Verifier } from '../../packages/countersign/src/verify/index.ts'
import { requests, type GeneratedRequest } from '../kit/generators.ts'
import { messageOf, type HttpMessage } from '../kit/http-message.ts'
import { credentialsOf, EXPIRES_IN } from './compare.ts'
import { configureCrt } from './crt-configuration.ts'

const RUNS = 1500
const SEED = Number(process.env['COUNTERSIGN_SEED'] ?? 20_261_122)
const DATE = new Date('2026-11-22T12:34:56Z')
const REGION_SETS = [['*'], ['eu-west-1'], ['us-east-1', 'eu-west-1'], ['eu-*', 'us-east-1']]
const ADDED = /^(?:authorization|x-amz-(?:date|content-sha256|security-token|region-set))$/

interface Case {
  readonly generated: GeneratedRequest
  readonly regions: readonly string[]
}

const cases = fc.record({ generated: requests(), regions: fc.constantFrom(...REGION_SETS) })

function signOurs({ generated, regions }: Case): ReturnType<typeof signRequest | typeof presignUrl> {
  const { service, carrier, method, url, headers, body } = generated
  const credentials = credentialsOf(generated)
  const options = { credentials, service, region: regions, algorithm: sigV4A, date: DATE, signHeaders: ['*'] }
  return carrier === 'header'
    ? signRequest({ method, url, headers, body }, options)
    : presignUrl({ method, url, headers }, { ...options, expiresIn: EXPIRES_IN })
}

function verifierOf({ generated }: Case): Verifier<string> {
  const { secretAccessKey, sessionToken } = credentialsOf(generated)
  return createVerifier<string>({
    secrets: () => ({ secretAccessKey, sessionToken, principal: 'alice' }),
    service: generated.service,
    region: 'eu-west-1',
    algorithms: [sigV4A],
    now: () => DATE,
  })
}

const body = ({ body: text }: GeneratedRequest): { body?: Uint8Array } =>
  text === undefined ? {} : { body: Buffer.from(text) }

/** What was ours to sign, without what signing adds. */
function unsigned(message: HttpMessage): { target: string; headers: [string, string][] } {
  const added = message.query.search(/(?:^|&)X-Amz-Algorithm=/)
  const query = added < 0 ? message.query : message.query.slice(0, added)
  return {
    target: `${message.path || '/'}${query && '?'}${query}`,
    headers: message.headers.filter(([name]) => !ADDED.test(name)).map(([name, value]) => [name, value]),
  }
}

describe(`aws-crt (COUNTERSIGN_SEED=${SEED})`, () => {
  const configOf = ({ generated, regions }: Case, payloadHash: string): auth.AwsSigningConfig =>
    configureCrt({
      generated,
      payloadHash,
      date: DATE,
      region: regions.join(),
      algorithm: auth.AwsSigningAlgorithm.SigV4Asymmetric,
    })

  function requestOf(method: string, { target, headers }: ReturnType<typeof unsigned>): http.HttpRequest {
    return new http.HttpRequest(method, target, new http.HttpHeaders(headers))
  }

  const { accessKeyId, secretAccessKey } = credentialsOf({ sessionToken: undefined } as GeneratedRequest)
  const ecdh = createECDH('prime256v1')
  ecdh.setPrivateKey(deriveSigV4AKey(secretAccessKey, accessKeyId))
  const point = ecdh.getPublicKey('hex')
  const [x, y] = [point.slice(2, 66), point.slice(66)]

  it(`takes what we sign, and signs what we take, on ${RUNS} requests`, async () => {
    let taken = 0
    const property = fc.asyncProperty(cases, async (one) => {
      const { generated } = one
      // PATH-11: it takes what stands before :/ for the scheme of a URL.
      fc.pre(!generated.url.replace(/^[a-z]+:\/\//, '').includes(':/'))
      const ours = signOurs(one)
      const message = messageOf(ours)
      const plain = unsigned(message)
      const payloadHash = ours.canonicalRequest.slice(ours.canonicalRequest.lastIndexOf('\n') + 1)
      const config = configOf(one, payloadHash)
      const isTaken = auth.aws_verify_sigv4a_signing(
        requestOf(ours.method, plain),
        config,
        ours.canonicalRequest,
        ours.signature,
        x,
        y,
      )
      expect(isTaken).toBe(true)

      const theirs = await auth.aws_sign_request(requestOf(ours.method, plain), config)
      const headers = [...theirs.headers] as [string, string][]
      const verified = await verifierOf(one).verify({
        method: ours.method,
        target: theirs.path,
        headers,
        ...body(generated),
      })
      expect([verified.principal, verified.regionSet]).toEqual(['alice', one.regions])
      taken++
    })
    await fc.assert(property, { seed: SEED, numRuns: RUNS })
    expect(taken).toBe(RUNS)
  }, 120_000)

  it('does not take what we sign for other regions', () => {
    const generated: GeneratedRequest = {
      service: 's3',
      carrier: 'header',
      method: 'GET',
      url: 'https://examplebucket.s3.amazonaws.com/key',
      headers: [],
      body: undefined,
      sessionToken: undefined,
    }
    const ours = signOurs({ generated, regions: ['eu-west-1'] })
    const config = configOf({ generated, regions: ['*'] }, 'UNSIGNED-PAYLOAD')
    const request = requestOf('GET', unsigned(messageOf(ours)))
    expect(() =>
      auth.aws_verify_sigv4a_signing(request, config, ours.canonicalRequest, ours.signature, x, y),
    ).toThrow('canonical request')
  })
})

describe('@aws-sdk/signature-v4a', () => {
  const PIECE = fc.constantFrom('a', 'b1', 'A-Z_0~9', '2026', 'x.', 'file.txt')
  const plain = fc.record({
    service: fc.constantFrom('s3', 'execute-api'),
    method: fc.constantFrom('GET', 'PUT', 'DELETE'),
    path: fc.array(PIECE, { maxLength: 4 }).map((pieces) => `/${pieces.join('/')}`),
    query: fc.dictionary(PIECE, PIECE, { maxKeys: 4, noNullPrototype: true }),
    sessionToken: fc.constantFrom(undefined, 'AQoDYXdzEPT//////////wEX+a=b=='),
    region: fc.constantFrom('*', 'eu-west-1', 'us-east-1,eu-west-1'),
  })

  it('makes requests that we take, with the credential and the regions that we write', async () => {
    const property = fc.asyncProperty(
      plain,
      async ({ service, method, path, query, sessionToken, region }) => {
        const { accessKeyId, secretAccessKey } = credentialsOf({ sessionToken } as GeneratedRequest)
        const credentials = { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) }
        const signer = new SignatureV4a({
          credentials,
          service,
          region,
          sha256: Hash.bind(null, 'sha256'),
          uriEscapePath: service !== 's3',
          applyChecksum: service === 's3',
        })
        const host = 'api.example.com'
        const given = { method, protocol: 'https:', hostname: host, path, query, headers: { host } }
        const signed = (await signer.sign(given, { signingDate: DATE })) as {
          headers: Record<string, string>
        }
        const target = `${path}${Object.keys(query).length > 0 ? '?' : ''}${new URLSearchParams(query).toString()}`
        const verifier = createVerifier<string>({
          secrets: () => ({ secretAccessKey, sessionToken, principal: 'alice' }),
          service,
          region: 'eu-west-1',
          algorithms: [sigV4A],
          now: () => DATE,
        })
        const verified = await verifier.verify({ method, target, headers: Object.entries(signed.headers) })
        expect([verified.principal, verified.regionSet]).toEqual(['alice', region.split(',')])

        const options = { credentials, service, region, algorithm: sigV4A, date: DATE }
        const ours = signRequest({ method, url: `https://${host}${target}` }, options)
        const theirs = new Map(Object.entries(signed.headers))
        expect(new Map(ours.headers).get('x-amz-region-set')).toBe(theirs.get('x-amz-region-set'))
        const credentialOf = (text = ''): string | undefined => /Credential=([^,]+)/.exec(text)?.[1]
        expect(credentialOf(new Map(ours.headers).get('authorization'))).toBe(
          credentialOf(theirs.get('authorization')),
        )
      },
    )
    await fc.assert(property, { seed: SEED, numRuns: 150 })
  }, 120_000)
})
