import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { CountersignError, SigningError } from '../errors.ts'
import { SigningKey } from '../keys/signing-key.ts'
import { AWS4SigningKey, DateFormatError, NoSecretKeyError } from './index.ts'

const SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'
const KNOWN = 'f4780e2d9f65fa895f9c67b32ce1baf0b0d8a43505a000a1a9e090d414db404d'

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const key = (date?: Date | string, store?: boolean): AWS4SigningKey =>
  new AWS4SigningKey(SECRET, 'us-east-1', 'iam', date, store)

describe('AWS4SigningKey', () => {
  it('derives the key of AWS documentation and tells its scope', () => {
    const made = key('20120215')
    expect(hex(made.key)).toBe(KNOWN)
    expect(Object.fromEntries(Object.entries(made))).toEqual({
      date: '20120215',
      region: 'us-east-1',
      service: 'iam',
      scope: '20120215/us-east-1/iam/aws4_request',
    })
  })

  it('is of today in UTC unless told otherwise', () => {
    const before = new Date().toISOString().slice(0, 10).replaceAll('-', '')
    const { date } = key()
    const after = new Date().toISOString().slice(0, 10).replaceAll('-', '')
    expect([before, after]).toContain(date)
  })

  it.each([
    ['a Date', new Date('2012-02-15T23:59:59Z')],
    ['YYYYMMDD', '20120215'],
    ['the basic form', '20120215T235959Z'],
    ['RFC 7231', 'Wed, 15 Feb 2012 23:59:59 GMT'],
    ['RFC 7231 without a weekday', '15 Feb 2012 23:59:59 GMT'],
    ['RFC 850', 'Wednesday, 15-Feb-12 23:59:59 GMT'],
    ['asctime', 'Wed Feb 15 23:59:59 2012'],
    ['ISO 8601', '2012-02-15T23:59:59Z'],
    ['ISO 8601, a day alone', '2012-02-15'],
    ['an offset, converted to UTC', '2012-02-14T23:30-05:00'],
  ])('takes its day from %s (DATE-5)', (_, date) => {
    expect(key(date).date).toBe('20120215')
  })

  it.each([
    '',
    '111111111',
    '111-11-11',
    '20120230',
    '15 Xyz 2012 00:00:00 GMT',
    '2012021',
    '20120215\n',
    new Date(NaN),
    new Date('+010000-01-01T00:00:00Z'),
    20_120_215,
    1_329_264_000,
    null,
    {},
  ])('refuses %j as a date (DATE-7, DATE-8)', (date) => {
    const make = (): unknown => key(date as string)
    expect(make).toThrow(DateFormatError)
    expect(make).toThrow(expect.objectContaining({ name: 'DateFormatError', code: 'DATE_INVALID' }))
  })

  it('hands out a copy of its bytes', () => {
    const made = key('20120215')
    made.key.fill(0)
    expect(hex(made.key)).toBe(KNOWN)
  })

  it('takes a key that was derived elsewhere, and gives it back', () => {
    const derived = SigningKey.import(SigningKey.derive(SECRET, key('20120215')).export())
    const made = new AWS4SigningKey(derived)
    expect(hex(made.key)).toBe(KNOWN)
    expect(made.signingKey).toBe(derived)
    expect(() => made.regenerate()).toThrow(NoSecretKeyError)
  })

  it('does not change', () => {
    const made = key('20120215')
    expect(Reflect.set(made, 'date', '20130101')).toBe(false)
    expect(made.date).toBe('20120215')
  })
})

describe('regenerate (KEY-2, KEY-3)', () => {
  it('makes a new key for what is changed', () => {
    const old = key('20110101')
    const made = old.regenerate({ region: 'eu-west-1', service: 's3', date: '20150101' })
    expect(made.scope).toBe('20150101/eu-west-1/s3/aws4_request')
    expect(old.scope).toBe('20110101/us-east-1/iam/aws4_request')
    expect(hex(old.regenerate({ date: '20120215' }).key)).toBe(KNOWN)
  })

  it('takes another secret', () => {
    const made = new AWS4SigningKey('old', 'us-east-1', 'iam').regenerate({
      secretAccessKey: SECRET,
      date: '20120215',
    })
    expect(hex(made.key)).toBe(KNOWN)
    expect(hex(made.regenerate({ date: '20120215' }).key)).toBe(KNOWN)
  })

  it('needs the secret where none is stored, and then stores none either', () => {
    const old = key('20110101', false)
    expect(() => old.regenerate({ date: '20120215' })).toThrow(NoSecretKeyError)
    const made = old.regenerate({ secretAccessKey: SECRET, date: '20120215' })
    expect(hex(made.key)).toBe(KNOWN)
    expect(() => made.regenerate()).toThrow(NoSecretKeyError)
  })

  it('refuses names that it does not know', () => {
    expect(() => key().regenerate({ secretKey: 'x' } as object)).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID' }),
    )
  })
})

describe('misuse of AWS4SigningKey (KEY-8)', () => {
  it.each([
    ['no secret', ['', 'us-east-1', 'iam'], 'SECRET_KEY_MISSING', 'NoSecretKeyError'],
    ['nothing', [], 'SECRET_KEY_MISSING', 'NoSecretKeyError'],
    ['a secret in bytes', [new Uint8Array(40), 'us-east-1', 'iam'], 'SECRET_KEY_MISSING', 'NoSecretKeyError'],
    ['no region', ['s', '', 'iam'], 'SCOPE_UNKNOWN', 'SigningError'],
    ['no service', ['s', 'us-east-1'], 'SCOPE_UNKNOWN', 'SigningError'],
    ['a slash in the region', ['s', 'us/east', 'iam'], 'CREDENTIAL_SCOPE_MALFORMED', 'SigningError'],
  ])('%s', (_, args, code, name) => {
    const make = (): unknown => Reflect.construct(AWS4SigningKey, args)
    expect(make).toThrow(expect.objectContaining({ code, name }))
    expect(make).toThrow(SigningError)
    expect(make).toThrow(CountersignError)
  })
})

describe('opacity of AWS4SigningKey (KEY-4)', () => {
  it.each([true, false])('shows neither secret nor key, secret stored: %s', (store) => {
    const made = key('20120215', store)
    const shown = [
      JSON.stringify(made),
      inspect(made, { showHidden: true, depth: 9 }),
      inspect({ deep: [made] }, { depth: 9 }),
      inspect(structuredClone(made)),
      Object.entries(made).join(),
    ].join('\n')
    expect(shown).not.toContain(SECRET)
    expect(shown).not.toContain(KNOWN)
    expect(shown).not.toContain(key('20120215').key.join(', '))
    expect(Object.keys(made)).toEqual(['date', 'region', 'service', 'scope'])
  })
})
