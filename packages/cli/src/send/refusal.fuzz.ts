import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readRefusal } from './refusal.ts'

const PIECES = [
  '<',
  '</',
  '>',
  '<Code>',
  '</Code>',
  '<Message>',
  '&',
  '&#x',
  '&#',
  ';',
  '{"',
  '"__type":"',
  '}',
  '9',
  '\n',
  ': ',
]

it('reads whatever a server answers', () => {
  const body = fc.oneof(
    fc.string({ unit: fc.constantFrom(...PIECES) }),
    fc.string({ unit: 'binary' }),
    fc.json(),
  )
  fc.assert(
    fc.property(body, fc.integer({ min: 300, max: 599 }), (text, status) => {
      const { kind, message } = readRefusal(status, [], Buffer.from(text))
      expect(['signature', 'clock', 'permission', 'expired', 'other']).toContain(kind)
      expect(message ?? '').not.toMatch(/[\r\n]/)
    }),
  )
})

it('reads a large answer in no time', () => {
  const attacks = [
    '<Code>'.repeat(20_000),
    '&#'.repeat(50_000),
    `A${'a'.repeat(100_000)}`,
    ' '.repeat(100_000),
  ]
  for (const text of attacks) expect(readRefusal(403, [], Buffer.from(text)).kind).toBe('other')
})
