import fc from 'fast-check'
import { expect, it } from 'vitest'
import { refusalOf } from '../../../../test/explain/server.ts'
import {
  KEY_ID,
  rightPath,
  rightQuery,
  SECRET,
  signWrongly,
  type Mistake,
  type Request,
  type WronglySigned,
} from '../../../../test/explain/wrong-signer.ts'
import { sigV4A } from '../sigv4a.ts'
import { parseParts } from './canonical-parts.ts'
import { compareParts, nameOfField } from './difference.ts'
import { explainRefusal, type Explanation } from './index.ts'

const credentials = { accessKeyId: KEY_ID, secretAccessKey: SECRET }

const odd = Array.from("abcXY019/-._~:@+=,()*'!$&;%20%2F%25%c3%a9%7E. ..//")
const pathText = fc.string({ unit: fc.constantFrom(...odd.filter((c) => c !== ' ')), maxLength: 16 })
const queryText = fc.string({
  unit: fc.constantFrom(...Array.from('abz&=+%;/~!*0'), '%20', '%2B', '%3D'),
  maxLength: 14,
})
const value = fc.string({ unit: fc.constantFrom(...Array.from('ab, ;="\té')), maxLength: 10 })
const names = ['x-amz-meta-a', 'accept-encoding', 'content-type', 'traceparent', 'range', 'x-agent'] as const

const request: fc.Arbitrary<Request> = fc.record({
  method: fc.constantFrom('GET', 'PUT', 'POST', 'DELETE'),
  service: fc.constantFrom('s3', 'execute-api'),
  target: fc.tuple(pathText, queryText).map(([path, query]) => (query ? `/${path}?${query}` : `/${path}`)),
  headers: fc.uniqueArray(fc.tuple(fc.constantFrom(...names), value), {
    maxLength: 3,
    selector: ([name]) => name,
  }),
  body: fc.constantFrom('', '{"a":1}', 'a=1&b=2\n'),
})

/** What truly happened: the canonical request that was signed, and the one that the server makes. */
function truth(sent: WronglySigned, { service = 's3' }: Request): string[] {
  const signed = parseParts(sent.canonicalRequest)
  const right = parseParts(rightly(sent, service))
  if (!signed || !right) return []
  return compareParts(signed, right).map(
    (difference) =>
      `${nameOfField(difference)} ${difference.signed ?? '(no line)'} ${difference.received ?? '(no line)'}`,
  )
}

/** The canonical request of what was sent, by a signer without a mistake, of the headers that were signed. */
function rightly({ request: { method, target, headers, body } }: WronglySigned, service: string): string {
  const authorization = headers.find(([name]) => name === 'authorization')?.[1] ?? ''
  const signed = new Set(/SignedHeaders=([^,]*)/.exec(authorization)?.[1]?.split(';'))
  const given = headers.filter(([name]) => name !== 'authorization')
  const mistake: Mistake = { headers: (lines) => lines.filter(([name]) => signed.has(name)) }
  return signWrongly({ method, target, headers: given, body, service }, mistake).canonicalRequest
}

function proven({ verdicts }: Explanation): Explanation['verdicts'] {
  return verdicts.filter(({ grade }) => grade === 'proven' || grade === 'stated')
}

it('proves nothing about requests that were signed right', async () => {
  await fc.assert(
    fc.asyncProperty(request, async (draft) => {
      const { request: sent, canonicalRequest } = signWrongly(draft)
      expect(await refusalOf(sent)).toBeUndefined()
      const denied = {
        status: 403,
        headers: [],
        body: Buffer.from('<Error><Code>InternalError</Code></Error>'),
      }
      const evidence = { request: sent, answer: denied, signed: { canonicalRequest } }
      expect(proven(explainRefusal(evidence, { credentials }))).toEqual([])
    }),
    { numRuns: 25 },
  )
})

