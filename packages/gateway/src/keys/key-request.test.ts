import { describe, expect, it } from 'vitest'
import type { KeyRequest } from './access-key.ts'
import { createSecretAccessKey, requireFuture, requireOverlap, resolveKeyRequest } from './key-request.ts'

const NOW = new Date('2026-11-22T12:00:00Z')
const resolve = (request: Partial<KeyRequest>) => resolveKeyRequest({ principal: 'ann', ...request }, NOW)

describe('resolveKeyRequest', () => {
  it('makes up an id and a secret', () => {
    const { accessKeyId, secretAccessKey, principal, expiresAt } = resolve({})
    expect(accessKeyId).toMatch(/^CSAK[A-Z2-7]{16}$/)
    expect(secretAccessKey).toMatch(/^[\w-]{40}$/)
    expect({ principal, expiresAt }).toEqual({ principal: 'ann', expiresAt: undefined })
  })

  it('makes up other ones each time, of all letters', () => {
    const keys = Array.from({ length: 200 }, () => resolve({}))
    expect(new Set(keys.map((key) => key.accessKeyId)).size).toBe(200)
    expect(new Set(keys.map((key) => key.secretAccessKey)).size).toBe(200)
    const letters = new Set(keys.flatMap(({ accessKeyId }) => accessKeyId.slice(4).split('')))
    expect([...letters].toSorted().join('')).toBe('234567ABCDEFGHIJKLMNOPQRSTUVWXYZ')
  })

  it('takes what it is given', () => {
    const given = {
      principal: 'team a (ci)',
      accessKeyId: 'user/a=b+c.d_e-f',
      secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
      expiresAt: new Date(NOW.getTime() + 1),
    }
    expect(resolve(given)).toEqual(given)
    expect(resolve({ accessKeyId: 'a'.repeat(128), principal: 'p'.repeat(256) })).toMatchObject({
      accessKeyId: 'a'.repeat(128),
    })
  })

  it.each<[string, Partial<KeyRequest>]>([
    ['an empty id', { accessKeyId: '' }],
    ['an id of 129 characters', { accessKeyId: 'a'.repeat(129) }],
    ['an id with a blank', { accessKeyId: 'AK ID' }],
    ['an id with a line end', { accessKeyId: 'AKID\n' }],
    ['an id with a NUL', { accessKeyId: 'AKID\0' }],
    ['an id beyond ASCII', { accessKeyId: 'AKÍD' }],
    ['an id with a comma', { accessKeyId: 'AK,ID' }],
    ['an empty secret', { secretAccessKey: '' }],
    ['a short secret', { secretAccessKey: '1234567' }],
    ['a long secret', { secretAccessKey: 's'.repeat(257) }],
    ['a secret with a blank at its end', { secretAccessKey: 'secret-secret ' }],
    ['a secret with a line end', { secretAccessKey: 'secret-secret\n' }],
    ['a secret beyond ASCII', { secretAccessKey: 'secret-sécret' }],
    ['an empty principal', { principal: '' }],
    ['a principal with a line end', { principal: 'ann\r\nx-admin: 1' }],
    ['a principal with a blank at its start', { principal: ' ann' }],
    ['a principal with two blanks', { principal: 'ann  b' }],
    ['a principal beyond ASCII', { principal: 'Zoë' }],
    ['a principal of 257 characters', { principal: 'p'.repeat(257) }],
    ['an expiry right now', { expiresAt: NOW }],
    ['an expiry that is no date', { expiresAt: new Date(Number.NaN) }],
  ])('refuses %s, and does not repeat it', (_, request) => {
    const [value] = Object.values(request)
    expect(() => resolve(request)).toThrow(
      expect.objectContaining({ name: 'KeyStoreError', code: 'KEY_INVALID' }),
    )
    if (typeof value !== 'string' || value.length < 6) return
    expect(() => resolve(request)).not.toThrow(value)
  })
})

it('requireFuture takes no end, and ends to come', () => {
  expect(() => requireFuture(undefined, NOW)).not.toThrow()
  expect(() => requireFuture(new Date(NOW.getTime() + 1), NOW)).not.toThrow()
  expect(() => requireFuture(new Date(NOW.getTime() - 1), NOW)).toThrow(/disable/)
})

it('requireOverlap takes up to a year', () => {
  for (const overlap of [0, 0.5, 86_400, 366 * 86_400]) expect(() => requireOverlap(overlap)).not.toThrow()
  for (const overlap of [-1, Number.NaN, Infinity, 366 * 86_400 + 1]) {
    expect(() => requireOverlap(overlap)).toThrow(expect.objectContaining({ code: 'KEY_INVALID' }))
  }
})

it('createSecretAccessKey gives what resolveKeyRequest takes', () => {
  const secretAccessKey = createSecretAccessKey()
  expect(resolve({ secretAccessKey })).toMatchObject({ secretAccessKey })
})
