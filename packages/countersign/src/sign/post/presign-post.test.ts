/** What an upload form holds, and the forms that are not signed. */
import { describe, expect, it } from 'vitest'
import { presignUrl, SigningKey } from '../../index.ts'
import { formatPostHtml, presignPost, sigV2Post, type PostForm, type PresignPostOptions } from '../../post.ts'

const credentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
}
const date = new Date('2026-11-22T11:55:00.999Z')
const options: PresignPostOptions = { credentials, date }
const form: PostForm = { url: 'https://uploads.s3.eu-west-1.amazonaws.com/', bucket: 'uploads', key: 'a.txt' }
const CREDENTIAL = 'AKIDEXAMPLE/20261122/eu-west-1/s3/aws4_request'
const OWN = [
  { 'x-amz-algorithm': 'AWS4-HMAC-SHA256' },
  { 'x-amz-credential': CREDENTIAL },
  { 'x-amz-date': '20261122T115500Z' },
]

function freeze<T extends object>(value: T): T {
  for (const part of Object.values(value))
    if (typeof part === 'object' && part !== null && !(part instanceof Date)) freeze(part as object)
  return Object.freeze(value)
}

function conditionsOf(part: Partial<PostForm>): unknown[] {
  return presignPost({ ...form, ...part }, options).conditions.slice(1, -OWN.length)
}

describe('presignPost', () => {
  it('gives fields in their order, the policy, and its end', () => {
    const { url, fields, policy, conditions, expiresAt, scope, warnings } = presignPost(
      { ...form, fields: { acl: 'private' }, expiresIn: 60 },
      options,
    )
    expect(url).toBe('https://uploads.s3.eu-west-1.amazonaws.com/')
    expect(fields.map(([name]) => name)).toEqual([
      'key',
      'acl',
      'x-amz-algorithm',
      'x-amz-credential',
      'x-amz-date',
      'policy',
      'x-amz-signature',
    ])
    expect(new Map(fields).get('x-amz-signature')).toMatch(/^[0-9a-f]{64}$/)
    expect(atob(new Map(fields).get('policy') ?? '')).toBe(policy)
    expect(JSON.parse(policy)).toEqual({
      expiration: '2026-11-22T11:56:00Z',
      conditions: [{ bucket: 'uploads' }, { key: 'a.txt' }, { acl: 'private' }, ...OWN],
    })
    expect(conditions).toEqual((JSON.parse(policy) as { conditions: unknown }).conditions)
    expect(expiresAt).toEqual(new Date('2026-11-22T11:56:00Z'))
    expect(scope).toEqual({ date: '20261122', region: 'eu-west-1', service: 's3' })
    expect(warnings).toEqual([])
  })

  it('changes nothing of the caller, and keeps nothing of it', () => {
    const given = freeze({
      ...form,
      fields: [['acl', 'private'] as const],
      conditions: [['starts-with', '$Content-Type', 'image/'] as const, { tagging: '' }],
    })
    const first = presignPost(given, freeze({ ...options }))
    first.fields.length = 0
    expect(presignPost(given, freeze({ ...options })).fields).not.toEqual([])
  })

  it('puts the condition that fits to the key', () => {
    expect(conditionsOf({ key: 'a/${filename}' })).toEqual([['starts-with', '$key', 'a/']])
    expect(conditionsOf({ key: 'a/${filename}/b' })).toEqual([['starts-with', '$key', 'a/']])
    expect(conditionsOf({ key: '${filename}' })).toEqual([['starts-with', '$key', '']])
    expect(conditionsOf({ key: 'a/b', keyStartsWith: 'a/' })).toEqual([['starts-with', '$key', 'a/']])
    const { fields } = presignPost({ ...form, key: undefined, keyStartsWith: 'user/eric/' }, options)
    expect(fields[0]).toEqual(['key', 'user/eric/${filename}'])
  })

  it('mirrors fields into conditions and exact conditions into fields, each once', () => {
    const part: Partial<PostForm> = {
      fields: {
        acl: 'private',
        'Content-Type': 'image/png',
        'x-amz-meta-name': 'the ${filename}',
        'x-ignore-a': 'b',
      },
      conditions: [
        { AcL: 'private' },
        ['eq', '$x-amz-meta-a', 'b'],
        { tagging: '' },
        ['starts-with', '$content-type', 'image/'],
        ['starts-with', '$x-amz-meta-b', ''],
        ['starts-with', '$key', 'a'],
        { bucket: 'uploads' },
        ['content-length-range', 0, 1024],
      ],
    }
    expect(conditionsOf(part)).toEqual([
      { key: 'a.txt' },
      { AcL: 'private' },
      ['eq', '$x-amz-meta-a', 'b'],
      { tagging: '' },
      ['starts-with', '$content-type', 'image/'],
      ['starts-with', '$x-amz-meta-b', ''],
      ['starts-with', '$key', 'a'],
      ['content-length-range', 0, 1024],
      ['starts-with', '$x-amz-meta-name', 'the '],
    ])
    expect(presignPost({ ...form, ...part }, options).fields.slice(0, 7)).toEqual([
      ['key', 'a.txt'],
      ['acl', 'private'],
      ['Content-Type', 'image/png'],
      ['x-amz-meta-name', 'the ${filename}'],
      ['x-ignore-a', 'b'],
      ['x-amz-meta-a', 'b'],
      ['tagging', ''],
    ])
  })

  it('signs the session token', () => {
    const { fields, policy } = presignPost(form, {
      ...options,
      credentials: { ...credentials, sessionToken: 'to+ken=' },
    })
    expect(fields).toContainEqual(['x-amz-security-token', 'to+ken='])
    expect(policy).toContain('{"x-amz-security-token":"to+ken="}')
  })

  it('signs the same with a derived key', () => {
    const signingKey = SigningKey.derive(credentials.secretAccessKey, {
      date,
      region: 'eu-west-1',
      service: 's3',
    })
    const derived = { accessKeyId: credentials.accessKeyId, signingKey }
    expect(presignPost(form, { ...options, credentials: derived })).toEqual(presignPost(form, options))
    expect(() => presignPost(form, { ...options, credentials: derived, algorithm: sigV2Post })).toThrow(
      expect.objectContaining({ code: 'SECRET_KEY_MISSING' }),
    )
  })

  it('signs as stores of old want it', () => {
    const { fields, scope } = presignPost(form, { ...options, algorithm: sigV2Post })
    expect(fields.map(([name]) => name)).toEqual(['key', 'AWSAccessKeyId', 'policy', 'signature'])
    expect(fields.at(-1)?.[1]).toMatch(/^[\w+/]{27}=$/)
    expect(scope).toBeUndefined()
  })

  it('writes a policy in ASCII', () => {
    const { policy } = presignPost({ ...form, key: 'é/日本/🦊\u007f'.replace('\u007f', '') }, options)
    expect(policy).toMatch(/^[ -~]+$/)
    expect((JSON.parse(policy) as { conditions: unknown[] }).conditions[1]).toEqual({ key: 'é/日本/🦊' })
  })

  it('takes the region from the host, or from the caller', () => {
    const own = { ...form, url: 'https://minio.example.com:9000/uploads?x#y' }
    expect(() => presignPost(own, options)).toThrow(expect.objectContaining({ code: 'SCOPE_UNKNOWN' }))
    const { url, scope } = presignPost(own, { ...options, region: 'us-east-1' })
    expect([url, scope?.region]).toEqual(['https://minio.example.com:9000/uploads?x', 'us-east-1'])
  })
})

