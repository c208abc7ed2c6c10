import { describe, expect, it } from 'vitest'
import { buildCanonicalHeaders, canonicalHeaderValue, type Header } from './canonical-headers.ts'

describe('canonicalHeaderValue (HDR-2)', () => {
  it.each([
    ['  a  ', 'a'],
    ['a \t b', 'a b'],
    ['\ta', 'a'],
    ['"a   b   c"', '"a b c"'],
    ['', ''],
    [' ', ''],
    ['\t \t', ''],
    ['a b', 'a b'],
    ['\xa0a\xa0', '\xa0a\xa0'],
    ['a\x0b\x0cb', 'a\x0b\x0cb'],
    ['unbalanced "quote  here', 'unbalanced "quote here'],
  ])('makes %j of %j', (value, canonical) => {
    expect(canonicalHeaderValue(value)).toBe(canonical)
  })

  it('takes linear time', () => {
    expect(canonicalHeaderValue(`a${' '.repeat(1_000_000)}b`)).toBe('a b')
  })
})

describe('buildCanonicalHeaders', () => {
  it('sorts by bytes (HDR-1)', () => {
    const headers: Header[] = [
      ['x-a_b', '4'],
      ['x-a1', '3'],
      ['x-a', '1'],
      ['x-a-b', '2'],
    ]
    expect(buildCanonicalHeaders(headers)).toEqual({
      lines: 'x-a:1\nx-a-b:2\nx-a1:3\nx-a_b:4\n',
      names: ['x-a', 'x-a-b', 'x-a1', 'x-a_b'],
      signedHeaders: 'x-a;x-a-b;x-a1;x-a_b',
    })
  })

  it('joins repeated headers in the order of the wire, wherever they stand (HDR-3)', () => {
    const headers: Header[] = [
      ['b', '2 '],
      ['a', 'x'],
      ['b', ' 1'],
      ['b', '2'],
      ['c', ''],
    ]
    const { lines, names, signedHeaders } = buildCanonicalHeaders(headers)
    expect(lines).toBe('a:x\nb:2,1,2\nc:\n')
    expect(names).toEqual(['a', 'b', 'c'])
    expect(signedHeaders).toBe('a;b;c')
  })

  it('leaves the list as it was', () => {
    const headers = Object.freeze<Header[]>([
      ['b', '1'],
      ['a', '2'],
    ])
    buildCanonicalHeaders(headers)
    expect(headers).toEqual([
      ['b', '1'],
      ['a', '2'],
    ])
  })

  it('has no lines for no headers', () => {
    expect(buildCanonicalHeaders([])).toEqual({ lines: '', names: [], signedHeaders: '' })
  })

  it('takes names of object properties for names', () => {
    const { lines } = buildCanonicalHeaders([
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ])
    expect(lines).toBe('__proto__:a\nconstructor:b\n')
  })
})
