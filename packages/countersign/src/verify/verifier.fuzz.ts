/**
 * Whatever comes in, what comes out is a verified request or a VerificationError, and nobody gets in without a
 * signature.
 */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  EVERYWHERE,
  NOW,
  presign,
  SECRET,
  verifierFor,
  withBadSignature,
  type HeaderField,
  type SentMessage,
} from '../../../../test/kit/messages.ts'
import { normalizePath } from '../core/canonical-path.ts'
import { VerificationError } from '../errors.ts'
import { explainRequest } from './explain-request.ts'
import { awsJson } from './responses/aws-json.ts'
import { queryXml } from './responses/query-xml.ts'
import { s3Xml } from './responses/s3-xml.ts'

const SERVED = { service: ['s3', 'execute-api'], region: '*', now: () => NOW }
// Whoever asks gets a key, so that everything up to the comparison runs.
const verifier = verifierFor({ ...SERVED, secrets: () => ({ secretAccessKey: SECRET, principal: 'alice' }) })

function lettersOf(letters: string): string[] {
  return letters.split('')
}

const genuine = EVERYWHERE.flatMap(({ sign, service }) => [
  sign({ service }),
  sign({ service, method: 'PUT', body: 'x', sessionToken: 't', target: '/b//k?a=1&a' }),
])
const WORDS = genuine.flatMap(({ target, headers }) => [
  ...target.split(/[?&=]/),
  ...headers.flat().flatMap((text) => [text, ...text.split(/[ ,=;/]/)]),
])
const SPECIAL = [
  '',
  ' ',
  '\t',
  '%',
  '%%',
  '%00',
  '/',
  '//',
  '..',
  '?',
  '&',
  '=',
  ';',
  ',',
  '+',
  '#',
  '\u0000',
  '\ud800',
]

const piece = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...WORDS) },
  { weight: 3, arbitrary: fc.constantFrom(...SPECIAL) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 8 }) },
)
const text = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''))
const name = fc.oneof(
  fc.constantFrom('host', 'Authorization', 'x-amz-date', 'X-Amz-Content-Sha256', 'date', ':authority'),
  fc.constantFrom('x-amz-security-token', 'content-length', '__proto__', 'constructor', 'x-amz-to\u212aen'),
  text,
)
const garbage = fc.record({
  method: fc.oneof(fc.constantFrom('GET', 'PUT'), text),
  target: fc.oneof(
    text,
    text.map((rest) => `/${rest}`),
    fc.webUrl({ withQueryParameters: true }),
  ),
  headers: fc.array(fc.tuple(name, text), { maxLength: 8 }),
  body: fc.option(fc.uint8Array({ maxLength: 8 }), { nil: undefined }),
  protocol: fc.constantFrom('http' as const, 'https' as const, undefined),
})

/** A genuine message whose signature is wrong, with something of it exchanged for garbage. */
const nearlyRight = fc
  .record({
    message: fc.constantFrom(...genuine).map(withBadSignature),
    place: fc.nat(),
    start: fc.nat(),
    length: fc.nat(12),
    insert: text,
  })
  .map(({ message, place, start, length, insert }): SentMessage => {
    const splice = (given: string): string => {
      const at = start % (given.length + 1)
      return given.slice(0, at) + insert + given.slice(at + length)
    }
    const which = place % (message.headers.length + 2)
    const headers = message.headers.map<HeaderField>(([key, value], index) =>
      index === which ? [key, splice(value)] : [key, value],
    )
    if (which === message.headers.length) return { ...message, target: splice(message.target) }
    return { ...message, headers }
  })

async function expectRefusal(message: SentMessage): Promise<void> {
  const outcome: unknown = await verifier.verify(message).catch((error: unknown) => error)
  expect(outcome).toBeInstanceOf(VerificationError)
  const error = outcome as VerificationError
  for (const render of [s3Xml, queryXml, awsJson]) {
    const { status, body } = render(error)
    expect(status).toBeGreaterThanOrEqual(400)
    expect(body).not.toContain(SECRET)
  }
  const report = explainRequest(message, { ...SERVED, key: { secretAccessKey: SECRET } })
  expect(report.verdict).toBe('invalid')
}

it('garbage is refused, and by a VerificationError', async () => {
  await fc.assert(fc.asyncProperty(garbage, expectRefusal))
})

it('a wrong signature with garbage in any place is refused, and by a VerificationError', async () => {
  await fc.assert(fc.asyncProperty(nearlyRight, expectRefusal))
})

it('explainRequest calls valid what verify lets in, and nothing else', async () => {
  const changed = fc.tuple(
    fc.constantFrom(...genuine),
    fc.nat(),
    fc.nat(),
    fc.constantFrom(...lettersOf('aZ0 %/&=;,\u00e9')),
  )
  await fc.assert(
    fc.asyncProperty(changed, async ([message, which, at, byte]) => {
      const change = (given: string): string => {
        const place = at % Math.max(given.length, 1)
        return given.slice(0, place) + byte + given.slice(place + 1)
      }
      const { headers } = message
      const place = which % (headers.length + 1)
      const altered =
        place === headers.length
          ? { ...message, target: change(message.target) }
          : {
              ...message,
              headers: headers.map<HeaderField>(([key, value], index) => [
                key,
                index === place ? change(value) : value,
              ]),
            }
      const key = { secretAccessKey: SECRET, sessionToken: altered.body ? 't' : undefined }
      const isLetIn = await verifierFor({ ...SERVED, secrets: () => key })
        .verify(altered)
        .then(
          () => true,
          () => false,
        )
      expect(explainRequest(altered, { ...SERVED, key }).verdict === 'valid').toBe(isLetIn)
    }),
  )
})

it('any path, query, header and body is let in when it is signed right', async () => {
  const wire = fc.string({
    unit: fc.constantFrom(...lettersOf('aZ0-._~%2F/+&=;:@!$\u00e9\u00ff')),
    maxLength: 20,
  })
  const value = fc.string({ unit: fc.constantFrom(...lettersOf('aZ0 \t,;"\u00e9\u00ff')), maxLength: 12 })
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...EVERYWHERE),
      wire,
      wire,
      fc.array(value, { maxLength: 3 }),
      fc.option(fc.string({ maxLength: 8 }), { nil: undefined }),
      async ({ sign, service }, path, query, values, body) => {
        const target = query === '' ? `/${path}` : `/${path}?${query}`
        const headers = values.map((each) => ['X-Value', each] as const)
        const verified = await verifier.verify(sign({ service, target, headers, body, method: 'PUT' }))
        expect(verified.principal).toBe('alice')
        const isRaw = service === 's3'
        expect(verified.covered.path).toBe(isRaw ? `/${path}` : normalizePath(`/${path}`))
      },
    ),
  )
})

it('what has the wrong type is refused as well', async () => {
  const odd = fc.oneof(fc.constantFrom(undefined, null, '/', 'GET', presign().target), fc.anything())
  const message = fc
    .record({
      method: odd,
      target: odd,
      headers: fc.oneof(odd, fc.array(odd, { maxLength: 3 }), fc.array(fc.tuple(odd, odd), { maxLength: 3 })),
      body: fc.constantFrom(undefined, new Uint8Array()),
    })
    .map((each) => each as unknown as SentMessage)
  await fc.assert(fc.asyncProperty(message, expectRefusal))
})