it('proves nothing where the secret is another one', async () => {
  const secret = fc.string({
    unit: fc.constantFrom(...Array.from('abcdefghijkXYZ0123456789+/')),
    minLength: 40,
    maxLength: 40,
  })
  await fc.assert(
    fc.asyncProperty(request, secret, async (draft, other) => {
      const { request: sent, canonicalRequest } = signWrongly(draft, { secret: () => other })
      const answer = await refusalOf(sent)
      expect(answer).toBeDefined()
      const log = explainRefusal({ request: sent, answer, signed: { canonicalRequest } })
      const alone = explainRefusal({ request: sent, answer })
      const withKey = explainRefusal({ request: sent, answer }, { credentials, limits: { candidates: 500 } })
      expect([log, alone, withKey].flatMap(proven)).toEqual([])
    }),
    { numRuns: 25 },
  )
})

it('never says that something else was signed, or computed, than was', async () => {
  const other = fc.record({ path: pathText, query: queryText, value })
  const mistake: fc.Arbitrary<Mistake> = fc.oneof(
    other.map(({ path }): Mistake => ({ path: () => `/${path}` })),
    other.map(({ query }): Mistake => ({ query: () => query })),
    other.map((): Mistake => ({ path: (_canonical, raw) => raw, query: (_canonical, raw) => raw })),
    other.map((): Mistake => ({ path: (canonical) => rightPath(canonical, 'execute-api') })),
    other.map((): Mistake => ({ query: (canonical) => rightQuery(encodeURI(canonical), 's3') })),
    other.map(({ value: text }): Mistake => ({
      headers: (lines) => lines.map(([name, each]) => [name, name.startsWith('x-amz-') ? each : text]),
    })),
    other.map((): Mistake => ({ headers: (lines) => lines.slice(1), list: (list) => list })),
    other.map(({ path }): Mistake => ({ payloadHash: () => path })),
    other.map((): Mistake => ({ method: (method) => method.toLowerCase() })),
  )
  let claims = 0
  await fc.assert(
    fc.asyncProperty(request, mistake, async (draft, wrong) => {
      const sent = signWrongly(draft, wrong)
      const answer = await refusalOf(sent.request)
      fc.pre(answer !== undefined)
      const facts = truth(sent, draft)
      const { request: asSent, canonicalRequest } = sent
      const explanations = [
        explainRefusal({ request: asSent, answer, signed: { canonicalRequest } }),
        explainRefusal({ request: asSent, answer }),
        explainRefusal({ request: asSent, answer }, { credentials, limits: { candidates: 1000 } }),
      ]
      for (const { line, grade } of explanations.flatMap(proven)) {
        if (grade !== 'proven' || !line) continue
        expect(facts).toContain(`${line.field} ${line.ours} ${line.theirs}`)
        claims++
      }
    }),
    { numRuns: 50 },
  )
  expect(claims).toBeGreaterThan(20)
})

it('never says that something else arrived than did', async () => {
  const change = fc.oneof(
    fc.record({ target: pathText.map((path) => `/${path}`) }),
    fc.record({ name: fc.constantFrom(...names), text: value }),
    fc.record({ body: fc.constantFrom('{"a": 1}', 'a=1&b=2', 'x') }),
  )
  let claims = 0
  await fc.assert(
    fc.asyncProperty(request, change, async (draft, altered) => {
      const sent = signWrongly(draft)
      const { request: asSent, canonicalRequest } = sent
      const kept = asSent.headers.filter(([name]) => !('name' in altered) || name !== altered.name)
      const wire = {
        ...asSent,
        ...('target' in altered && { target: altered.target }),
        ...('name' in altered && { headers: [...kept, [altered.name, altered.text] as const] }),
        ...('body' in altered && { body: Buffer.from(altered.body) }),
      }
      const answer = await refusalOf(wire)
      fc.pre(answer !== undefined)
      const facts = truth({ ...sent, request: wire }, draft)
      const explanations = [
        explainRefusal({ request: asSent, answer }),
        explainRefusal({ request: asSent, answer, signed: { canonicalRequest } }),
        explainRefusal({ request: asSent, wire, answer }, { credentials, limits: { candidates: 500 } }),
        explainRefusal({ request: wire, answer }, { credentials, limits: { candidates: 500 } }),
      ]
      for (const { line, grade, code } of explanations.flatMap(proven)) {
        if (grade !== 'proven' || !line || code.startsWith('body-')) continue
        expect(facts).toContain(`${line.field} ${line.ours} ${line.theirs}`)
        claims++
      }
    }),
    { numRuns: 60 },
  )
  expect(claims).toBeGreaterThan(20)
})

