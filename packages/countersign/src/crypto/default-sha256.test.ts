import * as nodeBuffer from 'node:buffer'
import * as nodeCrypto from 'node:crypto'
import { expect, it } from 'vitest'
import { chooseSha256 } from './default-sha256.ts'
import { nobleSha256 } from './noble-sha256.ts'

type Host = Parameters<typeof chooseSha256>[0]

/** A runtime whose `node:crypto` is another one. */
function hostWith(crypto: object | undefined, buffer: object | undefined = nodeBuffer): Host {
  const getBuiltinModule = (name: string): unknown => (name === 'node:crypto' ? crypto : buffer)
  return { getBuiltinModule } as Host
}

it('takes node:crypto where it works', () => {
  expect(chooseSha256(process)).not.toBe(nobleSha256)
  expect(chooseSha256(hostWith(nodeCrypto))).not.toBe(nobleSha256)
})

/** workerd's of 2026, without its default for the length. */
class PickyBuffer extends Uint8Array {
  static override from(): never {
    throw new RangeError('The value of "length" is out of range')
  }
  static concat(): never {
    throw new RangeError('The value of "length" is out of range')
  }
}

it.each<[string, Host]>([
  ['there is no process', undefined],
  ['there are no built-in modules', {}],
  ['they are not there', hostWith(undefined)],
  ['there is no Buffer', hostWith(nodeCrypto, { Buffer: undefined })],
  ['the one-shot hash is missing', hostWith({ ...nodeCrypto, hash: undefined })],
  ['the one-shot hash takes no such encoding', hostWith({ ...nodeCrypto, hash: () => 'x' })],
  ['its Buffer throws', hostWith(nodeCrypto, { Buffer: PickyBuffer })],
  [
    'asking for a module throws',
    {
      getBuiltinModule() {
        throw new Error('not implemented')
      },
    },
  ],
])('takes plain JavaScript where %s', (_, host) => {
  expect(chooseSha256(host)).toBe(nobleSha256)
})
