/**
 * Attacks on upload forms: rows A31, A32 and A33, A16 in a form, and what S3 is known to answer to odd forms.
 */
import { describe, expect, it } from 'vitest'
import { s3Xml } from '../../packages/countersign/src/verify/index.ts'
import {
  expectFormRefused,
  FORM_SECRET,
  messageOfForm,
  postVerifier,
  sendForm,
  signForm,
  upload,
  withField,
  writeForm,
  type Field,
  type FormDraft,
} from '../kit/forms.ts'

const FILE = { bytes: 'hello' }

function sendFields(fields: readonly Field[], file = FILE): ReturnType<typeof messageOfForm> {
  return messageOfForm(writeForm(fields, file))
}

function policyOf(conditions: unknown, expiration: unknown = '2026-11-22T13:00:00Z'): string {
  return JSON.stringify({ expiration, conditions })
}

it('the form that all others are made of is let in', async () => {
  const { bytes, key, principal, mechanism, bucket } = await upload(sendForm())
  expect([bytes.toString(), key, principal, mechanism, bucket]).toEqual([
    'hello',
    'user/eric/a.txt',
    'eric',
    'form',
    'uploads',
  ])
})

describe('A31 POST policy not applied', () => {
  it('a key outside of starts-with', async () => {
    for (const key of ['user/betty/a.txt', 'user/eric', 'USER/ERIC/a', '/user/eric/a', ' user/eric/a']) {
      const error = await expectFormRefused(sendForm({ key }), 'POLICY_CONDITION_FAILED', 'AccessDenied')
      expect(error.status).toBe(403)
      expect(s3Xml(error).body).toContain(
        'Policy Condition failed: [&quot;starts-with&quot;, &quot;$key&quot;, &quot;user/eric/&quot;]',
      )
    }
  })

  it('a file of ten times the range', async () => {
    const draft = { conditions: [['content-length-range', 1, 10]] }
    const error = await expectFormRefused(
      sendForm(draft, { bytes: 'x'.repeat(100) }),
      'BODY_TOO_LARGE',
      'EntityTooLarge',
    )
    expect(error.status).toBe(400)
    expect((await upload(sendForm(draft, { bytes: 'x'.repeat(10) }))).bytes).toHaveLength(10)
    await expectFormRefused(sendForm(draft, { bytes: 'x'.repeat(11) }), 'BODY_TOO_LARGE', 'EntityTooLarge')
    await expectFormRefused(sendForm(draft, { bytes: '' }), 'BODY_TOO_SMALL', 'EntityTooSmall')
  })

  it('an extra field', async () => {
    const error = await expectFormRefused(
      sendForm({ fields: [['acl', 'public-read']] }),
      'POLICY_FIELD_NOT_COVERED',
      'AccessDenied',
    )
    expect(s3Xml(error).body).toContain('Extra input fields: acl')
    await upload(sendForm({ fields: [['acl', 'public-read']], conditions: [{ acl: 'public-read' }] }))
  })

  it('a field with another value, or none', async () => {
    const conditions = [{ acl: 'private' }]
    for (const fields of [[['acl', 'public-read']], []] as Field[][]) {
      await expectFormRefused(sendForm({ fields, conditions }), 'POLICY_CONDITION_FAILED', 'AccessDenied')
    }
  })

  it('another bucket than the one that was signed for', async () => {
    await expectFormRefused(sendForm({ sentTo: 'secrets' }), 'POLICY_CONDITION_FAILED', 'AccessDenied')
    const lying = { sentTo: 'secrets', fields: [['bucket', 'uploads']] as Field[] }
    await expectFormRefused(sendForm(lying), 'FORM_FIELD_INVALID', 'InvalidArgument')
    await upload(sendForm({ fields: [['bucket', 'uploads']] }))
  })

  it('a policy without a condition on the bucket', async () => {
    const own = ['x-amz-algorithm', 'x-amz-credential', 'x-amz-date'].map((name) => [
      'starts-with',
      `$${name}`,
      '',
    ])
    const policyText = policyOf([['starts-with', '$key', ''], ...own])
    await expectFormRefused(sendForm({ policyText }), 'POLICY_FIELD_NOT_COVERED', 'AccessDenied')
  })

  it('the policy of another form', async () => {
    const other = new Map(signForm({ keyCondition: ['starts-with', '$key', ''] })).get('policy')
    const error = await expectFormRefused(
      sendFields(withField(signForm(), 'policy', other)),
      'SIGNATURE_MISMATCH',
      'SignatureDoesNotMatch',
    )
    expect(s3Xml(error).body).toContain(`<StringToSign>${other}</StringToSign>`)
    expect(s3Xml(error).body).not.toContain('CanonicalRequest')
  })

  it('a wrong signature comes before a wrong policy', async () => {
    const bad = { signature: '0'.repeat(64), policyText: 'not JSON' }
    await expectFormRefused(sendForm(bad), 'SIGNATURE_MISMATCH', 'SignatureDoesNotMatch')
  })
})

