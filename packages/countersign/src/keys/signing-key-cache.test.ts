import { describe, expect, it } from 'vitest'
import { SigningKeyCache } from './signing-key-cache.ts'
import { SigningKey } from './signing-key.ts'

const SCOPE = { date: '20261122', region: 'us-east-1', service: 's3' }
const deriveFor = (service: string): SigningKey => SigningKey.derive('secret', { ...SCOPE, service })
const scopeOf = (service: string): typeof SCOPE => ({ ...SCOPE, service })

describe('SigningKeyCache (KEY-5)', () => {
  it('finds a key by access key id, secret and scope', () => {
    const cache = new SigningKeyCache(10)
    const key = deriveFor('s3')
    expect(cache.find('AKID', 'secret', SCOPE)).toBeUndefined()
    cache.store('AKID', 'secret', key)
    expect(cache.find('AKID', 'secret', { ...SCOPE })).toBe(key)
    expect(cache.find('OTHER', 'secret', SCOPE)).toBeUndefined()
    for (const part of ['date', 'region', 'service']) {
      expect(cache.find('AKID', 'secret', { ...SCOPE, [part]: 'x' })).toBeUndefined()
    }
  })

  it('misses with another secret, so that a rotated one works at once', () => {
    const cache = new SigningKeyCache(10)
    cache.store('AKID', 'old', deriveFor('s3'))
    expect(cache.find('AKID', 'new', SCOPE)).toBeUndefined()
    const renewed = SigningKey.derive('new', SCOPE)
    cache.store('AKID', 'new', renewed)
    expect(cache.find('AKID', 'new', SCOPE)).toBe(renewed)
    expect(cache.find('AKID', 'old', SCOPE)).toBeUndefined()
  })

  it('keeps no more keys than it may, those that were used last', () => {
    const cache = new SigningKeyCache(3)
    for (const service of ['a', 'b', 'c']) cache.store('AKID', 'secret', deriveFor(service))
    expect(cache.find('AKID', 'secret', scopeOf('a'))).toBeDefined()
    cache.store('AKID', 'secret', deriveFor('d'))
    const kept = ['a', 'b', 'c', 'd'].filter((service) => cache.find('AKID', 'secret', scopeOf(service)))
    expect(kept).toEqual(['a', 'c', 'd'])
  })

  it('keeps one key for one id however often it is stored', () => {
    const cache = new SigningKeyCache(2)
    cache.store('AKID', 'secret', deriveFor('a'))
    for (let i = 0; i < 5; i++) cache.store('AKID', `secret ${i}`, deriveFor('b'))
    expect(cache.find('AKID', 'secret', scopeOf('a'))).toBeDefined()
  })

  it('mixes no parts up: what ends one cannot begin the next', () => {
    const cache = new SigningKeyCache(10)
    cache.store('AKID', 'secret', deriveFor('s3'))
    cache.store('OTHER', 'secret', deriveFor('other'))
    expect(cache.find('s3/AKID', 'secret', { ...SCOPE, service: '' })).toBeUndefined()
    expect(cache.find('AKID', 'secret', { ...SCOPE, region: 'us-east-1,s3', service: '' })).toBeUndefined()
    expect(cache.find('', 'secret', { ...SCOPE, service: 's3,AKID' })).toBeUndefined()
  })

  it('shows no secret', () => {
    const cache = new SigningKeyCache(10)
    cache.store('AKID', 'very-secret', deriveFor('s3'))
    expect(JSON.stringify(cache)).not.toContain('very-secret')
    expect(Object.values(cache)).toEqual([])
  })
})
