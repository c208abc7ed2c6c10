/** Whatever is signed is let in as it was meant, and whatever is changed in it is refused. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  presignPost,
  sigV2Post,
  sigV4Post,
  createPostVerifier,
  explainPost,
  type PostCondition,
} from '../../post.ts'

const SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'
const date = new Date('2026-11-22T11:55:00Z')
const keys = new Map([
  ['AKIDEXAMPLE', { secretAccessKey: SECRET }],
  ['ASIDEXAMPLE', { secretAccessKey: SECRET, sessionToken: 'token' }],
])
const verifier = createPostVerifier({
  // SigV2 does not sign the access key id: of two keys with one secret, either could be named.
  secrets: (accessKeyId) => keys.get(accessKeyId),
  region: 'us-east-1',
  algorithms: [sigV4Post, sigV2Post],
  now: () => date,
})

const text = fc.string({ unit: 'grapheme' }).filter((value) => !/[\x00-\x08\x0a-\x1f\x7f\p{Cs}]/u.test(value))
const form = fc.record({
  key: text.map((value) => `k${value}`),
  fields: fc.dictionary(
    fc.constantFrom('acl', 'Content-Type', 'x-amz-meta-a', 'x-amz-meta-b', 'tagging'),
    text,
  ),
  min: fc.integer({ min: 0, max: 10 }),
  max: fc.integer({ min: 10, max: 20 }),
  isTemporary: fc.boolean(),
  isOld: fc.boolean(),
})

type Form = typeof form extends fc.Arbitrary<infer T> ? T : never

function sign({ key, fields, min, max, isTemporary, isOld }: Form): [name: string, value: string][] {
  const range: PostCondition = ['content-length-range', min, max]
  return presignPost(
    {
      url: 'https://s3.us-east-1.amazonaws.com/uploads',
      bucket: 'uploads',
      key,
      fields,
      conditions: [range],
    },
    {
      credentials: {
        accessKeyId: isTemporary ? 'ASIDEXAMPLE' : 'AKIDEXAMPLE',
        secretAccessKey: SECRET,
        ...(isTemporary && { sessionToken: 'token' }),
      },
      date,
      algorithm: isOld ? sigV2Post : sigV4Post,
    },
  ).fields
}

describe('a form that was signed', () => {
  it('is let in, with what was signed and nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(form, fc.integer({ min: 0, max: 30 }), async (given, size) => {
        const fields = sign(given)
        const isFit = size >= given.min && size <= given.max
        const result = verifier.verifyForm({ bucket: 'uploads', fields, filename: 'f', size })
        if (!isFit) {
          await expect(result).rejects.toMatchObject({
            code: size > given.max ? 'BODY_TOO_LARGE' : 'BODY_TOO_SMALL',
          })
          return
        }
        const put = (value: string): string => value.replaceAll('${filename}', 'f')
        expect(await result).toMatchObject({
          bucket: 'uploads',
          key: put(given.key),
          minBytes: given.min,
          maxBytes: given.max,
        })
        const expected = Object.entries(given.fields).map(
          ([name, value]) => [name.toLowerCase(), put(value)] as const,
        )
        expect((await result).fields).toEqual(new Map(expected))
        expect(explainPost({ bucket: 'uploads', fields, filename: 'f', size, date })).toEqual([])
      }),
    )
  })

  it('is refused with any field changed, left out, added or moved to another bucket', async () => {
    const change = fc.record({
      at: fc.nat(),
      value: text,
      name: fc.constantFrom('acl2', 'x-amz-meta-z', 'Cache-Control', 'redirect'),
    })
    await fc.assert(
      fc.asyncProperty(form, change, async (given, { at, value, name }) => {
        fc.pre(!given.key.includes('${filename}'))
        const fields = sign(given)
        const [of = '', old = ''] = fields[at % fields.length] ?? []
        fc.pre(value !== old && !old.includes('${filename}') && !value.includes('${filename}'))
        const forms = [
          { bucket: 'uploads', fields: fields.map((field) => (field[0] === of ? [of, value] : field)) },
          { bucket: 'uploads', fields: fields.filter((field) => field[0] !== of) },
          { bucket: 'uploads', fields: [...fields, [name, value]] },
          { bucket: 'uploads', fields: [...fields, [of, old]] },
          { bucket: 'other', fields },
        ]
        for (const changed of forms) {
          const parsed = { ...changed, fields: changed.fields as [string, string][], filename: 'f', size: 10 }
          await expect(verifier.verifyForm(parsed)).rejects.toMatchObject({ name: 'VerificationError' })
        }
        const ignored = {
          bucket: 'uploads',
          fields: [...fields, ['x-ignore-this', value] as [string, string]],
          size: 10,
        }
        await expect(verifier.verifyForm(ignored)).resolves.toMatchObject({ bucket: 'uploads' })
      }),
    )
  })

  it('is refused with any letter of its policy or signature changed', async () => {
    await fc.assert(
      fc.asyncProperty(
        form,
        fc.nat(),
        fc.constantFrom(...'AZaz09+/=fF '.split('')),
        async (given, at, letter) => {
          const fields = sign(given)
          for (const name of ['policy', given.isOld ? 'signature' : 'x-amz-signature']) {
            const changed = fields.map(([of, value]): [string, string] => {
              const position = at % value.length
              return [of, of === name ? value.slice(0, position) + letter + value.slice(position + 1) : value]
            })
            const isSame = changed.every(
              ([, value], i) => value === fields[i]?.[1] || isSameBytes(value, fields[i]?.[1] ?? ''),
            )
            const result = verifier.verifyForm({ bucket: 'uploads', fields: changed, size: 10 })
            if (isSame) await expect(result).resolves.toMatchObject({ bucket: 'uploads' })
            else await expect(result).rejects.toMatchObject({ name: 'VerificationError' })
          }
        },
      ),
    )
  })
})

/** Two texts of 20 bytes in base64, of which the last digit has two spare bits. */
function isSameBytes(a: string, b: string): boolean {
  const isMac = (value: string): boolean => /^[\w+/]{27}=$/.test(value)
  return isMac(a) && isMac(b) && atob(a) === atob(b)
}

it('any form at all gives a result or a typed refusal', async () => {
  const names = [
    'key',
    'policy',
    'x-amz-algorithm',
    'x-amz-credential',
    'x-amz-date',
    'x-amz-signature',
    'AWSAccessKeyId',
    'signature',
    'bucket',
  ]
  const field = fc.tuple(
    fc.oneof(fc.constantFrom(...names), fc.string()),
    fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        'AWS4-HMAC-SHA256',
        '20261122T115500Z',
        'A/20261122/us-east-1/s3/aws4_request',
        'e30=',
        '0'.repeat(64),
      ),
    ),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(field, { maxLength: 12 }), async (fields) => {
      const result: unknown = await verifier
        .verifyForm({ bucket: 'uploads', fields, size: 1 })
        .catch((error: unknown) => error)
      expect(result).toMatchObject({ name: 'VerificationError' })
      expect(explainPost({ bucket: 'uploads', fields, date })).not.toEqual([])
    }),
  )
})
