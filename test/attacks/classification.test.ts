/**
 * The one total classification: every combination of what can stand in a request gives exactly one mechanism, algorithm
 * and payload mode, or an error. The tables below are all outcomes, to be read.
 */
import { describe, expect, it } from 'vitest'
import { sigV4A } from '../../packages/countersign/src/sigv4a.ts'
import { s3V2, sigV2 } from '../../packages/countersign/src/sigv2.ts'
import {
  sigV4,
  VerificationError,
  type RequestMessage,
  type ServerRules,
} from '../../packages/countersign/src/verify/index.ts'
import { readMessage } from '../../packages/countersign/src/verify/message.ts'
import { mayBeSignedInForm, readClaim } from '../../packages/countersign/src/verify/read-claim.ts'
import {
  AFTER_SIGNATURE,
  applyChecks,
  BEFORE_SIGNATURE,
} from '../../packages/countersign/src/verify/rules.ts'
import { settleRules } from '../../packages/countersign/src/verify/verifier-options.ts'
import { BAD_SIGNATURE, bytesOf, dateAt, HOST, NOW, sha256, type HeaderField } from '../kit/messages.ts'

const AUTHORIZATIONS = ['absent', 'foreign', 'v2', 'v4', 'v4a', 'malformed'] as const
const QUERIES = ['none', 'partial', 'v4', 'v2'] as const
const FORMS = ['no form', 'form'] as const
const STREAMING = [
  'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
  ...['HMAC', 'ECDSA-P256'].flatMap((name) =>
    ['PAYLOAD', 'PAYLOAD-TRAILER', 'EVENTS'].map((kind) => `STREAMING-AWS4-${name}-SHA256-${kind}`),
  ),
]
const PAYLOADS = [undefined, sha256('x'), 'UNSIGNED-PAYLOAD', ...STREAMING, 'STREAMING-JUNK', 'junk', '']
const ALGORITHMS: readonly (readonly [string, NonNullable<ServerRules['algorithms']>])[] = [
  ['v4', [sigV4]],
  ['v4 v4a', [sigV4, sigV4A]],
  ['v4 v2', [sigV4, s3V2, sigV2]],
  ['all', [sigV4, sigV4A, s3V2, sigV2]],
]
const SERVICES = ['s3', 'execute-api'] as const

interface Case {
  readonly authorization: (typeof AUTHORIZATIONS)[number]
  readonly query: (typeof QUERIES)[number]
  readonly form: (typeof FORMS)[number]
  readonly payload: string | undefined
  readonly isPayloadSigned: boolean
  readonly service: string
  readonly algorithms: NonNullable<ServerRules['algorithms']>
}

function signedNames({ payload, isPayloadSigned }: Case, names: readonly string[]): string {
  const hash = payload !== undefined && isPayloadSigned ? ['x-amz-content-sha256'] : []
  return [...names, ...hash].toSorted().join(';')
}

function authorizationOf(given: Case): string | undefined {
  const rest = (scope: string, names: readonly string[]): string =>
    `Credential=AKID/20261122/${scope}/aws4_request, SignedHeaders=${signedNames(given, names)}, Signature=${BAD_SIGNATURE}`
  switch (given.authorization) {
    case 'absent':
      return undefined
    case 'foreign':
      return 'Bearer x'
    case 'v2':
      return 'AWS AKID:c2lnbmF0dXJlc2lnbmF0dXJlMTI='
    case 'v4':
      return `AWS4-HMAC-SHA256 ${rest(`us-east-1/${given.service}`, ['host', 'x-amz-date'])}`
    case 'v4a':
      return `AWS4-ECDSA-P256-SHA256 ${rest(given.service, ['host', 'x-amz-date', 'x-amz-region-set'])}`
    case 'malformed':
    default:
      return 'AWS4-HMAC-SHA256 Credential'
  }
}

