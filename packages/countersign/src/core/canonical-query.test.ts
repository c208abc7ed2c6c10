import { describe, expect, it } from 'vitest'
import {
  buildCanonicalQuery,
  formatCanonicalQuery,
  isEncodedQuery,
  parseQuery,
  sortQuery,
} from './canonical-query.ts'

describe('parseQuery', () => {
  it.each([
    ['', []],
    [
      'a=1&&b=2&',
      [
        ['a', '1'],
        ['b', '2'],
      ],
    ],
    ['acl', [['acl', '']]],
    ['=v', [['', 'v']]],
    ['a=b=c==', [['a', 'b%3Dc%3D%3D']]],
    ['a;b=c;d', [['a%3Bb', 'c%3Bd']]],
    [
      'b=2&a=1&b=1',
      [
        ['b', '2'],
        ['a', '1'],
        ['b', '1'],
      ],
    ],
    [
      '__proto__=x&constructor=',
      [
        ['__proto__', 'x'],
        ['constructor', ''],
      ],
    ],
    ['%41=%7e%2f%FF', [['A', '~%2F%FF']]],
    [
      'a=100%&%=b',
      [
        ['a', '100%25'],
        ['%25', 'b'],
      ],
    ],
  ])('splits %j, in the order of the wire (QRY-1, QRY-2, QRY-3)', (query, pairs) => {
    expect(parseQuery(query, 'plus')).toEqual(pairs)
  })

  it('reads a + as S3 does, or as the others do (QRY-5)', () => {
    expect(parseQuery('a+b=c+d', 'space')).toEqual([['a%20b', 'c%20d']])
    expect(parseQuery('a+b=c+d', 'plus')).toEqual([['a%2Bb', 'c%2Bd']])
    expect(parseQuery('a=%2B', 'space')).toEqual([['a', '%2B']])
  })
})

describe('canonical order (QRY-4)', () => {
  it.each([
    ['a1=1&a=2', 'a=2&a1=1'],
    ['a-b=1&a=2', 'a=2&a-b=1'],
    ['a.b=1&a=2', 'a=2&a.b=1'],
    ['a%20b=1&a=2', 'a=2&a%20b=1'],
    ['a0=2&a[b]=1', 'a%5Bb%5D=1&a0=2'],
    ['foo=1&bar=2&foo_bar=1&foo-bar=1', 'bar=2&foo=1&foo-bar=1&foo_bar=1'],
    ['b=1&b=&b=0', 'b=&b=0&b=1'],
    ['=1&=0', '=0&=1'],
    ['B=1&a=1&A=1', 'A=1&B=1&a=1'],
    ['a=~&a=z&a=-', 'a=-&a=z&a=~'],
    ['10=a&9=b&1=c', '1=c&10=a&9=b'],
    ['a', 'a='],
    ['', ''],
    ['&', ''],
  ])('%j is %j', (query, canonical) => {
    expect(buildCanonicalQuery(query, 'plus')).toBe(canonical)
  })

  it('sorts pairs without touching the list', () => {
    const pairs = Object.freeze([
      ['b', '2'],
      ['a', '1'],
    ] as const)
    expect(formatCanonicalQuery(pairs)).toBe('a=1&b=2')
  })

  it('sorts what is encoded already, escapes and all', () => {
    expect(sortQuery('b=%2F&a%20=1&a=2')).toBe('a=2&a%20=1&b=%2F')
    expect(sortQuery('a=1&a=1')).toBe('a=1&a=1')
  })
})

describe('isEncodedQuery', () => {
  it.each(['', 'a=', '=', 'a=1&b=2', 'a=1&a=0'])('knows %j', (query) => {
    expect(isEncodedQuery(query)).toBe(true)
  })

  it.each(['a', 'a=1&', '&a=1', 'a=1&&b=2', 'a=b=c', 'a=%41', 'a=+', 'a=é', 'a=1&b'])(
    'does not take %j for one',
    (query) => {
      expect(isEncodedQuery(query)).toBe(false)
    },
  )

  it('takes linear time', () => {
    expect(isEncodedQuery(`${'a=1&'.repeat(300_000)}%`)).toBe(false)
  })
})
