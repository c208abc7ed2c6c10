import * as nodeBuffer from 'node:buffer'
import * as nodeCrypto from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { bytesOfHex } from '../core/bytes.ts'
import { chooseP256, defaultP256 } from './default-p256.ts'
import { nobleP256 } from './noble-p256.ts'
import type { P256 } from './p256.ts'

type Host = Parameters<typeof chooseP256>[0]

const SCALAR = bytesOfHex('04c4d39191ae06f37a86b873d2f9951f7c37621d69e0eb834fb622c368f360c3')
const MAKES: readonly (readonly [name: string, p256: P256])[] = [
  ['node:crypto', defaultP256()],
  ['@noble/curves', nobleP256],
]

/** A runtime whose `node:crypto` lacks something. */
function hostWith(crypto: object): Host {
  const getBuiltinModule = (name: string): unknown => (name === 'node:crypto' ? crypto : nodeBuffer)
  return { getBuiltinModule } as Host
}

describe('chooseP256', () => {
  it('takes node:crypto where it works', () => {
    expect(chooseP256(process)).not.toBe(nobleP256)
    expect(chooseP256(hostWith(nodeCrypto))).not.toBe(nobleP256)
  })

  it('signs with noble on Deno, and verifies with what that has', () => {
    const p256 = chooseP256({
      getBuiltinModule: process.getBuiltinModule,
      versions: { ...process.versions, deno: '2.9.6' },
    })
    const key = p256(SCALAR)
    const signature = nobleP256(SCALAR).signHex('text')
    expect(key.signHex('text')).toBe(signature)
    expect([key.hasSigned('text', signature), key.hasSigned('texT', signature)]).toEqual([true, false])
  })

  it.each<[string, Host]>([
    ['there is no process', undefined],
    ['there are no built-in modules', {}],
    ['they are not there', { getBuiltinModule: () => undefined }],
    ['a function is missing', hostWith({ ...nodeCrypto, createECDH: undefined })],
    [
      'a function throws',
      hostWith({
        ...nodeCrypto,
        createPrivateKey() {
          throw new Error('not implemented')
        },
      }),
    ],
    ['it signs wrong', hostWith({ ...nodeCrypto, sign: () => Buffer.alloc(70) })],
  ])('takes plain JavaScript where %s', (_, host) => {
    expect(chooseP256(host)).toBe(nobleP256)
  })
})

describe.each(MAKES)('%s', (_, p256) => {
  const key = p256(SCALAR)

  it.each(MAKES)('signs what %s takes', (__, other) => {
    for (let i = 0; i < 20; i++) {
      const text = `text ${i}`
      const signature = key.signHex(text)
      expect(other(SCALAR).hasSigned(text, signature)).toBe(true)
      expect(other(SCALAR).hasSigned(`${text}.`, signature)).toBe(false)
      expect(other(SCALAR.map((byte) => byte ^ 1)).hasSigned(text, signature)).toBe(false)
    }
  })

  it('takes both halves of the numbers that s can be of, as AWS does', () => {
    const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
    const integer = (number: bigint): string => {
      const digits = number.toString(16)
      const hex = digits.length % 2 ? `0${digits}` : digits
      const positive = parseInt(hex.slice(0, 2), 16) > 127 ? `00${hex}` : hex
      return `02${(positive.length / 2).toString(16).padStart(2, '0')}${positive}`
    }
    const signature = key.signHex('text')
    const rEnd = 8 + parseInt(signature.slice(6, 8), 16) * 2
    const s = BigInt(`0x${signature.slice(rEnd + 4)}`)
    const body = signature.slice(4, rEnd) + integer(order - s)
    const twin = `30${(body.length / 2).toString(16)}${body}`
    expect(twin).not.toBe(signature)
    expect(key.hasSigned('text', twin)).toBe(true)
  })

  it.each(['', '00', 'ab'.repeat(32), '3006020100020100', '30060201010201', '30'.repeat(72)])(
    'does not take %j for a signature, and does not throw',
    (signature) => {
      expect(key.hasSigned('text', signature)).toBe(false)
    },
  )
})
