import { describe, expect, it } from 'vitest'
import { SigningError } from '../errors.ts'
import { decodeUri, encodeUnsendable, encodeUri, encodeUriPath } from './uri-encoding.ts'

const BYTES = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte))
const UNRESERVED = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~'

describe('encodeUri', () => {
  it('leaves the unreserved bare and writes every other byte as %XX, upper case', () => {
    for (const [code, byte] of BYTES.entries()) {
      const escape = '%' + code.toString(16).toUpperCase().padStart(2, '0')
      expect(encodeUri(byte)).toBe(UNRESERVED.includes(byte) ? byte : escape)
    }
  })

  it('differs for paths in the slash alone', () => {
    for (const byte of BYTES) expect(encodeUriPath(byte)).toBe(byte === '/' ? '/' : encodeUri(byte))
  })
})

describe('decodeUri', () => {
  it.each([
    ['%41%2f%2F', 'A//'],
    ['%FF%fe', '\xFF\xFE'],
    ['100%', '100%'],
    ['%zz%4', '%zz%4'],
    ['%%41', '%A'],
    ['%2541', '%41'],
  ])('makes %j of %j', (text, bytes) => {
    expect(decodeUri(text)).toBe(bytes)
  })
})

describe('encodeUnsendable', () => {
  it.each([
    ['blanks and controls', 'a b\tc\n', 'a%20b%09c%0A'],
    ['UTF-8', 'é€😀', '%C3%A9%E2%82%AC%F0%9F%98%80'],
    ['what URL classes rewrite', '"<>\\^`{|}', '%22%3C%3E%5C%5E%60%7B%7C%7D'],
    ['a % that begins no escape (PATH-7)', '100%/%4/%zz', '100%25/%254/%25zz'],
    ['letters that only look like hex digits', '%\u017f0', '%25%C5%BF0'],
  ])('escapes %s', (_, text, escaped) => {
    expect(encodeUnsendable(text)).toBe(escaped)
  })

  it('leaves escapes and all other ASCII as they stand', () => {
    const text = "%7e%C3%a9/!#$&'()*+,-.0:;=?@A[]_a~"
    expect(encodeUnsendable(text)).toBe(text)
  })

  it.each(['\ud800', 'a\udc00b', '\udc00\ud800'])('refuses half of a surrogate pair: %j (row 23)', (text) => {
    expect(() => encodeUnsendable(text)).toThrow(
      expect.objectContaining({ constructor: SigningError, code: 'TEXT_INVALID' }),
    )
  })
})
