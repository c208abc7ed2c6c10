/**
 * Signatures of before version 4 against botocore: the same ones from both, and what botocore signs is let in by our
 * verifier. Where the two disagree, each row says why.
 */
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  createS3V2,
  presignS3V2,
  s3V2,
  signS3V2,
  signSigV2,
  signSigV3,
  sigV2,
  type OlderSignedRequest,
} from '../../packages/countersign/src/sigv2.ts'
import {
  createVerifier,
  type OlderAlgorithm,
  type VerifiedRequest,
} from '../../packages/countersign/src/verify/index.ts'
import { describeWithPython, run } from '../interop/programs.ts'
import { splitUrl } from '../kit/http-message.ts'
import { KEY_ID, NOW, SECRET, TOKEN, type HeaderField } from '../kit/messages.ts'

interface Plan {
  readonly kind: 's3' | 's3-query' | 'sigv2' | 'sigv3'
  readonly method: string
  readonly url: string
  /** Path with the bucket that is in the host. */
  readonly authPath?: string
  readonly bucket?: string
  readonly headers: HeaderField[]
  readonly parameters?: HeaderField[]
  readonly sessionToken?: string
  readonly expiresIn?: number
}

interface Signed {
  readonly url: string
  readonly headers: HeaderField[]
  readonly body: string
}

const script = fileURLToPath(new URL('sigv2-botocore.py', import.meta.url))
const REQUESTS = 400
const DATE_TEXT = NOW.toUTCString()

const token = fc.option(fc.constant(TOKEN), { nil: undefined, freq: 2 })
const headerValue = fc.constantFrom('a', 'a  b', ' a ', '\ta', 'a,b', '"a   b"', 'x=y;z', '0')
const pathSegment = fc.constantFrom('a', 'a%20b', '%C3%A9', '..', '', 'a+b', "!'()*", 'a:b@c', 'a%2Fb', '~')
const keyPath = fc.array(pathSegment, { maxLength: 4 }).map((segments) => `/${segments.join('/')}`)
const subResource = fc.constantFrom(
  'acl',
  'uploads',
  'versioning',
  'tagging',
  'policy',
  'delete',
  'object-lock',
  'select-type=2',
  'partNumber=5',
  'uploadId=x.y_z',
  'versionId=3-L4',
  'prefix=a%2Fb',
  'max-keys=5',
  'marker',
  'Acl',
  'x-id=GetObject',
  'response-content-type=text%2Fplain',
  'response-expires=Thu%2C%2001%20Jan%201970',
  'response-content-disposition=attachment%3B%20filename%3D%22%C3%A9%20%2B.txt%22',
  'response-other=1',
)
const s3Query = fc
  .uniqueArray(subResource, { maxLength: 4, selector: (pair) => pair.split('=')[0] })
  .map((pairs) => (pairs.length > 0 ? `?${pairs.join('&')}` : ''))

const amzName = fc.constantFrom(
  'x-amz-acl',
  'X-Amz-Meta-B',
  'x-amz-meta-a',
  'x-amz-meta-a-b',
  'x-amz-meta-a1',
)
const s3Name = fc.oneof(
  amzName,
  fc.constantFrom('Content-Type', 'Content-MD5', 'User-Agent', 'Range', 'x-other'),
)

function headersOf(isRepeatable: boolean): fc.Arbitrary<HeaderField[]> {
  const single = fc.uniqueArray(fc.tuple(s3Name, headerValue), { maxLength: 5, selector: ([name]) => name })
  if (!isRepeatable) return single
  return fc
    .tuple(single, fc.array(fc.tuple(amzName, headerValue), { maxLength: 2 }))
    .map((lists) => lists.flat())
}

function s3Plan(kind: 's3' | 's3-query'): fc.Arbitrary<Plan> {
  return fc
    .record({
      method: fc.constantFrom('GET', 'PUT', 'POST', 'DELETE', 'HEAD'),
      place: fc.constantFrom('path', 'host', 'aws'),
      path: keyPath,
      query: s3Query,
      headers: headersOf(kind === 's3'),
      sessionToken: token,
      expiresIn: fc.integer({ min: 1, max: 604_800 }),
    })
    .map(({ place, path, query, method, headers, expiresIn, sessionToken }) => {
      const host = {
        path: 's3.example.com',
        host: 'b.store.example:8080',
        aws: 'b.s3.eu-west-1.amazonaws.com',
      }[place]
      return {
        kind,
        method,
        url: `https://${host}${path}${query}`,
        headers,
        expiresIn,
        ...(place !== 'path' && { authPath: `/b${path}` }),
        ...(place === 'host' && { bucket: 'b' }),
        ...(sessionToken && { sessionToken }),
      }
    })
}