describe('A32 POST form shapes', () => {
  it('what stands behind the file is ignored', async () => {
    const after =
      'Content-Disposition: form-data; name="key"\r\n\r\nuser/betty/x\r\n--boundary-of-the-form--\r\n'
    const body = writeForm(signForm(), FILE, { after })
    const { key, bytes } = await upload(messageOfForm(body))
    expect([key, bytes.toString()]).toEqual(['user/eric/a.txt', 'hello'])
    const late = writeForm(withField(signForm(), 'policy', undefined), FILE, {
      after: `Content-Disposition: form-data; name="policy"\r\n\r\n${new Map(signForm()).get('policy')}\r\n--boundary-of-the-form--\r\n`,
    })
    const error = await expectFormRefused(messageOfForm(late), 'FORM_FIELD_MISSING', 'InvalidArgument')
    expect(s3Xml(error).body).toContain("must contain a field named 'policy'.  If it is specified")
  })

  it.each(['key', 'Key', 'KEY', 'policy', 'Policy', 'x-amz-signature', 'X-Amz-Date', 'x-amz-credential'])(
    'repeated fields: %s',
    async (name) => {
      const value = new Map(signForm()).get(name.toLowerCase()) ?? ''
      for (const fields of [
        [...signForm(), [name, value]],
        [[name, value], ...signForm()],
      ] as Field[][]) {
        await expectFormRefused(sendFields(fields), 'FORM_FIELD_INVALID', 'InvalidArgument')
      }
    },
  )

  it('a name that turns into another one in lower case', async () => {
    const kelvin: Field = ['\u212aey', 'user/eric/x']
    for (const fields of [
      [kelvin, ...signForm()],
      [kelvin, ...withField(signForm(), 'key', undefined)],
    ]) {
      await expectFormRefused(sendFields(fields), 'FORM_FIELD_INVALID', 'InvalidArgument')
    }
    for (const name of ['', 'a b', 'a\tb', 'é']) {
      const error = await expectFormRefused(
        sendForm({ fields: [[name, 'x']] }),
        'FORM_FIELD_INVALID',
        'InvalidArgument',
      )
      expect(error.status).toBe(400)
    }
  })

  it.each([
    [
      'bucket',
      '{"expiration":"2026-11-22T13:00:00Z","conditions":[{"bucket":"uploads","bucket":"secrets"}]}',
    ],
    [
      'conditions',
      '{"expiration":"2026-11-22T13:00:00Z","conditions":[],"conditions":[{"bucket":"uploads"}]}',
    ],
    ['escaped', '{"expiration":"2026-11-22T13:00:00Z","conditions":[{"acl":"a","\\u0061cl":"b"}]}'],
    [
      'blanks',
      '{"expiration":"2026-11-22T13:00:00Z","expiration" : "2036-11-22T13:00:00Z","conditions":[{"a":"b"}]}',
    ],
  ])('JSON duplicate keys: %s', async (_, policyText) => {
    await expectFormRefused(sendForm({ policyText }), 'POLICY_MALFORMED', 'InvalidPolicyDocument')
  })

  it('${filename} with ../', async () => {
    const form = (name: string): ReturnType<typeof sendForm> =>
      sendForm({ key: 'user/eric/${filename}' }, { name, bytes: 'x' })
    for (const [name, key] of [
      ['a.txt', 'user/eric/a.txt'],
      ['../../etc/passwd', 'user/eric/passwd'],
      ['..\\..\\boot.ini', 'user/eric/boot.ini'],
      ['C:\\My Documents\\a b.txt', 'user/eric/a b.txt'],
      ['a\\../b', 'user/eric/b'],
      ['${filename}', 'user/eric/${filename}'],
      ['$&$1', 'user/eric/$&$1'],
      ['%2e%2e%2fx', 'user/eric/%2e%2e%2fx'],
      ['日本.txt', 'user/eric/日本.txt'],
    ] as const) {
      expect((await upload(form(name))).key).toBe(key)
    }
    for (const name of ['..', '.', 'a/..', 'a\\..', '../..', 'a\u0000b', 'a\u007fb']) {
      await expectFormRefused(form(name), 'FORM_FIELD_INVALID', 'InvalidArgument')
    }
  })

  it('the policy is held against the name that was put in', async () => {
    const draft: FormDraft = { key: '${filename}' }
    await upload(
      sendForm({ ...draft, keyCondition: ['starts-with', '$key', 'foo'] }, { name: 'foo.txt', bytes: '' }),
    )
    const message = sendForm(
      { ...draft, keyCondition: ['starts-with', '$key', 'foo'] },
      { name: 'bar.txt', bytes: '' },
    )
    await expectFormRefused(message, 'POLICY_CONDITION_FAILED', 'AccessDenied')
  })

  it('base64 with blanks, without padding, with unused bits, of another alphabet', async () => {
    const policy =
      new Map(signForm({ policyText: policyOf([{ bucket: 'uploads' }], '2026-11-22T13:00:00Z~?') })).get(
        'policy',
      ) ?? ''
    for (const policyBase64 of [
      ` ${policy}`,
      `${policy}\n`,
      policy.replace(/(.{64})/g, '$1\n'),
      policy.replace(/=+$/, ''),
      `${policy}====`,
      policy.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '_'),
      'eyJ9',
      Buffer.from([0xff, 0xfe]).toString('base64'),
      Buffer.from('\ufeff{}').toString('base64'),
    ]) {
      await expectFormRefused(sendForm({ policyBase64 }), 'POLICY_MALFORMED', 'InvalidPolicyDocument')
    }
    const whole = Buffer.from(new Map(signForm()).get('policy') ?? '', 'base64').toString()
    const padded = [whole, `${whole} `, `${whole}  `].map((text) => Buffer.from(text).toString('base64'))
    for (const good of padded) await upload(sendForm({ policyBase64: good }))
    const loose = padded.filter((good) => good.endsWith('='))
    expect(loose).toHaveLength(2)
    for (const good of loose) {
      const spare = good.replace(/.(?==+$)/, (digit) => String.fromCharCode(digit.charCodeAt(0) + 1))
      expect(Buffer.from(spare, 'base64')).toEqual(Buffer.from(good, 'base64'))
      await expectFormRefused(sendForm({ policyBase64: spare }), 'POLICY_MALFORMED', 'InvalidPolicyDocument')
    }
  })

  it('a policy of characters that end in the bits of the signed ones', async () => {
    const fields = signForm()
    const policy = new Map(fields).get('policy') ?? ''
    const twin = policy.replace('e', String.fromCharCode(0x100 + 'e'.charCodeAt(0)))
    await expectFormRefused(
      sendFields(withField(fields, 'policy', twin)),
      'POLICY_MALFORMED',
      'InvalidPolicyDocument',
    )
  })

  it('a credential scope of another day than the form', async () => {
    const scope = '20261121/us-east-1/s3/aws4_request'
    const error = await expectFormRefused(sendForm({ scope }), 'SCOPE_DATE_MISMATCH', 'InvalidArgument')
    expect(s3Xml(error).body).toContain('This date is not the same as X-Amz-Date')
  })

  it.each([
    ['region', '20261122/eu-west-1/s3/aws4_request', 'SCOPE_REGION_WRONG'],
    ['service', '20261122/us-east-1/ec2/aws4_request', 'SCOPE_SERVICE_WRONG'],
    ['terminator', '20261122/us-east-1/s3/aws4_requestX', 'CREDENTIAL_MALFORMED'],
    ['parts', '20261122/s3/aws4_request', 'CREDENTIAL_MALFORMED'],
  ] as const)('a scope with another %s', async (_, scope, code) => {
    const error = await expectFormRefused(sendForm({ scope }), code, 'InvalidArgument')
    expect(s3Xml(error).body).toContain('Error parsing the X-Amz-Credential parameter; ')
  })

  it('a form x-amz-date that the policy does not cover', async () => {
    const policyText = policyOf([
      { bucket: 'uploads' },
      ['starts-with', '$key', ''],
      { 'x-amz-algorithm': 'AWS4-HMAC-SHA256' },
      ['starts-with', '$x-amz-credential', ''],
    ])
    const error = await expectFormRefused(
      sendForm({ policyText }),
      'POLICY_FIELD_NOT_COVERED',
      'AccessDenied',
    )
    expect(error.facts).toMatchObject({ field: 'x-amz-date' })
  })

  it('field names in any case, and policy names in one', async () => {
    const odd = signForm({
      fields: [
        ['aCl', 'private'],
        ['Content-Type', 'text/plain'],
      ],
      conditions: [{ AcL: 'private' }, ['StArTs-WiTh', '$CoNtEnT-TyPe', 'text/plain']],
      keyCondition: ['StArTs-WiTh', '$KeY', 'user/eric/'],
    }).map(([name, value]): Field => [name === 'policy' ? 'pOLICy' : name.toUpperCase(), value])
    const { fields } = await upload(sendFields(odd))
    expect([...fields]).toEqual([
      ['acl', 'private'],
      ['content-type', 'text/plain'],
    ])
    for (const policyText of [
      '{"EXPIRATION":"2026-11-22T13:00:00Z","conditions":[{"bucket":"uploads"}]}',
      '{"expiration":"2026-11-22T13:00:00Z","CONDITIONS":[{"bucket":"uploads"}]}',
    ]) {
      await expectFormRefused(sendForm({ policyText }), 'POLICY_MALFORMED', 'InvalidPolicyDocument')
    }
  })
})

