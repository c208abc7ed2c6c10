import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parseAwsError } from './aws-error.ts'
import { readErrorAnswer } from './error-answer.ts'

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
      const { kind, message } = parseAwsError({ status, body: Buffer.from(text) })
      expect(['signature', 'clock', 'permission', 'expired', 'throttled', 'other']).toContain(kind)
      expect(message).not.toMatch(/[\x00-\x1f]/)
      expect(message).not.toBe('')
    }),
  )
})

it('reads a large answer in no time', () => {
  const attacks = [
    '<Code>'.repeat(20_000),
    '&#'.repeat(50_000),
    `A${'a'.repeat(100_000)}`,
    ' '.repeat(100_000),
    '<a '.repeat(30_000),
    `<a${' '.repeat(60_000)}`,
    `<Message>Authorization=${'x='.repeat(30_000)}`,
  ]
  for (const text of attacks) expect(readErrorAnswer({ status: 403, body: text }).kind).toBe('other')
})
