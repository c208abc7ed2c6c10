import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { CountersignError } from '../errors.ts'
import { AWS4Auth, AWS4SigningKey, PassiveAWS4Auth, StrictAWS4Auth } from './index.ts'

const SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'
const TOKEN = 'FwoGZXIvYXdzEXAMPLETOKEN'
const key = new AWS4SigningKey(SECRET, 'us-east-1', 'iam', '20120215')
const given = ['AKIDEXAMPLE', SECRET, 'us-east-1', 'iam']
const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: SECRET }

describe('misuse gets typed errors (KEY-8, section 20, 8 and 24)', () => {
  it.each<[string, unknown[], string]>([
    ['nothing', [], 'CREDENTIALS_INVALID'],
    ['null', [null], 'CREDENTIALS_INVALID'],
    ['an empty object', [{}], 'CREDENTIALS_INVALID'],
    ['an access key alone', ['AKIDEXAMPLE'], 'CREDENTIALS_INVALID'],
    ['an empty access key', ['', SECRET, 'us-east-1', 'iam'], 'CREDENTIALS_INVALID'],
    ['an empty secret', ['AKIDEXAMPLE', '', 'us-east-1', 'iam'], 'CREDENTIALS_INVALID'],
    ['a secret that is none', ['AKIDEXAMPLE', {}, 'us-east-1', 'iam'], 'CREDENTIALS_INVALID'],
    ['no access key beside a signing key', [undefined, key], 'CREDENTIALS_INVALID'],
    [
      'a signing key that is none',
      [{ credentials: { accessKeyId: 'A', signingKey: {} }, region: 'r', service: 's' }],
      'CREDENTIALS_INVALID',
    ],
    ['a temporary key without its token', ['ASIAEXAMPLE', SECRET, 'us-east-1', 'iam'], 'CREDENTIALS_INVALID'],
    ['a token that is no text', [...given, { sessionToken: 1 }], 'CREDENTIALS_INVALID'],
    ['no region', given.slice(0, 2), 'SCOPE_UNKNOWN'],
    ['no service', given.slice(0, 3), 'SCOPE_UNKNOWN'],
    ['no region for a provider', [{ credentials: async () => credentials, service: 'iam' }], 'SCOPE_UNKNOWN'],
    [
      'a region that no scope can hold',
      ['AKIDEXAMPLE', SECRET, 'us/east', 'iam'],
      'CREDENTIAL_SCOPE_MALFORMED',
    ],
    ['options that are text', [...given, 'x'], 'OPTION_INVALID'],
    ['options that are null', [...given, null], 'OPTION_INVALID'],
    ['region and service beside a signing key', ['AKIDEXAMPLE', key, 'us-east-1', 'iam'], 'OPTION_INVALID'],
    ['a misspelt token', [...given, { session_token: TOKEN }], 'OPTION_INVALID'],
    ['an option of the prototype', [...given, { constructor: 1 }], 'OPTION_INVALID'],
    [
      'a token beside credentials',
      [{ credentials, region: 'r', service: 's', sessionToken: TOKEN }],
      'OPTION_INVALID',
    ],
    ['a date beside a signing key', ['AKIDEXAMPLE', key, { date: '20120216' }], 'OPTION_INVALID'],
    ['raiseInvalidDate as a text', [...given, { raiseInvalidDate: 'False' }], 'OPTION_INVALID'],
    ['a clock that is a Date', [...given, { now: new Date() }], 'OPTION_INVALID'],
    ['a clock that gives a number', [...given, { now: () => 5 }], 'OPTION_INVALID'],
    ['a date that cannot be read', [...given, { date: '111-11-11' }], 'DATE_INVALID'],
    ['a date that is a number', [...given, { date: 1329264000 }], 'DATE_INVALID'],
  ])('constructed with %s', (_, args, code) => {
    for (const mode of [AWS4Auth, StrictAWS4Auth, PassiveAWS4Auth]) {
      const make = (): unknown => Reflect.construct(mode, args)
      expect(make).toThrow(CountersignError)
      expect(make).toThrow(expect.objectContaining({ code }))
      expect(make).not.toThrow(SECRET)
      expect(make).not.toThrow(TOKEN)
    }
  })

  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'OPTION_INVALID'],
    ['null', null, 'OPTION_INVALID'],
    ['a URL', 'https://h/', 'OPTION_INVALID'],
    ['no URL', { method: 'GET' }, 'URL_INVALID'],
    ['no method', { url: 'https://h/' }, 'METHOD_INVALID'],
    ['headers in one text', { method: 'GET', url: 'https://h/', headers: 'a: b' }, 'HEADER_INVALID'],
    [
      'a header that is an object',
      { method: 'GET', url: 'https://h/', headers: { a: {} } },
      'HEADER_INVALID',
    ],
    [
      'a header with a line end',
      { method: 'GET', url: 'https://h/', headers: { a: 'b\r\nc: d' } },
      'HEADER_INVALID',
    ],
    ['a body of no known type', { method: 'PUT', url: 'https://h/', body: { a: 1 } }, 'BODY_UNSUPPORTED'],
  ])('signing %s', async (_, request, code) => {
    const auth = new AWS4Auth('AKIDEXAMPLE', SECRET, 'us-east-1', 'iam')
    expect(() => auth.sign(request as Parameters<typeof auth.sign>[0])).toThrow(
      expect.objectContaining({ code }),
    )
    await expect(auth.signAsync(request as Parameters<typeof auth.sign>[0])).rejects.toMatchObject({ code })
  })
})

describe('opacity of AWS4Auth (KEY-4, CRED-4, section 20, 23)', () => {
  it.each([AWS4Auth, StrictAWS4Auth, PassiveAWS4Auth])('%o shows neither secret, token nor key', (mode) => {
    const auth = new mode('AKIDEXAMPLE', SECRET, 'us-east-1', 'iam', {
      sessionToken: TOKEN,
      date: '20120215',
    })
    const shown = [
      JSON.stringify(auth),
      inspect(auth, { showHidden: true, depth: 9 }),
      inspect({ deep: { auth } }, { depth: 9, getters: true }),
      inspect(structuredClone(auth)),
    ].join('\n')
    expect(shown).not.toContain(SECRET)
    expect(shown).not.toContain(TOKEN)
    expect(shown).not.toContain('f4780e2d')
    expect(Object.keys(auth)).toEqual([])
  })

  it('tells no secret in the errors of signing', () => {
    const auth = new StrictAWS4Auth('AKIDEXAMPLE', SECRET, 'us-east-1', 'iam', {
      sessionToken: TOKEN,
      date: '20120215',
    })
    let error: unknown
    try {
      auth.sign({ method: 'GET', url: 'https://h/' })
    } catch (thrown) {
      error = thrown
    }
    const shown = inspect(error, { showHidden: true, depth: 9 })
    expect(shown).toContain('DateMismatchError')
    expect(shown).not.toContain(SECRET)
    expect(shown).not.toContain(TOKEN)
  })
})