describe('A33 range checked against Content-Length', () => {
  async function* pieces(body: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < body.length; at += size) yield body.subarray(at, at + size)
  }

  it('without Content-Length, in pieces of any size', async () => {
    const conditions = [['content-length-range', 0, 100]]
    for (const size of [1, 2, 7, 64, 1000]) {
      const fits = writeForm(signForm({ conditions }), { bytes: 'x'.repeat(100) })
      expect((await upload(messageOfForm(pieces(fits, size)))).bytes).toHaveLength(100)
      const over = writeForm(signForm({ conditions }), { bytes: 'x'.repeat(101) })
      await expectFormRefused(messageOfForm(pieces(over, size)), 'BODY_TOO_LARGE', 'EntityTooLarge')
    }
  })

  it('the form around the file does not count', async () => {
    const conditions = [['content-length-range', 5, 5]]
    const message = sendForm({ conditions })
    const headers = [...message.headers, ['content-length', '5'] as const]
    expect((await upload({ ...message, headers })).bytes.toString()).toBe('hello')
  })

  it('stops at the first byte over, and reads no further', async () => {
    let read = 0
    const head = writeForm(signForm({ conditions: [['content-length-range', 0, 3000]] }), { bytes: '' })
    const start = head.subarray(0, head.length - '\r\n--boundary-of-the-form--\r\n'.length)
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield start
      for (;;) {
        read += 1000
        yield new Uint8Array(1000)
      }
    }
    const { file } = await postVerifier().verify(messageOfForm(endless()))
    let got = 0
    await expect(
      (async () => {
        for await (const piece of file) got += piece.length
      })(),
    ).rejects.toMatchObject({ code: 'BODY_TOO_LARGE', facts: { maxBytes: '3000' } })
    expect([got, read]).toEqual([3000, 4000])
  })

  it('the limit of the server holds beside that of the policy', async () => {
    await expectFormRefused(sendForm(), 'BODY_TOO_LARGE', 'EntityTooLarge', { maxBytes: 4 })
    const wide = { conditions: [['content-length-range', 0, 1e9]] }
    await expectFormRefused(sendForm(wide), 'BODY_TOO_LARGE', 'EntityTooLarge', { maxBytes: 4 })
  })
})

