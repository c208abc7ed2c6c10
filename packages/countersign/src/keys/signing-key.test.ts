import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { SigningError } from '../errors.ts'
import { SigningKey } from './signing-key.ts'

const SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'
const SCOPE = { date: '20120215', region: 'us-east-1', service: 'iam' }
// The key that AWS's documentation derives from that secret.
const HEX = 'f4780e2d9f65fa895f9c67b32ce1baf0b0d8a43505a000a1a9e090d414db404d'
const EXPORTED = `countersign-signing-key:20120215/us-east-1/iam/aws4_request:${HEX}`

const refused = (code: string): unknown => expect.objectContaining({ constructor: SigningError, code })

describe('SigningKey.derive (KEY-1)', () => {
  it('derives the published key', () => {
    const key = SigningKey.derive(SECRET, SCOPE)
    expect(key.export()).toBe(EXPORTED)
    expect(key.scope).toEqual(SCOPE)
    expect(key.scopeText).toBe('20120215/us-east-1/iam/aws4_request')
  })

  it('takes any instant of the day in UTC', () => {
    for (const iso of ['2012-02-15T00:00:00Z', '2012-02-15T23:59:59.999Z', '2012-02-16T00:30:00+01:00']) {
      expect(SigningKey.derive(SECRET, { ...SCOPE, date: new Date(iso) }).export()).toBe(EXPORTED)
    }
  })

  it('is another one for another day, region, service or secret', () => {
    const others = [
      SigningKey.derive(SECRET, { ...SCOPE, date: '20120216' }),
      SigningKey.derive(SECRET, { ...SCOPE, region: 'us-east-2' }),
      SigningKey.derive(SECRET, { ...SCOPE, service: 's3' }),
      SigningKey.derive(`${SECRET}x`, SCOPE),
    ]
    expect(new Set(others.map((key) => key.export().slice(-64))).size).toBe(4)
    for (const key of others) expect(key.export()).not.toContain(HEX)
  })

  it.each([
    ['no secret', '', SCOPE, 'SECRET_KEY_MISSING'],
    ['a secret that is no text', undefined as unknown as string, SCOPE, 'SECRET_KEY_MISSING'],
    ['a day that is none', SECRET, { ...SCOPE, date: '2012-02-15' }, 'CREDENTIAL_SCOPE_MALFORMED'],
    ['a date that is none', SECRET, { ...SCOPE, date: new Date(NaN) }, 'DATE_INVALID'],
    ['no region', SECRET, { ...SCOPE, region: '' }, 'CREDENTIAL_SCOPE_MALFORMED'],
    ['a service with a slash', SECRET, { ...SCOPE, service: 's3/x' }, 'CREDENTIAL_SCOPE_MALFORMED'],
  ])('refuses %s', (_, secret, scope, code) => {
    expect(() => SigningKey.derive(secret, scope)).toThrow(refused(code))
  })
})

describe('SigningKey.import', () => {
  it('gives back the key that was exported', () => {
    const key = SigningKey.import(EXPORTED)
    expect(key.scope).toEqual(SCOPE)
    expect(key.export()).toBe(EXPORTED)
    expect(key.sign('text')).toBe(SigningKey.derive(SECRET, SCOPE).sign('text'))
  })

  it.each([
    ['nothing', '', 'SIGNING_KEY_INVALID'],
    ['the key alone', HEX, 'SIGNING_KEY_INVALID'],
    ['a key cut short', EXPORTED.slice(0, -1), 'SIGNING_KEY_INVALID'],
    ['upper case', EXPORTED.replace(HEX, HEX.toUpperCase()), 'SIGNING_KEY_INVALID'],
    ['more behind it', `${EXPORTED}\n`, 'SIGNING_KEY_INVALID'],
    ['a scope that is none', EXPORTED.replace('/iam/', '/'), 'CREDENTIAL_SCOPE_MALFORMED'],
  ])('refuses %s, and does not repeat it', (_, text, code) => {
    expect(() => SigningKey.import(text)).toThrow(refused(code))
    expect(() => SigningKey.import(text)).not.toThrow(HEX.slice(0, 16))
  })
})

describe('opacity (KEY-4)', () => {
  const key = SigningKey.derive(SECRET, SCOPE)
  const secrets = [SECRET, HEX, Buffer.from(HEX, 'hex').toString('base64'), '244, 120, 14', '244,120,14']

  it.each([
    ['JSON', JSON.stringify(key)],
    ['an inspection', inspect(key, { depth: 9, showHidden: true })],
    ['a structured clone', inspect(structuredClone(key), { depth: 9 })],
    ['its properties', inspect(Object.entries(Object.getOwnPropertyDescriptors(key)), { depth: 9 })],
    ['a copy', inspect(Object.assign({}, key), { depth: 9 })],
  ])('does not show in %s', (_, shown) => {
    for (const secret of secrets) expect(shown).not.toContain(secret)
  })

  it('cannot be given another scope', () => {
    expect(() => Object.assign(key.scope, { service: 's3' })).toThrow(TypeError)
    expect(key.export()).toBe(EXPORTED)
  })

  it('leaves the scope that it was derived with alone', () => {
    const scope = { ...SCOPE }
    SigningKey.derive(SECRET, scope)
    expect(Object.isFrozen(scope)).toBe(false)
  })
})
