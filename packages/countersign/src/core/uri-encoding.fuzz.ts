import fc from 'fast-check'
import { expect, it } from 'vitest'
import { decodeUri, encodeUnsendable, encodeUri, encodeUriPath } from './uri-encoding.ts'

const bytes = fc.uint8Array({ maxLength: 64 }).map((array) => String.fromCharCode(...array))

it('decodes what it encoded, byte for byte', () => {
  fc.assert(
    fc.property(bytes, (text) => {
      expect(decodeUri(encodeUri(text))).toBe(text)
      expect(decodeUri(encodeUriPath(text))).toBe(text)
    }),
  )
})

it('encodes to what it would encode again to the same when decoded first', () => {
  fc.assert(
    fc.property(bytes, (text) => {
      const encoded = encodeUri(decodeUri(text))
      expect(encodeUri(decodeUri(encoded))).toBe(encoded)
    }),
  )
})

it('makes of any text what a URL class leaves alone', () => {
  const text = fc.string({ unit: 'binary', maxLength: 40 })
  fc.assert(
    fc.property(text, (raw) => {
      const sendable = encodeUnsendable(raw.replace(/[/?#.]/g, '_'))
      expect(sendable).toMatch(/^[!-~]*$/)
      expect(encodeUnsendable(sendable)).toBe(sendable)
      expect(new URL(`https://h/${sendable}`).pathname).toBe(`/${sendable}`)
      expect(new URL(`https://h/?${sendable}`).search).toBe(sendable && `?${sendable.replaceAll("'", '%27')}`)
    }),
  )
})