const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('a b', '~', '*', '+', '%', '&=', 'é', '✓'),
)
const parameterName = fc.constantFrom(
  'Action',
  'Attribute.1.Name',
  'Attribute.10.Name',
  'a',
  'A',
  'a-b',
  'a_b',
  'é',
)
const sigV2Plan: fc.Arbitrary<Plan> = fc
  .record({
    method: fc.constantFrom('GET', 'POST'),
    host: fc.constantFrom('sdb.amazonaws.com', 'localhost:8080'),
    path: fc.constantFrom('', '/', '/onca/xml'),
    parameters: fc.uniqueArray(fc.tuple(parameterName, text), {
      minLength: 1,
      maxLength: 6,
      selector: ([name]) => name,
    }),
    sessionToken: token,
  })
  .map(({ method, host, path, parameters, sessionToken }) => ({
    kind: 'sigv2',
    method,
    url: `https://${host}${path}`,
    headers: [],
    parameters,
    ...(sessionToken && { sessionToken }),
  }))
const sigV3Plan: fc.Arbitrary<Plan> = fc
  .record({ path: keyPath, headers: headersOf(false), sessionToken: token })
  .map(({ path, headers, sessionToken }) => ({
    kind: 'sigv3',
    method: 'GET',
    url: `https://route53.amazonaws.com${path}`,
    headers,
    ...(sessionToken && { sessionToken }),
  }))

function valueOf(headers: readonly HeaderField[], wanted: string): string | undefined {
  return headers.find(([name]) => name.toLowerCase() === wanted)?.[1]
}

function credentialsOf({ sessionToken }: Plan): {
  accessKeyId: string
  secretAccessKey: string
  sessionToken: string | undefined
} {
  return { accessKeyId: KEY_ID, secretAccessKey: SECRET, sessionToken }
}

