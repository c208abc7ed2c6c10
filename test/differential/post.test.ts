/**
 * Upload forms against botocore: the same fields, policy and signature from both, and what botocore signs and urllib3
 * writes is let in by our verifier.
 */
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  createPostVerifier,
  presignPost,
  sigV2Post,
  sigV4Post,
  type PostCondition,
} from '../../packages/countersign/src/post.ts'
import { describeWithPython, run } from '../interop/programs.ts'
import { FORM_KEY_ID, FORM_SECRET, messageOfForm, readAll } from '../kit/forms.ts'

interface Form {
  readonly version: 's3v4' | 's3'
  readonly bucket: string
  readonly key: string
  readonly fields: [name: string, value: string][]
  readonly conditions: PostCondition[]
  readonly expiresIn: number
  readonly sessionToken?: string
  readonly filename: string
  readonly file: string
}

interface SignedForm {
  readonly url: string
  readonly fields: [name: string, value: string][]
  readonly body: string
  readonly contentType: string
}

interface Policy {
  readonly expiration: string
  readonly conditions: unknown[]
}

const script = fileURLToPath(new URL('post-botocore.py', import.meta.url))
const DATE = '20261122T115500Z'
const date = new Date('2026-11-22T11:55:00Z')
const FORMS = 120

const value = fc.constantFrom(
  'private',
  '',
  'a b',
  'a+b/c=',
  '<&">',
  'é',
  '日本',
  '🦊',
  "'$key'",
  '\\',
  'a\tb',
)
const form: fc.Arbitrary<Form> = fc
  .record({
    version: fc.constantFrom('s3v4' as const, 's3v4' as const, 's3' as const),
    bucket: fc.constantFrom('uploads', 'my-bucket', 'my.bucket'),
    key: fc
      .tuple(
        fc.constantFrom('a', 'user/eric/', 'é/', 'a b/', '..', '日本/🦊'),
        fc.constantFrom('', '${filename}'),
      )
      .map((parts) => parts.join('')),
    fields: fc.uniqueArray(
      fc.tuple(
        fc.constantFrom('acl', 'Content-Type', 'x-amz-meta-a', 'success_action_status', 'tagging'),
        value,
      ),
      { selector: ([name]) => name, maxLength: 4 },
    ),
    range: fc.constantFrom<PostCondition[]>(
      [],
      [['content-length-range', 0, 1000]],
      [['content-length-range', 5, 5]],
    ),
    expiresIn: fc.integer({ min: 300, max: 604_800 }),
    sessionToken: fc.option(fc.constant('FwoGZXIvYXdzEXAMPLE+token/value=='), { nil: undefined, freq: 2 }),
    filename: fc.constantFrom('a.txt', 'b c.txt', 'C:\\x\\d.txt'),
    file: fc.constantFrom('hello', 'x\r\nyz', '--x--'),
  })
  .map(({ range, sessionToken, ...rest }) => ({
    ...rest,
    conditions: range,
    ...(sessionToken !== undefined && { sessionToken }),
  }))

function signOurs({
  version,
  bucket,
  key,
  fields,
  conditions,
  expiresIn,
  sessionToken,
}: Form): SignedForm['fields'] {
  const signed = presignPost(
    { url: `https://s3.example.com/${bucket}`, bucket, key, fields, conditions, expiresIn },
    {
      credentials: { accessKeyId: FORM_KEY_ID, secretAccessKey: FORM_SECRET, sessionToken },
      region: 'us-east-1',
      date,
      algorithm: version === 's3' ? sigV2Post : sigV4Post,
    },
  )
  return signed.fields
}

function policyOf(fields: SignedForm['fields']): Policy {
  const text = Buffer.from(new Map(fields).get('policy') ?? '', 'base64').toString()
  const { expiration, conditions } = JSON.parse(text) as Policy
  return {
    expiration,
    conditions: conditions.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
  }
}

function withoutPolicy(fields: SignedForm['fields']): unknown {
  const own = new Set(['policy', 'signature', 'x-amz-signature'])
  return fields.filter(([name]) => !own.has(name)).toSorted(([a], [b]) => (a < b ? -1 : 1))
}

describeWithPython('botocore', 'upload forms of botocore', (python) => {
  const forms = fc.sample(form, { numRuns: FORMS, seed: 20_261_122 })
  const signing = run(python, [script], {
    input: JSON.stringify({ date: DATE, secretAccessKey: FORM_SECRET, forms }),
  }).then((text) => JSON.parse(text) as SignedForm[])

  it('have the fields and the policy that we give them', async () => {
    const theirs = await signing
    expect(theirs).toHaveLength(FORMS)
    for (const [index, each] of forms.entries()) {
      const { fields = [], url } = theirs[index] ?? {}
      const ours = signOurs(each)
      expect(withoutPolicy(ours)).toEqual(withoutPolicy(fields))
      expect(policyOf(ours)).toEqual(policyOf(fields))
      expect(url).toBe(`https://s3.example.com/${each.bucket}`)
    }
  }, 60_000)

  it('have the signature that we give to their policy', async () => {
    for (const [index, { fields }] of (await signing).entries()) {
      const { version = 's3v4', sessionToken } = forms[index] ?? {}
      const given = new Map(fields)
      const policy = given.get('policy') ?? ''
      const { signature } = version === 's3' ? sigV2Post : sigV4Post
      const scope = { date: DATE.slice(0, 8), region: 'us-east-1', service: 's3' }
      const key = signature.prepareKey(signature.deriveKey(FORM_SECRET, scope, FORM_KEY_ID))
      expect(given.get(version === 's3' ? 'signature' : 'x-amz-signature')).toBe(key.signHex(policy))
      expect(given.get('x-amz-security-token')).toBe(sessionToken)
    }
  })

  it('are let in by our verifier, as urllib3 writes them', async () => {
    for (const [index, { body, contentType }] of (await signing).entries()) {
      const each = forms[index]
      if (!each) throw new Error('More forms came back than were asked for')
      const verifier = createPostVerifier({
        secrets: () => ({ secretAccessKey: FORM_SECRET, sessionToken: each.sessionToken }),
        region: 'us-east-1',
        algorithms: [sigV4Post, sigV2Post],
        now: () => date,
      })
      const message = messageOfForm(Buffer.from(body, 'base64'), { bucket: each.bucket })
      const { key, fields, file, algorithm } = await verifier.verify({
        ...message,
        headers: [['content-type', contentType]],
      })
      const filename = each.filename.split('\\').at(-1) ?? ''
      expect(key).toBe(each.key.replace('${filename}', filename))
      expect(algorithm).toBe(each.version === 's3' ? 'HMAC-SHA1' : 'AWS4-HMAC-SHA256')
      expect(fields).toEqual(new Map(each.fields.map(([name, text]) => [name.toLowerCase(), text])))
      expect((await readAll(file)).toString()).toBe(each.file)
    }
  })
})
