import { describe, expect, it } from 'vitest'
import { SigningError } from '../errors.ts'
import type { HeadersLike } from './http-request.ts'
import { headerValue, readHeaders } from './read-headers.ts'

describe('readHeaders (row 26)', () => {
  it.each<[string, HeadersLike | undefined, [string, string][]]>([
    ['nothing', undefined, []],
    [
      'an object',
      { 'X-B': '1', 'x-a': '2' },
      [
        ['x-b', '1'],
        ['x-a', '2'],
      ],
    ],
    [
      'lists of values',
      { A: ['2', '1'], b: [] },
      [
        ['a', '2'],
        ['a', '1'],
      ],
    ],
    [
      'numbers',
      { 'content-length': 12, age: 0 },
      [
        ['content-length', '12'],
        ['age', '0'],
      ],
    ],
    ['what is left out', { a: undefined, b: '1' }, [['b', '1']]],
    [
      'pairs, in order, repeats kept',
      [
        ['B', '1'],
        ['a', '2'],
        ['b', '3'],
      ],
      [
        ['b', '1'],
        ['a', '2'],
        ['b', '3'],
      ],
    ],
    [
      'Headers',
      new Headers({ B: '1', A: '2' }),
      [
        ['a', '2'],
        ['b', '1'],
      ],
    ],
    ['a Map', new Map([['A', '1']]), [['a', '1']]],
    ['empty values (HDR-6)', { a: '' }, [['a', '']]],
    [
      'names of object properties',
      [
        ['__proto__', 'x'],
        ['constructor', 'y'],
      ],
      [
        ['__proto__', 'x'],
        ['constructor', 'y'],
      ],
    ],
    ['blanks and tabs', { a: ' \t b ' }, [['a', ' \t b ']]],
  ])('reads %s', (_, headers, list) => {
    expect(readHeaders(headers)).toEqual(list)
  })

  it.each<[string, unknown]>([
    ['a line feed', { a: 'b\nc: d' }],
    ['a carriage return', { a: 'b\r' }],
    ['a NUL', { a: '\0' }],
    ['DEL', { a: '\x7f' }],
    ['é', { a: 'café' }],
    ['NBSP', { a: 'a\xa0b' }],
    ['an emoji', { a: '😀' }],
    ['null', { a: null }],
    ['an object', { a: {} }],
    ['a name with a blank', { 'a b': 'c' }],
    ['a name with a colon', { 'a:': 'b' }],
    ['a pseudo header', { ':authority': 'h' }],
    ['no name', { '': 'b' }],
    ['a name in Cyrillic', { х: 'b' }],
    ['a name that is no text', [[1, 'b']]],
    ['a name that cannot become one', [[{ toString: 0 }, 'b']]],
  ])('refuses %s, without its value (HDR-4, HDR-5)', (_, headers) => {
    let thrown: unknown
    try {
      readHeaders(headers as HeadersLike)
    } catch (error) {
      thrown = error
    }
    expect(thrown).toBeInstanceOf(SigningError)
    expect(thrown).toMatchObject({ code: 'HEADER_INVALID' })
    expect(String(thrown)).not.toMatch(/caf|😀|b\nc/)
  })
})

describe('headerValue', () => {
  it('is the first one of a name', () => {
    const headers = readHeaders([
      ['A', '1'],
      ['a', '2'],
    ])
    expect(headerValue(headers, 'a')).toBe('1')
    expect(headerValue(headers, 'b')).toBeUndefined()
  })
})
