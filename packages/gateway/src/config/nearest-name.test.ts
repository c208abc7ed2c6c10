import { expect, it } from 'vitest'
import { findNearestName } from './nearest-name.ts'

const NAMES = ['upstream', 'listen', 'health', 'preserveHost', 'limits', 'log']

it.each([
  ['upstrean', 'upstream'],
  ['UPSTREAM', 'upstream'],
  ['listn', 'listen'],
  ['preserve_host', 'preserveHost'],
  ['preserve-Host', 'preserveHost'],
  ['limit', 'limits'],
  ['logs', 'log'],
  ['lg', 'log'],
  ['lgo', 'log'],
  ['ol', undefined],
  ['port', undefined],
  ['x', undefined],
  ['', undefined],
  ['l'.repeat(41), undefined],
])('%s was meant to be %s', (name, meant) => {
  expect(findNearestName(name, NAMES)).toBe(meant)
})
