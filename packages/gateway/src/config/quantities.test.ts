import { expect, it } from 'vitest'
import { DURATION, SIZE, parseDuration, parseSize } from './quantities.ts'

it.each([
  ['0', 0],
  ['5', 5],
  ['5B', 5],
  ['1kB', 1000],
  ['1 KB', 1000],
  ['2MB', 2e6],
  ['3GB', 3e9],
  ['4TB', 4e12],
  ['1KiB', 1024],
  ['1 MiB', 1_048_576],
  ['5GiB', 5_368_709_120],
  ['1TiB', 1_099_511_627_776],
  ['1.5KiB', 1536],
])('parseSize reads %s', (text, bytes) => {
  expect(SIZE.test(text)).toBe(true)
  expect(parseSize(text)).toBe(bytes)
})

it.each([
  ['0', 0],
  ['1.5', 1.5],
  ['250ms', 0.25],
  ['30s', 30],
  ['5 m', 300],
  ['2h', 7200],
  ['1d', 86_400],
])('parseDuration reads %s', (text, seconds) => {
  expect(DURATION.test(text)).toBe(true)
  expect(parseDuration(text)).toBe(seconds)
})

it.each(['', ' 1', '1 ', '-1', '1e3', '1gib', '1m', '1,5', 'GiB', '1 Gi B', '1.', '.5', '0x10', '1\n'])(
  'neither reads %j as a size',
  (text) => {
    expect(SIZE.test(text)).toBe(false)
    expect(parseSize(text)).toBeNaN()
  },
)

it.each(['', '1 min', '1M', '1S', '-1s', '1s ', '1s\n', 'PT1S', '1 000'])('nor %j as a duration', (text) => {
  expect(DURATION.test(text)).toBe(false)
  expect(parseDuration(text)).toBeNaN()
})
