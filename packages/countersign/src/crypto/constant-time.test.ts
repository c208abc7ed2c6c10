import { expect, it } from 'vitest'
import { equalConstantTime } from './constant-time.ts'

it('tells equal texts from others', () => {
  expect(equalConstantTime('abc', 'abc')).toBe(true)
  expect(equalConstantTime('', '')).toBe(true)
})

it.each([
  ['another digit', 'abc', 'abd'],
  ['a shorter text', 'abc', 'ab'],
  ['a longer text', 'abc', 'abcd'],
  ['nothing', 'abc', ''],
  ['something for nothing', '', 'a'],
  ['another case', 'abc', 'ABC'],
  ['a character with the same low byte', 'a', '\u0161'],
  ['a NUL for the end', 'a', 'a\0'],
])('refuses %s', (_, expected, given) => {
  expect(equalConstantTime(expected, given)).toBe(false)
})
