/**
 * Every published SigV4 signature, verified as a server does: let in, or refused by a rule that is named here. Reads
 * the sigv4-* files, captured.json and keys.json.
 */
import { describe, expect, it } from 'vitest'
import { formatAmzDate, parseAmzDate } from '../../packages/countersign/src/core/amz-date.ts'
import { CountersignError, SigningKey } from '../../packages/countersign/src/index.ts'
import {
  createVerifier,
  type RequestMessage,
  type VerifiedRequest,
  type VerifierOptions,
} from '../../packages/countersign/src/verify/index.ts'
import { messageOfVector, optionsOfVector } from '../kit/messages-of-vectors.ts'
import { presign, signInHeader } from '../kit/messages.ts'
import { describeVectors, expectCases, loadVectors } from '../kit/vectors.ts'
import { isQuirk, loadSignings, type Signing } from './signed-case.ts'
import type { KeyCase } from './key-case.ts'

/** One rule, with the signatures that it refuses. */
interface Refusal {
  /** Ids of attack rows, or rules of the facts. */
  readonly rule: string
  readonly why: string
  readonly code: string
  readonly cases: Readonly<Record<string, readonly string[]>>
}

const inQuery = (...names: string[]): string[] => names.map((name) => `${name} (query)`)
const inHeader = (...names: string[]): string[] => names.map((name) => `${name} (header)`)
const inBoth = (...names: string[]): string[] => [...inHeader(...names), ...inQuery(...names)]

