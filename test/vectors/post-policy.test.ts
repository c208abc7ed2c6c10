/**
 * Published signatures of POST policies. Reads post-policy.json.
 */
import { expect, it } from 'vitest'
import {
  createPostVerifier,
  sigV2Post,
  sigV4Post,
  type PostAlgorithm,
} from '../../packages/countersign/src/post.ts'
import { describeVectors, expectCases, loadVectors } from '../kit/vectors.ts'
import { messageOfForm, readAll, writeForm, type Field } from '../kit/forms.ts'

interface PolicyCase {
  readonly name: string
  readonly scheme: 'sigv4' | 'sigv2'
  readonly credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string }
  readonly date?: string
  readonly amzDate?: string
  readonly region?: string
  readonly service?: string
  readonly policyBase64: string
  readonly policy: string
  readonly signature: string
  readonly signatureAsPrinted?: string
}

/** Cases whose signature is right and which no store could take, and what they are refused for. */
const REFUSED: ReadonlyMap<string, readonly [code: string, reason: string]> = new Map([
  [
    'php/smithy-typescript: PostObjectV4',
    ['DATE_INVALID', 'its date is 20151229T0000Z, which lacks the seconds'],
  ],
  ['php: PostObjectV4 with a session token', ['DATE_INVALID', 'the same date']],
  ['php: PostObject', ['POLICY_MALFORMED', 'its conditions are an object, not a list']],
])

type Simple = Readonly<Record<string, string>>
type Condition = Simple | readonly [operator: string, field: string, value: string]

function isList(condition: Condition): condition is Exclude<Condition, Simple> {
  return Array.isArray(condition)
}

/** The fields that a policy wants: exact ones, and a value for each that begins in some way. */
function fieldsFor(policy: string): Map<string, string> {
  const { conditions } = JSON.parse(policy) as { conditions: Condition[] | Simple }
  const fields = new Map<string, string>()
  for (const condition of Array.isArray(conditions) ? conditions : [conditions]) {
    if (!isList(condition)) for (const [name, value] of Object.entries(condition)) fields.set(name, value)
    else {
      const [operator, field, value] = condition
      const name = field.slice(1)
      if (!fields.has(name)) fields.set(name, operator === 'eq' ? value : `${value}x`)
    }
  }
  return fields
}

function algorithmOf({ scheme }: PolicyCase): PostAlgorithm {
  return scheme === 'sigv2' ? sigV2Post : sigV4Post
}

function signedFields(vector: PolicyCase, signature = vector.signature): Field[] {
  const fields = fieldsFor(vector.policy)
  fields.delete('bucket')
  if (!fields.has('key')) fields.set('key', 'a')
  const name = algorithmOf(vector).signatureField
  if (vector.scheme === 'sigv2') fields.set('AWSAccessKeyId', vector.credentials.accessKeyId)
  return [...fields, ['policy', vector.policyBase64], [name, signature]]
}

async function verify(vector: PolicyCase, fields: readonly Field[]): Promise<string> {
  const { secretAccessKey, sessionToken } = vector.credentials
  const verifier = createPostVerifier({
    secrets: () => ({ secretAccessKey, sessionToken }),
    region: vector.region ?? 'us-east-1',
    algorithms: [sigV4Post, sigV2Post],
    now: () =>
      new Date(Date.parse((JSON.parse(vector.policy) as { expiration: string }).expiration) - 60_000),
  })
  const bucket = fieldsFor(vector.policy).get('bucket') ?? 'bucket'
  const { file } = await verifier.verify(messageOfForm(writeForm(fields, { bytes: 'file' }), { bucket }))
  return (await readAll(file)).toString()
}

describeVectors('post-policy.json', () => {
  const cases = expectCases(loadVectors<{ cases: PolicyCase[] }>('post-policy.json').cases)

  it('has 5 cases of SigV4 and 3 of SigV2, and the exceptions are among them', () => {
    expect([cases.filter(({ scheme }) => scheme === 'sigv4').length, cases.length]).toEqual([5, 8])
    expect(cases.filter(({ name }) => REFUSED.has(name))).toHaveLength(REFUSED.size)
  })

  it.each(cases)('$name: signature', (vector) => {
    const { signature, signPolicy } = algorithmOf(vector)
    const { accessKeyId, secretAccessKey } = vector.credentials
    const scope = { date: vector.date ?? '', region: vector.region ?? '', service: vector.service ?? '' }
    const key = signature.prepareKey(signature.deriveKey(secretAccessKey, scope, accessKeyId))
    expect(key.signHex(vector.policyBase64)).toBe(vector.signature)
    expect(signPolicy?.(secretAccessKey, vector.policyBase64) ?? vector.signature).toBe(vector.signature)
    for (const given of [vector.signature, vector.signatureAsPrinted ?? vector.signature]) {
      expect(key.hasSigned(vector.policyBase64, given)).toBe(true)
      expect(key.hasSigned(`${vector.policyBase64} `, given)).toBe(false)
    }
  })

  it.each(cases)('$name: a form with it', async (vector) => {
    const [code] = REFUSED.get(vector.name) ?? []
    const result = verify(vector, signedFields(vector))
    if (code === undefined) await expect(result).resolves.toBe('file')
    else await expect(result).rejects.toMatchObject({ code })
  })

  it.each(cases)('$name: with another signature or policy', async (vector) => {
    const flipped = vector.signature.replace(/./, (digit) => (digit === '1' ? '2' : '1'))
    const others = [
      signedFields(vector, flipped),
      signedFields({ ...vector, policyBase64: vector.policyBase64.replace('J', 'K') }),
    ]
    const code = REFUSED.get(vector.name)?.[0] === 'DATE_INVALID' ? 'DATE_INVALID' : 'SIGNATURE_MISMATCH'
    for (const fields of others) await expect(verify(vector, fields)).rejects.toMatchObject({ code })
  })
})
