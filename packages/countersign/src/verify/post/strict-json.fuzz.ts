/** Strict JSON is JSON, but for names that stand twice. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseStrictJson } from './strict-json.ts'

describe('parseStrictJson', () => {
  it('reads whatever JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
        const text = JSON.stringify(value, undefined, indent)
        expect(parseStrictJson(text)).toEqual(JSON.parse(text))
      }),
    )
  })

  it('refuses a name twice, wherever and however it is written', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string(), fc.constantFrom('', ' ', '\n'), (value, name, blank) => {
        const [plain, inner] = [JSON.stringify(name), JSON.stringify(value)]
        const escaped = `"${Array.from({ length: name.length }, (_, i) => `\\u${name.charCodeAt(i).toString(16).padStart(4, '0')}`).join('')}"`
        const twice = `{${plain}${blank}:${inner},${escaped}${blank}:1}`
        for (const text of [twice, `[${inner},${twice}]`, `{"outer":[{"a":${twice}}],"b":${inner}}`]) {
          expect(() => JSON.parse(text) as unknown).not.toThrow()
          expect(() => parseStrictJson(text)).toThrow(SyntaxError)
        }
      }),
    )
  })

  it('lets a name stand in two objects, and in a text', () => {
    const text = '{"a":{"a":[{"a":1},{"a":2}]},"b":"{\\"a\\":1,\\"a\\":2}","c":"a\\":"}'
    expect(parseStrictJson(text)).toEqual(JSON.parse(text))
  })
})