const TOKEN = 'FwoGZXIvYXdzEXAMPLE+token/value=='

it('shows no secret, token or signature, whatever is wrong', async () => {
  await fc.assert(
    fc.asyncProperty(request, pathText, fc.boolean(), async (draft, path, isPresigned) => {
      const token = ['x-amz-security-token', TOKEN] as const
      const sent = signWrongly(
        { ...draft, headers: [...(draft.headers ?? []), token] },
        { path: () => `/${path}` },
      )
      const { headers, target } = sent.request
      const signature = /Signature=(\w+)/.exec(headers.at(-1)?.[1] ?? '')?.[1] ?? ''
      const parameters = `X-Amz-Security-Token=${encodeURIComponent(TOKEN)}&X-Amz-Signature=${signature}`
      const presigned = `${target}${target.includes('?') ? '&' : '?'}X-Amz-Credential=${KEY_ID}&${parameters}`
      const asSent = isPresigned
        ? { ...sent.request, target: presigned, headers: headers.slice(0, -2) }
        : sent.request
      const answer = await refusalOf(asSent)
      const evidence = { request: asSent, answer, signed: { canonicalRequest: sent.canonicalRequest } }
      const shown = [
        explainRefusal(evidence),
        explainRefusal(evidence, { credentials, limits: { candidates: 300 } }),
      ]
      for (const secret of [SECRET, TOKEN, encodeURIComponent(TOKEN), signature]) {
        expect(JSON.stringify(shown)).not.toContain(secret)
      }
    }),
    { numRuns: 25 },
  )
})

it('throws for no evidence', () => {
  const text = fc.oneof(fc.string({ maxLength: 40 }), fc.string({ unit: 'binary', maxLength: 20 }))
  const header = fc.tuple(
    fc.oneof(
      text,
      fc.constantFrom(
        'authorization',
        'host',
        'content-type',
        'x-amz-content-sha256',
        'connection',
        'x-amz-region-set',
      ),
    ),
    fc.oneof(
      text,
      fc.constantFrom(
        'AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=;;, Signature=',
        // Too short, and well-formed all the same.
        'AWS4-ECDSA-P256-SHA256 Credential=\xff\u20ac/20261122/s3/aws4_request, SignedHeaders=;, Signature=3006020101020101',
        `AWS4-ECDSA-P256-SHA256 Credential=a/1/2/3/4, SignedHeaders=host, Signature=${'0'.repeat(128)}`,
        'multipart/x; boundary=',
      ),
    ),
  )
  const observed = fc.record({
    method: text,
    target: fc.oneof(
      text,
      fc.constantFrom(
        'https://h/a?X-Amz-Credential=%&X-Amz-Signature=0',
        '/?X-Amz-Algorithm=AWS4-ECDSA-P256-SHA256&X-Amz-Credential=a/1&X-Amz-Region-Set=%&X-Amz-Signature=3006020101020101',
      ),
    ),
    headers: fc.array(header, { maxLength: 4 }),
    body: fc.option(fc.uint8Array({ maxLength: 60 }), { nil: undefined }),
  })
  const document = fc.oneof(
    text,
    fc.constantFrom('{"message":"The Canonical', '<CanonicalRequest>a\nb\nc', '<Error>&#x110000;'),
  )
  const answer = fc.record({
    status: fc.integer(),
    headers: fc.array(header, { maxLength: 2 }),
    body: document.map((each) => Buffer.from(each)),
  })
  fc.assert(
    fc.property(
      observed,
      fc.option(observed, { nil: undefined }),
      answer,
      text,
      (asGiven, wire, answered, canonical) => {
        const evidence = { request: asGiven, wire, answer: answered, signed: { canonicalRequest: canonical } }
        expect(
          Array.isArray(
            explainRefusal(evidence, { credentials, algorithms: [sigV4A], limits: { candidates: 50 } })
              .verdicts,
          ),
        ).toBe(true)
      },
    ),
    { numRuns: 60 },
  )
})