describe('A16 two mechanisms', () => {
  it('a form and a header, or a query', async () => {
    const message = sendForm()
    const headers = [...message.headers, ['authorization', 'AWS4-HMAC-SHA256 Credential=x'] as const]
    await expectFormRefused({ ...message, headers }, 'MECHANISMS_SEVERAL', 'InvalidArgument')
    for (const target of [
      '/?X-Amz-Signature=x',
      '/?a=b&x-amz-credential=x',
      '/?%53ignature=x&AWSAccessKeyId=y',
    ]) {
      await expectFormRefused({ ...message, target }, 'MECHANISMS_SEVERAL', 'InvalidArgument')
    }
  })

  it('a form signed with both versions', async () => {
    for (const name of ['AWSAccessKeyId', 'Signature']) {
      await expectFormRefused(
        sendFields([[name, 'x'], ...signForm()]),
        'MECHANISMS_SEVERAL',
        'InvalidArgument',
      )
    }
  })
})

describe('keys and tokens of a form', () => {
  const temporary = { secrets: () => ({ secretAccessKey: FORM_SECRET, sessionToken: 'the token' }) }

  it('B1 token for a static key', async () => {
    await expectFormRefused(sendForm({ sessionToken: 'x' }), 'TOKEN_INVALID', 'InvalidToken')
  })

  it('B2 temporary key with no or another token', async () => {
    await upload(sendForm({ sessionToken: 'the token' }), temporary)
    await expectFormRefused(sendForm(), 'TOKEN_MISSING', 'InvalidAccessKeyId', temporary)
    await expectFormRefused(sendForm({ sessionToken: 'other' }), 'TOKEN_INVALID', 'InvalidToken', temporary)
  })

  it('B3 token not covered by the policy, or another one than it', async () => {
    const added: Field[] = [...signForm(), ['x-amz-security-token', 'the token']]
    await expectFormRefused(sendFields(added), 'POLICY_FIELD_NOT_COVERED', 'AccessDenied', temporary)
    const changed = withField(signForm({ sessionToken: 'the token' }), 'x-amz-security-token', 'other')
    const error = await expectFormRefused(
      sendFields(changed),
      'POLICY_CONDITION_FAILED',
      'AccessDenied',
      temporary,
    )
    expect(JSON.stringify([error.message, error.facts])).not.toContain('the token')
  })

  it('an unknown key', async () => {
    await expectFormRefused(sendForm({ accessKeyId: 'AKIDNOBODY' }), 'KEY_UNKNOWN', 'InvalidAccessKeyId')
  })

  it('A11 a form that is dated in the future, and one that is over a week old', async () => {
    const future = { amzDate: '20261122T121501Z' }
    await expectFormRefused(sendForm(future), 'NOT_YET_VALID', 'AccessDenied')
    const old = { amzDate: '20261115T115959Z', scope: '20261115/us-east-1/s3/aws4_request' }
    await expectFormRefused(sendForm(old), 'EXPIRED', 'AccessDenied')
    await upload(sendForm({ ...old, amzDate: '20261115T120000Z' }))
  })

  it('no secret and no computed signature in what a refusal says', async () => {
    const wrong = { secretAccessKey: 'another secret' }
    const error = await expectFormRefused(sendForm(wrong), 'SIGNATURE_MISMATCH', 'SignatureDoesNotMatch')
    const right = new Map(signForm()).get('x-amz-signature') ?? ''
    const said = JSON.stringify([error, error.message, error.stack, s3Xml(error).body])
    expect(right).toMatch(/^[0-9a-f]{64}$/)
    for (const secret of [right, FORM_SECRET]) expect(said).not.toContain(secret)
  })
})

