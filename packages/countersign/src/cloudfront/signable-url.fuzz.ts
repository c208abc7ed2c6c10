import fc from 'fast-check'
import { expect, it } from 'vitest'
import { SigningError } from '../errors.ts'
import { readSignableUrl } from './signable-url.ts'

const characters = fc.oneof(
  fc.constantFrom(
    '%',
    '%2e',
    '%c3%a9',
    '.',
    '..',
    '/',
    '*',
    "'",
    '"',
    '+',
    '&',
    '=',
    '?',
    '#',
    '\\',
    '\t',
    ' ',
  ),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 3 }),
)

function signable(url: string): string | undefined {
  try {
    const { resource, fragment } = readSignableUrl(url)
    return resource + fragment
  } catch (error) {
    if (error instanceof SigningError) return undefined
    throw error
  }
}

it('is what a browser requests, and stays the same when it is read again', () => {
  let count = 0
  fc.assert(
    fc.property(fc.array(characters, { maxLength: 12 }), (parts) => {
      const url = signable(`https://d1.net/a${parts.join('')}`)
      if (url === undefined) return
      count += 1
      expect(new URL(url).href).toBe(url)
      expect(signable(url)).toBe(url)
    }),
  )
  expect(count).toBeGreaterThan(10)
})
