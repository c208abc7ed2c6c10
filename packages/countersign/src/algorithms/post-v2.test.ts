/** Signatures of version 2: as texts, and as the bytes that they stand for. */
import { expect, it } from 'vitest'
import { utf8 } from '../core/bytes.ts'
import { sigV2Post } from './post-v2.ts'

const POLICY = 'eyJleHBpcmF0aW9uIjoiMjAyNi0xMS0yMlQxMzowMDowMFoifQ=='
const key = sigV2Post.signature.prepareKey(utf8('a secret'))
const right = key.signHex(POLICY)

it('are 20 bytes in base64', () => {
  expect(right).toMatch(/^[\w+/]{27}=$/)
  expect(key.hasSigned(POLICY, right)).toBe(true)
  expect(key.hasSigned(`${POLICY}=`, right)).toBe(false)
})

it.each(['', 'x', '%%%', '='.repeat(28), right.slice(0, -1), `${right}=`, ` ${right}`, right.toLowerCase()])(
  'are not %j',
  (given) => {
    expect(key.hasSigned(POLICY, given)).toBe(false)
  },
)

it('may have unused bits set', () => {
  const spare = right.replace(/.=$/, (end) => `${String.fromCharCode(end.charCodeAt(0) + 1)}=`)
  expect(spare).not.toBe(right)
  expect(key.hasSigned(POLICY, spare)).toBe(true)
})
