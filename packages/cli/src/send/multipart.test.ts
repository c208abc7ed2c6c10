import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CommandError } from '../frame/command-error.ts'
import { buildMultipart, parseFormField } from './multipart.ts'

const text = (value: string): object => ({ kind: 'text', value })
const file = (value: string): object => ({ kind: 'file', value })

describe('--form', () => {
  it.each([
    ['a=b', 'a', text('b'), undefined, undefined],
    ['a=', 'a', text(''), undefined, undefined],
    ['=b', '', text('b'), undefined, undefined],
    ['a=b=c', 'a', text('b=c'), undefined, undefined],
    ['a=b;c', 'a', text('b;c'), undefined, undefined],
    ['a=b;type=text/x', 'a', text('b'), 'text/x', undefined],
    ['a="b;type=x";type=y', 'a', text('b;type=x'), 'y', undefined],
    ['a=@f', 'a', file('f'), undefined, undefined],
    ['a=@f;type=text/plain; charset=utf-8', 'a', file('f'), 'text/plain; charset=utf-8', undefined],
    ['a=@f;filename=g;type=t/u', 'a', file('f'), 't/u', 'g'],
    ['a=@f;filename="g;\\"h\\""', 'a', file('f'), undefined, 'g;"h"'],
    ['a=@"f;g"', 'a', file('f;g'), undefined, undefined],
    ['a=@f,g', 'a', file('f,g'), undefined, undefined],
    ['a=<f', 'a', { kind: 'content', value: 'f' }, undefined, undefined],
  ])('%s', (flag, name, source, type, filename) => {
    expect(parseFormField(flag)).toEqual({ name, source, type, filename })
  })

  it.each(['', 'a', 'a=b;headers=x', 'a=@f;encoder=base64'])('is refused: %j', (flag) => {
    expect(() => parseFormField(flag)).toThrow(CommandError)
  })

  it('takes any text, or says that it does not', () => {
    const piece = fc.constantFrom('a', '=', '@', '<', ';', '"', '\\', 'type=', 'filename=', ' ', 'ü')
    fc.assert(
      fc.property(fc.string({ unit: piece }), (flag) => {
        try {
          expect(typeof parseFormField(flag).source.value).toBe('string')
        } catch (error) {
          expect(error).toBeInstanceOf(CommandError)
        }
      }),
    )
  })
})

describe('a form', () => {
  it('is written in order', async () => {
    const fields = ['a="1";type=x/y', 'b=@dir/f.PDF', 'c=<g', 'd"\r\n=ü'].map(parseFormField)
    const { contentType, segments } = await buildMultipart(fields, async (path) => Buffer.from(`<${path}>`))
    const boundary = contentType.replace('multipart/form-data; boundary=', '')
    const written = Buffer.concat(segments.filter((segment) => segment instanceof Uint8Array)).toString()
    expect(written.replaceAll(boundary, 'B')).toBe(
      [
        '--B\r\nContent-Disposition: form-data; name="a"\r\nContent-Type: x/y\r\n\r\n1\r\n',
        '--B\r\nContent-Disposition: form-data; name="b"; filename="f.PDF"\r\nContent-Type: application/pdf\r\n\r\n<dir/f.PDF>\r\n',
        '--B\r\nContent-Disposition: form-data; name="c"\r\n\r\n<g>\r\n',
        '--B\r\nContent-Disposition: form-data; name="d%22%0D%0A"\r\n\r\nü\r\n',
        '--B--\r\n',
      ].join(''),
    )
  })
})