describe('how long a form works', () => {
  it.each([0, -5, 1.5, NaN, Infinity, 604_801, '60' as unknown as number])(
    'not for %s seconds',
    (expiresIn) => {
      const code = { code: 'EXPIRY_INVALID' }
      expect(() => presignPost({ ...form, expiresIn }, options)).toThrow(expect.objectContaining(code))
      expect(() => presignUrl({ method: 'GET', url: form.url }, { credentials, date, expiresIn })).toThrow(
        expect.objectContaining(code),
      )
    },
  )

  it('an hour by default, and no longer than the credentials', () => {
    expect(presignPost(form, options).expiresAt).toEqual(new Date('2026-11-22T12:55:00Z'))
    const dying = { ...credentials, expiration: new Date('2026-11-22T11:57:30.500Z') }
    const { expiresAt, warnings, policy } = presignPost(form, { ...options, credentials: dying })
    expect([expiresAt, warnings]).toEqual([new Date('2026-11-22T11:57:30Z'), ['EXPIRY_CLAMPED']])
    expect(policy).toContain('"expiration":"2026-11-22T11:57:30Z"')
    const dead = { ...credentials, expiration: new Date('2026-11-22T11:55:00Z') }
    expect(() => presignPost(form, { ...options, credentials: dead })).toThrow(
      expect.objectContaining({ code: 'CREDENTIALS_EXPIRED' }),
    )
  })

  it('not from a date that is none', () => {
    expect(() => presignPost(form, { ...options, date: new Date(NaN) })).toThrow(
      expect.objectContaining({ code: 'DATE_INVALID' }),
    )
  })
})