describe('what S3 is known to answer', () => {
  it.each([
    ['an unknown key: 403', { accessKeyId: 'AKIDNOBODY' }, 403],
    ['a wrong signature: 403', { signature: '0'.repeat(64) }, 403],
    ['a signature of another form: 403', { signature: 'x' }, 403],
    ['an invalid date: 400', { amzDate: '2026-11-22T11:55:00Z' }, 400],
    ['a wrong algorithm: 400', { algorithm: 'AWS4-HMAC-SHA1' }, 400],
    ['expired: 403', { expiration: '2026-11-22T11:59:59Z' }, 403],
    ['expiration no date: 400', { expiration: '2026-02-30T11:59:59Z' }, 400],
    ['expiration a number: 400', { expiration: 1795348799 }, 400],
    ['wrong bucket: 403', { sentTo: 'other' }, 403],
    ['a field not in the policy: 403', { fields: [['x-amz-meta-a', 'b']] }, 403],
    ['a range without an argument: 400', { conditions: [['content-length-range', 0]] }, 400],
    ['a range with four: 400', { conditions: [['content-length-range', 0, 1, 2]] }, 400],
    ['a negative range: 400', { conditions: [['content-length-range', -1, 0]] }, 400],
    ['a range of words: 403', { conditions: [['content-length-range', 'test', '10']] }, 403],
    ['a field without its dollar: 403', { keyCondition: ['eq', 'key', 'user/eric/a.txt'] }, 403],
    ['too large: 400', { conditions: [['content-length-range', 0, 4]] }, 400],
    ['too small: 400', { conditions: [['content-length-range', 6, 10]] }, 400],
    ['an empty condition: 400', { conditions: [{}] }, 400],
    ['a condition of two: 400', { conditions: [{ acl: 'a', tag: 'b' }] }, 400],
    ['a condition of a number: 400', { conditions: [{ acl: 5 }] }, 400],
    ['a condition of a word: 400', { conditions: ['acl'] }, 400],
    ['an unknown operation: 400', { conditions: [['ends-with', '$key', 'x']] }, 400],
    ['conditions that are none: 400', { policyText: policyOf([]) }, 400],
    ['conditions in an object: 400', { policyText: policyOf({ acl: 'public-read' }) }, 400],
    ['no conditions: 400', { policyText: policyOf(undefined) }, 400],
    ['no expiration: 400', { policyText: '{"conditions":[{"bucket":"uploads"}]}' }, 400],
    ['no JSON: 400', { policyText: '{' }, 400],
    ['a list: 400', { policyText: '[]' }, 400],
  ] as readonly (readonly [string, FormDraft, number])[])('%s', async (_, draft, status) => {
    await expect(upload(sendForm(draft))).rejects.toMatchObject({ name: 'VerificationError', status })
  })

  it.each(['key', 'policy', 'x-amz-algorithm', 'x-amz-credential', 'x-amz-date', 'x-amz-signature'])(
    'no %s: 400',
    async (name) => {
      const message = sendFields(withField(signForm(), name, undefined))
      const error = await expectFormRefused(message, 'FORM_FIELD_MISSING', 'InvalidArgument')
      expect(error.facts['argumentName']?.toLowerCase()).toBe(name)
    },
  )

  it('no signature at all: 403', async () => {
    const error = await expectFormRefused(
      sendFields([['key', 'user/eric/a']]),
      'SIGNATURE_MISSING',
      'AccessDenied',
    )
    expect(error.status).toBe(403)
  })

  it('x-ignore-* needs no condition, and is told to nobody', async () => {
    const { fields } = await upload(sendForm({ fields: [['x-ignore-foo', 'bar']] }))
    expect([...fields]).toEqual([])
  })

  it('not multipart: 412', async () => {
    const message = sendForm()
    for (const type of [
      'application/x-www-form-urlencoded',
      'text/plain',
      'multipart/form-dataX; boundary=x',
      '',
    ]) {
      const headers = [['host', 'h'] as const, ['content-type', type] as const]
      const error = await expectFormRefused(
        { ...message, headers },
        'FORM_NOT_MULTIPART',
        'PreconditionFailed',
      )
      expect([error.status, s3Xml(error).body]).toEqual([
        412,
        expect.stringContaining(
          '<Condition>Bucket POST must be of the enclosure-type multipart/form-data</Condition>',
        ),
      ])
    }
  })

  it('no file: 400', async () => {
    const text = writeForm(signForm(), FILE).toString()
    const body = Buffer.from(
      `${text.slice(0, text.lastIndexOf('--boundary-of-the-form\r\n'))}--boundary-of-the-form--\r\n`,
    )
    const error = await expectFormRefused(messageOfForm(body), 'FORM_FILE_MISSING', 'InvalidArgument')
    expect(s3Xml(error).body).toContain('POST requires exactly one file upload per request.')
  })
})
