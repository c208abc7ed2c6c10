import { describe, expect, it } from 'vitest'
import { RecordCache } from './record-cache.ts'

describe('RecordCache', () => {
  it('finds what was stored, and the last of what was stored twice', () => {
    const cache = new RecordCache<number>(2)
    expect(cache.find('a')).toBeUndefined()
    cache.store('a', 1)
    cache.store('a', 2)
    expect([cache.find('a'), cache.size]).toEqual([2, 1])
  })

  it('keeps no more than it may: those that were used last', () => {
    const cache = new RecordCache<number>(3)
    for (const name of ['a', 'b', 'c']) cache.store(name, 0)
    cache.find('a')
    cache.store('d', 0)
    expect(['a', 'b', 'c', 'd'].filter((name) => cache.find(name) !== undefined)).toEqual(['a', 'c', 'd'])
    expect(cache.size).toBe(3)
  })

  it('finds no names of Object.prototype, and nothing once it was cleared', () => {
    const cache = new RecordCache<number>(3)
    expect(cache.find('constructor')).toBeUndefined()
    cache.store('a', 1)
    cache.clear()
    expect([cache.find('a'), cache.size]).toEqual([undefined, 0])
  })
})