function queryOf(given: Case): string {
  const credential = `X-Amz-Credential=AKID%2F20261122%2Fus-east-1%2F${given.service}%2Faws4_request`
  const names = encodeURIComponent(signedNames(given, ['host']))
  switch (given.query) {
    case 'none':
      return ''
    case 'partial':
      return `?${credential}`
    case 'v4':
      return `?X-Amz-Algorithm=AWS4-HMAC-SHA256&${credential}&X-Amz-Date=${dateAt()}&X-Amz-Expires=60&X-Amz-SignedHeaders=${names}&X-Amz-Signature=${BAD_SIGNATURE}`
    case 'v2':
    default:
      return '?AWSAccessKeyId=AKID&Expires=1795348860&Signature=c2lnbmF0dXJlc2lnbmF0dXJlMTI%3D'
  }
}

const FORM = `Action=A&AWSAccessKeyId=AKID&SignatureMethod=HmacSHA256&SignatureVersion=2&Timestamp=2026-11-22T12%3A00%3A00Z&Signature=${encodeURIComponent(Buffer.alloc(32).toString('base64'))}`

function messageOf(given: Case): RequestMessage {
  const authorization = authorizationOf(given)
  const optional: [string, string | undefined][] = [
    ['x-amz-date', given.authorization === 'absent' ? undefined : dateAt()],
    ['x-amz-content-sha256', given.payload],
    ['x-amz-region-set', given.authorization === 'v4a' ? '*' : undefined],
    ['content-type', given.form === 'form' ? 'application/x-www-form-urlencoded' : undefined],
    ['authorization', authorization],
  ]
  const headers: HeaderField[] = [
    ['host', HOST],
    ...optional.flatMap(([name, value]): HeaderField[] => (value === undefined ? [] : [[name, value]])),
  ]
  const target = `/b/k${queryOf(given)}`
  return given.form === 'form'
    ? { method: 'POST', target, headers, body: bytesOf(FORM) }
    : { method: 'GET', target, headers }
}

/** Mechanism, algorithm and payload mode, or the code of the refusal; whatever else is thrown is a fault. */
function classify(given: Case): string {
  const rules = settleRules({
    service: given.service,
    region: 'us-east-1',
    algorithms: given.algorithms,
    unsignedPayload: 'allowed',
  })
  const context = { rules, now: NOW, protocol: undefined }
  try {
    const message = messageOf(given)
    const read = readMessage(message, rules.limits)
    const form = mayBeSignedInForm(read, rules) && given.form === 'form' ? bytesOf(FORM) : undefined
    const claim = readClaim(read, rules, NOW, form)
    for (const checks of [BEFORE_SIGNATURE, AFTER_SIGNATURE]) applyChecks(checks, claim, context)
    const { mechanism, algorithm, payload } = claim
    return `${mechanism} ${algorithm.name.replace(/^AWS4-/, '')} ${payload.kind}`
  } catch (error) {
    if (error instanceof VerificationError) return error.code
    throw error
  }
}

const isRefused = (outcome: string): boolean => /^[A-Z_\d]+$/.test(outcome)

function* everyCase(): Generator<Case> {
  for (const [, algorithms] of ALGORITHMS)
    for (const service of SERVICES)
      for (const authorization of AUTHORIZATIONS)
        for (const query of QUERIES)
          for (const form of FORMS)
            for (const payload of PAYLOADS)
              for (const isPayloadSigned of payload === undefined ? [false] : [true, false])
                yield { authorization, query, form, payload, isPayloadSigned, service, algorithms }
}