function encode(plain: string): string {
  return encodeURIComponent(plain).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`)
}

async function verify(
  { url, headers, body }: Signed,
  plan: Plan,
  algorithm: OlderAlgorithm,
): Promise<VerifiedRequest> {
  const { authority, path, query } = splitUrl(url)
  const verifier = createVerifier({
    service: algorithm === sigV2 ? 'sdb' : 's3',
    region: '*',
    algorithms: [algorithm],
    // No bodies are sent here that a digest could fit.
    verifyDigests: false,
    now: () => NOW,
    secrets: (id) =>
      id === KEY_ID ? { secretAccessKey: SECRET, sessionToken: plan.sessionToken } : undefined,
  })
  return verifier.verify({
    method: plan.method,
    target: (path || '/') + (query && `?${query}`),
    headers: [['host', authority], ...headers],
    ...(body !== '' && { body: Buffer.from(body) }),
  })
}

function bucketOf(plan: Plan): OlderAlgorithm {
  const { bucket } = plan
  return bucket === undefined ? s3V2 : createS3V2({ bucketOf: () => bucket })
}

function botocore(python: string, requests: readonly Plan[]): Promise<Signed[]> {
  const input = JSON.stringify({ second: NOW.getTime() / 1000, secretAccessKey: SECRET, requests })
  return run(python, [script], { input }).then((output) => JSON.parse(output) as Signed[])
}

describeWithPython('botocore', 'signatures of before version 4 by botocore', (python) => {
  const suite = (
    name: string,
    arbitrary: fc.Arbitrary<Plan>,
    test: (plan: Plan, theirs: Signed) => unknown,
  ): void => {
    it(
      name,
      async () => {
        const plans = fc.sample(arbitrary, { numRuns: REQUESTS, seed: 20_261_122 })
        const theirs = await botocore(python, plans)
        expect(theirs).toHaveLength(REQUESTS)
        for (const [index, plan] of plans.entries()) await test(plan, theirs[index]!)
      },
      60_000,
    )
  }

  describe('S3 in the header', () => {
    suite('the same signature', s3Plan('s3'), (plan, theirs) => {
      const { method, url, bucket, headers } = plan
      const ours = signS3V2(
        { method, url, headers: [...headers, ['date', DATE_TEXT]] },
        { credentials: credentialsOf(plan), bucket },
      )
      expect(ours.headers.at(-1)?.[1]).toBe(valueOf(theirs.headers, 'authorization'))
      expect(ours.url).toBe(url)
    })

    suite('theirs are let in', s3Plan('s3'), async (plan, theirs) => {
      const verified = await verify(theirs, plan, bucketOf(plan))
      expect(verified).toMatchObject({ accessKeyId: KEY_ID, mechanism: 'header', algorithm: 'AWS' })
    })
  })

  describe('S3 in the URL', () => {
    suite('the same signature and parameters', s3Plan('s3-query'), (plan, theirs) => {
      const { method, url, bucket, headers, expiresIn } = plan
      const credentials = credentialsOf(plan)
      const hoistHeaders = ['x-amz-*', 'content-*']
      const ours = presignS3V2(
        { method, url, headers },
        { credentials, bucket, expiresIn, hoistHeaders, date: NOW },
      )
      expect(sortedPairs(ours.url)).toEqual(sortedPairs(theirs.url))
    })

    suite('theirs are let in', s3Plan('s3-query'), async (plan, theirs) => {
      const verified = await verify({ ...theirs, headers: [] }, plan, bucketOf(plan))
      expect(verified).toMatchObject({ accessKeyId: KEY_ID, mechanism: 'query', algorithm: 'AWS' })
    })
  })

  describe('query APIs', () => {
    suite('the same signature', sigV2Plan, (plan, theirs) => {
      const { method, url, parameters = [] } = plan
      const form = parameters.map((pair) => pair.map(encode).join('=')).join('&')
      const isForm = method === 'POST'
      const ours = signSigV2(
        { method, url: isForm ? url : `${url}?${form}`, body: isForm ? form : undefined },
        { credentials: credentialsOf(plan), date: NOW },
      )
      expect(signatureOf(ours)).toBe(signatureOf(theirs))
    })

    suite('theirs are let in', sigV2Plan, async (plan, theirs) => {
      const { covered, ...verified } = await verify(theirs, plan, sigV2)
      expect(verified).toMatchObject({ accessKeyId: KEY_ID, algorithm: 'HmacSHA256', payload: 'verified' })
      expect(covered.query).toEqual(plan.parameters)
    })
  })

  describe('SigV3', () => {
    suite('the same header', sigV3Plan, (plan, theirs) => {
      const { method, url, headers } = plan
      const ours = signSigV3(
        { method, url, headers: [...headers, ['date', DATE_TEXT]] },
        { credentials: credentialsOf(plan) },
      )
      expect(ours.headers.at(-1)?.[1]).toBe(valueOf(theirs.headers, 'x-amzn-authorization'))
    })
  })

  describe('disagreements', () => {
    const later = [
      'attributes',
      'encryption',
      'intelligent-tiering',
      'legal-hold',
      'ownershipControls',
      'policyStatus',
    ]
    const rows: readonly (readonly [why: string, query: string])[] = [
      ...[...later, 'publicAccessBlock', 'retention'].map(
        (name) =>
          [`${name} is no sub-resource there: anybody could add it to a signed request`, name] as const,
      ),
      ['a versionId is decoded there: S3 decodes response-* alone', 'versionId=a%2Bb'],
      ['nothing behind = keeps its = there: stores drop it, and our signer does not send it', 'acl='],
    ]

    it.each(rows)('%s', async (_, query) => {
      const plan: Plan = {
        kind: 's3',
        method: 'GET',
        url: `https://s3.example.com/b/k?${query}`,
        headers: [],
      }
      const [theirs] = await botocore(python, [plan])
      await expect(verify(theirs!, plan, s3V2)).rejects.toMatchObject({ code: 'SIGNATURE_MISMATCH' })
      const ours = signS3V2({ ...plan, headers: { date: DATE_TEXT } }, { credentials: credentialsOf(plan) })
      const isSame = ours.headers.at(-1)?.[1] === valueOf(theirs!.headers, 'authorization')
      expect(isSame).toBe(false)
      expect(await verify({ ...ours, headers: ours.headers.slice(1), body: '' }, plan, s3V2)).toBeDefined()
    })
  })
})

function sortedPairs(url: string): string[] {
  const pairs = splitUrl(url).query.split('&')
  return pairs.map((pair) => decodeURIComponent(pair)).toSorted()
}

function signatureOf({ url, body }: Pick<Signed, 'url' | 'body'> | OlderSignedRequest): string | null {
  const sent = typeof body === 'string' ? body : Buffer.from(body ?? []).toString()
  return new URLSearchParams(sent || splitUrl(url).query).get('Signature')
}