const REFUSALS: readonly Refusal[] = [
  {
    rule: 'B3, A5',
    why: 'a token that is sent, but not signed',
    code: 'HEADERS_NOT_SIGNED',
    cases: {
      'sigv4-aws-c-auth': inHeader('post-sts-header-after'),
      'sigv4-suite-2015': inHeader('post-sts-header-after'),
      'sigv4-sdk': inHeader('session token left out of the signature'),
    },
  },
  {
    rule: 'B3',
    why: 'a token that is added to a presigned URL of a service that does not take it so',
    code: 'SIGNATURE_MISMATCH',
    cases: { 'sigv4-aws-c-auth': inQuery('post-sts-header-after') },
  },
  {
    rule: 'A5',
    why: 'another x-amz-* header that is not signed',
    code: 'HEADERS_NOT_SIGNED',
    cases: {
      'sigv4-sdk': inHeader(
        'Glacier: POST archive (payload hash header)',
        'x-amz-client-context is left unsigned by default',
      ),
    },
  },
  {
    rule: 'A12',
    why: 'the host is not signed',
    code: 'HEADERS_NOT_SIGNED',
    cases: { 'sigv4-sdk': inHeader('sign: no host header') },
  },
  {
    rule: 'RFC 9112, 3',
    why: 'a blank cannot stand in the target of a request line',
    code: 'REQUEST_MALFORMED',
    cases: {
      'sigv4-aws-c-auth': inBoth('get-space-normalized', 'get-space-unnormalized'),
      'sigv4-suite-2015': inHeader('get-space'),
    },
  },
  {
    rule: 'RFC 9112, 3.2',
    why: 'no request target has a fragment, which servers cut off',
    code: 'REQUEST_MALFORMED',
    cases: {
      'sigv4-suite-2011': inHeader('post-vanilla-query-nonunreserved'),
      'sigv4-suite-2015': inHeader('post-vanilla-query-nonunreserved'),
      'sigv4-sdk': [
        ...inQuery(
          'TestPresignBodyWithArrayRequest',
          'TestPresignRequest',
          'fork of the Go signer: presign without hoisting',
          'fork of the Go signer: presign without hoisting, repeated query name',
        ),
        ...inHeader('TestSignRequest'),
      ],
    },
  },
  {
    rule: 'A23',
    why: 'one canonical path for a kind of service: all but S3 normalise it',
    code: 'SIGNATURE_MISMATCH',
    cases: {
      'sigv4-aws-c-auth': inBoth(
        'get-relative-relative-unnormalized',
        'get-relative-unnormalized',
        'get-slash-dot-slash-unnormalized',
        'get-slash-pointless-dot-unnormalized',
        'get-slash-unnormalized',
        'get-slashes-unnormalized',
      ),
    },
  },
  {
    rule: 'A23',
    why: 'one canonical path for a kind of service: all but S3 encode it twice',
    code: 'SIGNATURE_MISMATCH',
    cases: {
      'sigv4-sdk': [
        ...inBoth('kotlin: get-percent-single-encoded'),
        ...inHeader(
          'path percent encode, non s3',
          'path quoting',
          'sign: path escaping off (S3 style)',
          'standalone sign, custom URI escape',
        ),
      ],
    },
  },
  {
    rule: 'A24',
    why: 'a + is a blank in a query of S3 alone',
    code: 'SIGNATURE_MISMATCH',
    cases: { 'sigv4-sdk': inHeader('query reserved') },
  },
  {
    rule: 'A6',
    why: 'an unsigned payload or chunks that nothing in the message speaks of',
    code: 'SIGNATURE_MISMATCH',
    cases: {
      'sigv4-sdk': [
        ...inQuery('S3 presign', 'presign: stream body'),
        ...inHeader(
          'kotlin: aws-chunked, above the aws-chunked threshold',
          'kotlin: aws-chunked, one-shot stream',
          'kotlin: unsigned request',
          'no session',
          'unseekable body',
        ),
      ],
    },
  },
  {
    rule: 'A28',
    why: 'the source signs the hash of another body than the one that it has',
    code: 'PAYLOAD_MISMATCH',
    cases: { 'sigv4-sdk': inHeader('Arsenal: PUT bucket', 'aws4fetch: payload hash given as a header') },
  },
  {
    rule: 'A28',
    why: 'a payload hash that is neither hex nor a keyword',
    code: 'PAYLOAD_HASH_INVALID',
    cases: {
      'sigv4-sdk': inHeader(
        'given payload hash header (X-Amz-Content-Sha256)',
        'given payload hash header (x-amz-content-sha256)',
      ),
    },
  },
  {
    rule: 'signing-rules 2',
    why: 'Glacier needs x-amz-content-sha256',
    code: 'PAYLOAD_HASH_MISSING',
    cases: { 'sigv4-sdk': inHeader('Glacier: PUT vault') },
  },
  {
    rule: 'A30',
    why: 'a signed content-length; the source has no body of that length',
    code: 'BODY_LENGTH_MISMATCH',
    cases: {
      'sigv4-presigned': inQuery('S3 PutObject with content-length and content-type', 'S3 UploadPart'),
    },
  },
  {
    rule: 'A10',
    why: 'no X-Amz-Expires',
    code: 'QUERY_PARAMETER_MISSING',
    cases: {
      'sigv4-sdk': inQuery(
        'basic query params',
        'basic values',
        'empty query params',
        'header with commas',
        'header with commas, out of order',
        'mixed cased header keys',
        'multiline header value',
        'query params not in order',
        'query params of equal names',
        'query, existing param',
        'query, session token',
        'reserved characters in query params',
        'session token',
        'signQuery, non-s3',
        'spaces in url',
        'unreserved characters in query params',
        'unreserved characters in url',
        'utf8 url',
      ),
    },
  },
  {
    rule: 'A10',
    why: 'X-Amz-Expires of more than six digits',
    code: 'EXPIRES_INVALID',
    cases: {
      'sigv4-presigned': inQuery(
        'S3 GetObject, X-Amz-Expires with leading zeros',
        'S3 list, X-Amz-Expires with leading zeros, unsorted query',
      ),
    },
  },
  {
    rule: 'A9',
    why: 'no date at all',
    code: 'DATE_INVALID',
    cases: { 'sigv4-sdk': inHeader('s3-lite-client signV4 test 1', 's3-lite-client signV4 test 2') },
  },
  {
    rule: 'B16',
    why: 'an empty access key id',
    code: 'CREDENTIAL_MALFORMED',
    cases: { 'sigv4-sdk': inHeader('awscurl: empty credentials', 'awscurl: empty credentials, binary body') },
  },
  {
    rule: 'B17',
    why: 'an empty secret: the look-up that gives one is told so',
    code: 'SECRET_KEY_MISSING',
    cases: {
      'sigv4-sdk': inHeader(
        'curl 1970: S3 upload, size 0',
        'curl 1971: S3 upload, unknown size',
        'curl 1972: S3 MIME post',
        'curl 1973: S3 post fields',
        'curl 1974: S3 GET',
      ),
    },
  },
  {
    rule: 'A19',
    why: 'an empty region: no verifier serves it',
    code: 'OPTION_INVALID',
    cases: { 'sigv4-sdk': inHeader('rustfs example_signature3') },
  },
  {
    rule: 'signing-rules 14',
    why: 'S3 Express has its token in a parameter of its own, which is not served',
    code: 'TOKEN_MISSING',
    cases: { 'sigv4-presigned': inQuery('S3 Express GetObject (session token under another name)') },
  },
  {
    rule: 'streaming 10',
    why: 'its checksum is NotARealChecksum',
    code: 'CHECKSUM_INVALID',
    cases: { 'sigv4-presigned': inQuery('S3 PutObject with a checksum header') },
  },
]