describe('a form that could never be uploaded is not signed', () => {
  const odd = <T>(value: unknown): T => value as T

  it.each<[string, string, Partial<PostForm>]>([
    [
      'a field twice',
      'FORM_FIELD_INVALID',
      {
        fields: [
          ['acl', 'a'],
          ['ACL', 'a'],
        ],
      },
    ],
    ['a field of the signer', 'FORM_FIELD_INVALID', { fields: { Policy: 'x' } }],
    ['a date', 'FORM_FIELD_INVALID', { fields: { 'X-Amz-Date': '20261122T115500Z' } }],
    ['the file', 'FORM_FIELD_INVALID', { fields: { file: 'x' } }],
    ['the key among the fields', 'FORM_FIELD_INVALID', { fields: { Key: 'a.txt' } }],
    ['a name with a quote', 'FORM_FIELD_INVALID', { fields: { 'a"b': 'x' } }],
    ['a name with a blank', 'FORM_FIELD_INVALID', { fields: { 'a b': 'x' } }],
    ['a value that is no text', 'FORM_FIELD_INVALID', { fields: odd({ acl: 5 }) }],
    ['a line end', 'FORM_FIELD_INVALID', { fields: { acl: 'a\nb' } }],
    ['half a surrogate pair', 'FORM_FIELD_INVALID', { key: 'a\ud83e' }],
    ['no key', 'FORM_FIELD_INVALID', { key: undefined }],
    ['an empty key', 'FORM_FIELD_INVALID', { key: '' }],
    ['no bucket', 'FORM_FIELD_INVALID', { bucket: '' }],
    ['a condition on the signer', 'FORM_FIELD_INVALID', { conditions: [{ 'x-amz-credential': 'x' }] }],
    ['a condition of two', 'CONDITION_INVALID', { conditions: [{ acl: 'a', tagging: 'b' }] }],
    ['a condition of none', 'CONDITION_INVALID', { conditions: [{}] }],
    ['a null', 'CONDITION_INVALID', { conditions: odd([null]) }],
    ['an unknown operator', 'CONDITION_INVALID', { conditions: odd([['ends-with', '$key', 'x']]) }],
    ['no dollar', 'CONDITION_INVALID', { conditions: [['eq', 'acl', 'x']] }],
    ['no argument', 'CONDITION_INVALID', { conditions: odd([['eq', '$acl']]) }],
    ['a range that is empty', 'CONDITION_INVALID', { conditions: [['content-length-range', 2, 1]] }],
    ['a range of fractions', 'CONDITION_INVALID', { conditions: [['content-length-range', 0, 1.5]] }],
    ['a negative range', 'CONDITION_INVALID', { conditions: [['content-length-range', -1, 1]] }],
    ['a range of texts', 'CONDITION_INVALID', { conditions: odd([['content-length-range', '0', '1']]) }],
    [
      'two ranges',
      'CONDITION_CONTRADICTED',
      {
        conditions: [
          ['content-length-range', 0, 1],
          ['content-length-range', 0, 2],
        ],
      },
    ],
    [
      'a field against its condition',
      'CONDITION_CONTRADICTED',
      { fields: { acl: 'a' }, conditions: [{ acl: 'b' }] },
    ],
    [
      'two conditions on one field',
      'CONDITION_CONTRADICTED',
      { conditions: [{ acl: 'a' }, ['eq', '$ACL', 'b']] },
    ],
    [
      'another beginning',
      'CONDITION_CONTRADICTED',
      { fields: { acl: 'a' }, conditions: [['starts-with', '$acl', 'b']] },
    ],
    ['another bucket', 'CONDITION_CONTRADICTED', { conditions: [{ bucket: 'other' }] }],
    ['a key outside of its own beginning', 'CONDITION_CONTRADICTED', { keyStartsWith: 'b' }],
    [
      'a key outside of its condition',
      'CONDITION_CONTRADICTED',
      { conditions: [['starts-with', '$key', 'b']] },
    ],
    [
      'an exact key that only begins so',
      'CONDITION_CONTRADICTED',
      { key: 'a/${filename}', conditions: [{ key: 'a/' }] },
    ],
    [
      'an exact ${filename}',
      'CONDITION_CONTRADICTED',
      { key: '${filename}', conditions: [{ key: '${filename}' }] },
    ],
    [
      'a beginning with ${filename}',
      'CONDITION_CONTRADICTED',
      { key: undefined, keyStartsWith: '${filename}/' },
    ],
    [
      'a list of types, one of another kind',
      'CONDITION_CONTRADICTED',
      {
        fields: { 'Content-Type': 'image/png,text/html' },
        conditions: [['starts-with', '$Content-Type', 'image/']],
      },
    ],
    ['a URL that is none', 'URL_INVALID', { url: 'uploads' }],
  ])('%s: %s', (_, code, part) => {
    expect(() => presignPost({ ...form, ...part }, options)).toThrow(
      expect.objectContaining({ name: 'SigningError', code }),
    )
  })

  it('nor one without credentials', () => {
    for (const bad of [undefined, { accessKeyId: 'a' }, { accessKeyId: 'ASIAX', secretAccessKey: 'x' }]) {
      expect(() => presignPost(form, { ...options, credentials: odd(bad) })).toThrow(
        expect.objectContaining({ code: 'CREDENTIALS_INVALID' }),
      )
    }
  })
})

it('formatPostHtml writes every field, escaped, and the file last', () => {
  const signed = presignPost({ ...form, fields: { 'x-amz-meta-a': '"><script>&amp;' } }, options)
  const html = formatPostHtml(signed)
  expect(html).not.toContain('<script>')
  expect(html).toContain('name="x-amz-meta-a" value="&quot;&gt;&lt;script&gt;&amp;amp;"')
  expect(html.match(/name="[^"]+"/g)).toEqual([
    ...signed.fields.map(([name]) => `name="${name}"`),
    'name="file"',
  ])
  expect(html).toContain(
    'action="https://uploads.s3.eu-west-1.amazonaws.com/" method="post" enctype="multipart/form-data"',
  )
})