describe('V2 total classification', () => {
  const cases = [...everyCase()]
  const outcomes = cases.map((given) => ({ given, outcome: classify(given) }))

  it('gives every combination one outcome', () => {
    expect(cases.length).toBe(4 * 2 * 6 * 4 * 2 * (1 + 12 * 2))
    const form = /^(?:(?:header|query|form) [\w-]+ (?:hashed|computed|unsigned|streaming)|[A-Z_\d]+)$/
    expect(outcomes.filter(({ outcome }) => !form.test(outcome))).toEqual([])
  })

  it('refuses more than one mechanism', () => {
    const several = outcomes.filter(({ given }) => given.authorization !== 'absent' && given.query !== 'none')
    expect(several.length).toBeGreaterThan(1000)
    expect(new Set(several.map(({ outcome }) => outcome))).toEqual(new Set(['MECHANISMS_SEVERAL']))
  })

  it('reads a form only where nothing else could carry a signature', () => {
    const forms = outcomes.filter(({ outcome }) => outcome.startsWith('form '))
    expect(forms.length).toBeGreaterThan(0)
    for (const { given } of forms)
      expect([given.authorization, given.query, given.form]).toEqual(['absent', 'none', 'form'])
  })

  it('takes no algorithm that was not passed in', () => {
    for (const { given, outcome } of outcomes) {
      if (isRefused(outcome)) continue
      if (!given.algorithms.includes(sigV4A)) expect(outcome).not.toContain('ECDSA')
      if (!given.algorithms.includes(s3V2)) expect(outcome).not.toMatch(/ (?:AWS|Hmac\w+) /)
    }
  })

  it('lets no unsigned header choose a mode', () => {
    for (const { given, outcome } of outcomes) {
      if (given.payload === undefined || given.isPayloadSigned || isRefused(outcome)) continue
      const isV2 = given.authorization === 'v2' || given.query === 'v2' || outcome.startsWith('form ')
      const bare = classify({ ...given, payload: undefined })
      // Version 2 of S3 signs every x-amz-* header.
      if (!isV2) expect({ given, outcome }).toEqual({ given, outcome: bare })
    }
  })

  it('by mechanism, each with a signed hash', () => {
    const rows = AUTHORIZATIONS.flatMap((authorization) =>
      QUERIES.flatMap((query) =>
        FORMS.map((form) => {
          // A form of version 2 signs no headers.
          const payload = authorization === 'absent' && query === 'none' ? undefined : sha256('x')
          const given = {
            authorization,
            query,
            form,
            payload,
            isPayloadSigned: true,
            service: 's3',
          }
          const cells = ALGORITHMS.map(([, algorithms]) => classify({ ...given, algorithms }))
          return [authorization.padEnd(9), query.padEnd(7), form.padEnd(7), ...new Set(cells)].join(' | ')
        }),
      ),
    )
    expect(rows.join('\n')).toMatchInlineSnapshot(`
      "absent    | none    | no form | SIGNATURE_MISSING
      absent    | none    | form    | SIGNATURE_MISSING | form HmacSHA256 computed
      absent    | partial | no form | QUERY_PARAMETER_MISSING
      absent    | partial | form    | QUERY_PARAMETER_MISSING
      absent    | v4      | no form | query HMAC-SHA256 hashed
      absent    | v4      | form    | query HMAC-SHA256 hashed
      absent    | v2      | no form | MECHANISM_UNSUPPORTED | query AWS hashed
      absent    | v2      | form    | MECHANISM_UNSUPPORTED | query AWS hashed
      foreign   | none    | no form | SCHEME_UNKNOWN
      foreign   | none    | form    | SCHEME_UNKNOWN
      foreign   | partial | no form | MECHANISMS_SEVERAL
      foreign   | partial | form    | MECHANISMS_SEVERAL
      foreign   | v4      | no form | MECHANISMS_SEVERAL
      foreign   | v4      | form    | MECHANISMS_SEVERAL
      foreign   | v2      | no form | MECHANISMS_SEVERAL
      foreign   | v2      | form    | MECHANISMS_SEVERAL
      v2        | none    | no form | MECHANISM_UNSUPPORTED | header AWS hashed
      v2        | none    | form    | MECHANISM_UNSUPPORTED | header AWS hashed
      v2        | partial | no form | MECHANISMS_SEVERAL
      v2        | partial | form    | MECHANISMS_SEVERAL
      v2        | v4      | no form | MECHANISMS_SEVERAL
      v2        | v4      | form    | MECHANISMS_SEVERAL
      v2        | v2      | no form | MECHANISMS_SEVERAL
      v2        | v2      | form    | MECHANISMS_SEVERAL
      v4        | none    | no form | header HMAC-SHA256 hashed
      v4        | none    | form    | header HMAC-SHA256 hashed
      v4        | partial | no form | MECHANISMS_SEVERAL
      v4        | partial | form    | MECHANISMS_SEVERAL
      v4        | v4      | no form | MECHANISMS_SEVERAL
      v4        | v4      | form    | MECHANISMS_SEVERAL
      v4        | v2      | no form | MECHANISMS_SEVERAL
      v4        | v2      | form    | MECHANISMS_SEVERAL
      v4a       | none    | no form | MECHANISM_UNSUPPORTED | header ECDSA-P256-SHA256 hashed
      v4a       | none    | form    | MECHANISM_UNSUPPORTED | header ECDSA-P256-SHA256 hashed
      v4a       | partial | no form | MECHANISMS_SEVERAL
      v4a       | partial | form    | MECHANISMS_SEVERAL
      v4a       | v4      | no form | MECHANISMS_SEVERAL
      v4a       | v4      | form    | MECHANISMS_SEVERAL
      v4a       | v2      | no form | MECHANISMS_SEVERAL
      v4a       | v2      | form    | MECHANISMS_SEVERAL
      malformed | none    | no form | AUTHORIZATION_MALFORMED
      malformed | none    | form    | AUTHORIZATION_MALFORMED
      malformed | partial | no form | MECHANISMS_SEVERAL
      malformed | partial | form    | MECHANISMS_SEVERAL
      malformed | v4      | no form | MECHANISMS_SEVERAL
      malformed | v4      | form    | MECHANISMS_SEVERAL
      malformed | v2      | no form | MECHANISMS_SEVERAL
      malformed | v2      | form    | MECHANISMS_SEVERAL"
    `)
  })

  it('by payload mode, for the header and the URL of version 4', () => {
    const rows = PAYLOADS.flatMap((payload) =>
      (payload === undefined ? [false] : [true, false]).map((isPayloadSigned) => {
        const cells = SERVICES.flatMap((service) =>
          (['header', 'query'] as const).map((mechanism) =>
            classify({
              authorization: mechanism === 'header' ? 'v4' : 'absent',
              query: mechanism === 'query' ? 'v4' : 'none',
              form: 'no form',
              payload,
              isPayloadSigned,
              service,
              algorithms: [sigV4],
            }),
          ),
        )
        const name = payload === undefined ? 'absent' : payload.length === 64 ? 'hash' : payload || 'empty'
        return [name.padEnd(46), isPayloadSigned ? 'signed  ' : 'unsigned', ...cells].join(' | ')
      }),
    )
    expect(rows.join('\n')).toMatchInlineSnapshot(`
      "absent                                         | unsigned | PAYLOAD_HASH_MISSING | query HMAC-SHA256 unsigned | header HMAC-SHA256 computed | query HMAC-SHA256 computed
      hash                                           | signed   | header HMAC-SHA256 hashed | query HMAC-SHA256 hashed | header HMAC-SHA256 hashed | query HMAC-SHA256 hashed
      hash                                           | unsigned | HEADERS_NOT_SIGNED | PAYLOAD_HASH_INVALID | HEADERS_NOT_SIGNED | PAYLOAD_HASH_INVALID
      UNSIGNED-PAYLOAD                               | signed   | header HMAC-SHA256 unsigned | query HMAC-SHA256 unsigned | header HMAC-SHA256 unsigned | query HMAC-SHA256 unsigned
      UNSIGNED-PAYLOAD                               | unsigned | HEADERS_NOT_SIGNED | query HMAC-SHA256 unsigned | HEADERS_NOT_SIGNED | PAYLOAD_HASH_INVALID
      STREAMING-UNSIGNED-PAYLOAD-TRAILER             | signed   | header HMAC-SHA256 streaming | PAYLOAD_MODE_UNSUPPORTED | PAYLOAD_MODE_UNSUPPORTED | PAYLOAD_MODE_UNSUPPORTED
      STREAMING-UNSIGNED-PAYLOAD-TRAILER             | unsigned | HEADERS_NOT_SIGNED | PAYLOAD_HASH_INVALID | HEADERS_NOT_SIGNED | PAYLOAD_HASH_INVALID
      STREAMING-AWS4-HMAC-SHA256-PAYLOAD             | signed   | header HMAC-SHA256 streaming | PAYLOAD_MODE_UNSUPPORTED | PAYLOAD_MODE_UNSUPPORTED | PAYLOAD_MODE_UNSUPPORTED
      STREAMING-AWS4-HMAC-SHA256-PAYLOAD             | unsigned | HEADERS_NOT_SIGNED | PAYLOAD_HASH_INVALID | HEADERS_NOT_SIGNED | PAYLOAD_HASH_INVALID
      STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER     | signed   | header HMAC-SHA256 streaming | PAYLOAD_MODE_UNSUPPORTED | PAYLOAD_MODE_UNSUPPORTED | PAYLOAD_MODE_UNSUPPORTED
      STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER     | unsigned | HEADERS_NOT_SIGNED | PAYLOAD_HASH_INVALID | HEADERS_NOT_SIGNED | PAYLOAD_HASH_INVALID
      STREAMING-AWS4-HMAC-SHA256-EVENTS              | signed   | PAYLOAD_MODE_UNSUPPORTED | PAYLOAD_MODE_UNSUPPORTED | PAYLOAD_MODE_UNSUPPORTED | PAYLOAD_MODE_UNSUPPORTED
      STREAMING-AWS4-HMAC-SHA256-EVENTS              | unsigned | HEADERS_NOT_SIGNED | PAYLOAD_HASH_INVALID | HEADERS_NOT_SIGNED | PAYLOAD_HASH_INVALID
      STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD       | signed   | PAYLOAD_HASH_INVALID | PAYLOAD_HASH_INVALID | PAYLOAD_HASH_INVALID | PAYLOAD_HASH_INVALID
      STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD       | unsigned | HEADERS_NOT_SIGNED | PAYLOAD_HASH_INVALID | HEADERS_NOT_SIGNED | PAYLOAD_HASH_INVALID
      STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER | signed   | PAYLOAD_HASH_INVALID | PAYLOAD_HASH_INVALID | PAYLOAD_HASH_INVALID | PAYLOAD_HASH_INVALID
      STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER | unsigned | HEADERS_NOT_SIGNED | PAYLOAD_HASH_INVALID | HEADERS_NOT_SIGNED | PAYLOAD_HASH_INVALID
      STREAMING-AWS4-ECDSA-P256-SHA256-EVENTS        | signed   | PAYLOAD_MODE_UNSUPPORTED | PAYLOAD_MODE_UNSUPPORTED | PAYLOAD_MODE_UNSUPPORTED | PAYLOAD_MODE_UNSUPPORTED
      STREAMING-AWS4-ECDSA-P256-SHA256-EVENTS        | unsigned | HEADERS_NOT_SIGNED | PAYLOAD_HASH_INVALID | HEADERS_NOT_SIGNED | PAYLOAD_HASH_INVALID
      STREAMING-JUNK                                 | signed   | PAYLOAD_HASH_INVALID | PAYLOAD_HASH_INVALID | PAYLOAD_HASH_INVALID | PAYLOAD_HASH_INVALID
      STREAMING-JUNK                                 | unsigned | PAYLOAD_HASH_INVALID | PAYLOAD_HASH_INVALID | PAYLOAD_HASH_INVALID | PAYLOAD_HASH_INVALID
      junk                                           | signed   | PAYLOAD_HASH_INVALID | PAYLOAD_HASH_INVALID | PAYLOAD_HASH_INVALID | PAYLOAD_HASH_INVALID
      junk                                           | unsigned | PAYLOAD_HASH_INVALID | PAYLOAD_HASH_INVALID | PAYLOAD_HASH_INVALID | PAYLOAD_HASH_INVALID
      empty                                          | signed   | PAYLOAD_HASH_INVALID | PAYLOAD_HASH_INVALID | PAYLOAD_HASH_INVALID | PAYLOAD_HASH_INVALID
      empty                                          | unsigned | PAYLOAD_HASH_INVALID | PAYLOAD_HASH_INVALID | PAYLOAD_HASH_INVALID | PAYLOAD_HASH_INVALID"
    `)
  })
})