/** How many signatures of each file are let in, refused, and quirks of one tool that are not tried. */
const COUNTS = {
  'sigv4-aws-c-auth': { letIn: 58, refused: 18, quirks: 0 },
  'sigv4-suite-2015': { letIn: 33, refused: 3, quirks: 1 },
  'sigv4-suite-2011': { letIn: 27, refused: 1, quirks: 2 },
  'sigv4-s3-docs': { letIn: 5, refused: 0, quirks: 0 },
  'sigv4-sdk': { letIn: 154, refused: 56, quirks: 7 },
  'sigv4-presigned': { letIn: 24, refused: 6, quirks: 0 },
}

async function verifyWhole(options: VerifierOptions, message: RequestMessage): Promise<VerifiedRequest> {
  const verified = await createVerifier(options).verify(message)
  const chunks: Uint8Array[] = []
  for await (const chunk of verified.body ?? []) chunks.push(chunk)
  expect(Buffer.concat(chunks)).toEqual(Buffer.from((message.body as Uint8Array | undefined) ?? []))
  return verified
}

async function codeOf(verifying: () => Promise<unknown>): Promise<string> {
  try {
    await verifying()
    return 'let in'
  } catch (error) {
    if (error instanceof CountersignError) return error.code
    throw error
  }
}

function refusalOf(file: string, { id }: Signing): Refusal | undefined {
  const named = REFUSALS.filter(({ cases }) => cases[file]?.includes(id))
  if (named.length > 1) throw new Error(`${id} of ${file} is refused by two rules`)
  return named[0]
}

describeVectors('published SigV4 signatures, verified', () => {
  describe.each(Object.entries(COUNTS))('%s.json', (file, counts) => {
    const signings = expectCases(loadSignings(file))
    const plain = signings.filter((signing) => !isQuirk(signing))
    const refused = plain.filter((signing) => refusalOf(file, signing))

    it(`${counts.letIn} are let in, ${counts.refused} refused, ${counts.quirks} quirks of one tool`, () => {
      const quirks = signings.length - plain.length
      expect({ letIn: plain.length - refused.length, refused: refused.length, quirks }).toEqual(counts)
    })

    it('every name of a refusal is in the file', () => {
      const named = REFUSALS.flatMap(({ cases }) => cases[file] ?? [])
      expect(refused.map(({ id }) => id).toSorted()).toEqual(named.toSorted())
    })

    it.each(plain)('$id', async (signing) => {
      const message = messageOfVector(signing)
      const refusal = refusalOf(file, signing)
      if (refusal) {
        const code = await codeOf(async () => verifyWhole(optionsOfVector(signing), message))
        expect(code, `${refusal.rule}: ${refusal.why}`).toBe(refusal.code)
        return
      }
      const verified = await verifyWhole(optionsOfVector(signing), message)
      const { accessKeyId } = signing.vector.credentials
      expect(verified).toMatchObject({ accessKeyId, principal: 'alice', algorithm: 'AWS4-HMAC-SHA256' })
      expect(verified.mechanism).toBe(signing.mode)
      expect(verified.signedHeaders.join(';')).toBe(signing.expected.signedHeaders)
    })
  })

  it('a body of the signed content-length is let in', async () => {
    const bound = loadSignings('sigv4-presigned').filter(
      (signing) => refusalOf('sigv4-presigned', signing)?.code === 'BODY_LENGTH_MISMATCH',
    )
    for (const signing of expectCases(bound)) {
      const message = { ...messageOfVector(signing), body: new Uint8Array(12_345) }
      expect((await verifyWhole(optionsOfVector(signing), message)).payload).toBe('unsigned')
    }
  })
})

interface Captured {
  readonly name: string
  readonly scheme: string
  readonly credentials: { accessKeyId: string; secretAccessKey: string }
  readonly region: string
  readonly service: string
  readonly amzDate: string
  readonly request: {
    readonly method: string
    readonly target: string
    readonly headers: readonly [string, string][]
    readonly body?: string
    readonly bodySha256?: string
  }
}

/** Signed chunks, of which the head alone was recorded. */
const CHUNKED = ['awssdkjava/awssdkjava_PUT_j3y3x79m']

function optionsOfCaptured({ credentials, region, service, amzDate }: Captured): VerifierOptions {
  return {
    region,
    service,
    now: () => parseAmzDate(amzDate)!,
    secrets: (id) => (id === credentials.accessKeyId ? credentials : undefined),
  }
}

describeVectors('captured.json, verified', () => {
  const all = expectCases(loadVectors<{ cases: Captured[] }>('captured.json').cases)
  const cases = all.filter(({ scheme }) => scheme === 'sigv4' || scheme === 'sigv4-presigned')

  it('has 125 cases of SigV4, and 63 of SigV2', () => {
    expect([cases.length, all.length - cases.length]).toEqual([125, 63])
  })

  it.each(cases)('$scheme $name', async (captured) => {
    const { body, ...head } = captured.request
    const message = { ...head, body: body === undefined ? undefined : Uint8Array.from(Buffer.from(body)) }
    const options = optionsOfCaptured(captured)
    const isChunked = CHUNKED.includes(captured.name)
    const code = await codeOf(async () => verifyWhole(options, message))
    expect(code).toBe(isChunked ? 'BODY_INCOMPLETE' : 'let in')
    const later = { ...options, now: () => new Date(Date.UTC(2026, 10, 22)) }
    expect(['CLOCK_SKEWED', 'EXPIRED']).toContain(await codeOf(async () => verifyWhole(later, message)))
  })

  it('SigV2 is not served', async () => {
    for (const { request, region, service } of all.filter((each) => !cases.includes(each))) {
      const { body: _, ...message } = request
      const options = { region: region || '*', service: service || 's3', secrets: () => undefined }
      expect(await codeOf(async () => createVerifier(options).verify(message))).toBe('MECHANISM_UNSUPPORTED')
    }
  })
})

describeVectors('keys.json, in place of a secret', () => {
  const cases = expectCases(loadVectors<{ cases: KeyCase[] }>('keys.json').cases)
  const dated = expectCases(cases.filter(({ date }) => /^\d{8}$/.test(date)))

  it('has 7 keys of a day, and one of a word', () => {
    expect([dated.length, cases.length - dated.length]).toEqual([7, 1])
  })

  it.each(dated)('$name', async ({ secretAccessKey, date, region, service, signingKey }) => {
    const scope = `${date}/${region}/${service}/aws4_request`
    const key = SigningKey.import(`countersign-signing-key:${scope}:${signingKey}`)
    const instant = parseAmzDate(`${date}T120000Z`)!
    const options: VerifierOptions = {
      service,
      region,
      now: () => instant,
      secrets: () => ({ signingKey: key }),
    }
    const draft = { secretAccessKey, region, service, amzDate: formatAmzDate(instant) }
    for (const sign of [signInHeader, presign]) {
      await verifyWhole(options, sign(draft))
      const other = async (): Promise<unknown> =>
        verifyWhole(options, sign({ ...draft, secretAccessKey: 'x' }))
      expect(await codeOf(other)).toBe('SIGNATURE_MISMATCH')
    }
  })
})
