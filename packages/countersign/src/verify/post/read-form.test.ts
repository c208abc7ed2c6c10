/** Forms that browsers, curl and urllib3 write, in pieces of any size, and forms that are none. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { utf8 } from '../../core/bytes.ts'
import { readFile } from './form-file.ts'
import { parseBoundary, parsePartHead } from './part-head.ts'
import { readForm } from './read-form.ts'

const KIB = 1024
const BOUNDARY = 'b0undary'
const HEAD = 'Content-Disposition: form-data; name='
const ANY_SIZE = { minBytes: 0, maxBytes: Infinity }

function join(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]))
}

function formOf(
  fields: readonly (readonly [string, string])[],
  file: Uint8Array,
  end = `\r\n--${BOUNDARY}--\r\n`,
): Uint8Array {
  const before = fields
    .map(([name, value]) => `--${BOUNDARY}\r\n${HEAD}"${name}"\r\n\r\n${value}\r\n`)
    .join('')
  const head = `--${BOUNDARY}\r\n${HEAD}"file"; filename="f"\r\n\r\n`
  return join([utf8(before + head), file, utf8(end)])
}

/** A body in pieces of some sizes, taken in turn. */
async function* inPieces(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const piece = bytes.slice(at, at + (sizes[i % sizes.length] ?? 1))
    at += piece.length
    yield piece
  }
}

async function read(
  body: Uint8Array | AsyncIterable<Uint8Array>,
  most = 64 * KIB,
): Promise<{ fields: unknown; filename: string | undefined; bytes: Uint8Array }> {
  const { fields, filename, ...file } = await readForm({ body }, BOUNDARY, most)
  const pieces: Uint8Array[] = []
  for await (const piece of readFile(file, ANY_SIZE)) pieces.push(piece)
  return { fields, filename, bytes: join(pieces) }
}

// Bytes that nearly are the delimiter.
const near = fc
  .array(
    fc.constantFrom('\r', '\n', '\r\n', '-', '--', `\r\n--${BOUNDARY.slice(0, 4)}`, `--${BOUNDARY}`, 'x'),
    { maxLength: 20 },
  )
  .map((parts) => parts.join('').replaceAll(`\r\n--${BOUNDARY}`, '!'))

describe('readForm', () => {
  it('gives fields and file as they were, in pieces of any size', async () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 })
    const fields = fc.array(fc.tuple(fc.constantFrom('key', 'acl', 'x'), near), { maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(
        fields,
        fc.oneof(near.map(utf8), fc.uint8Array({ maxLength: 300 })),
        sizes,
        async (given, file, steps) => {
          fc.pre(!new TextDecoder('latin1').decode(file).includes(`\r\n--${BOUNDARY}`))
          const body = formOf(given, file)
          for (const source of [body, inPieces(body, steps)]) {
            expect(await read(source)).toEqual({ fields: given, filename: 'f', bytes: file })
          }
        },
      ),
    )
  })

  it('reads what the fetch of this runtime writes', async () => {
    const form = new FormData()
    form.set('key', 'käy "quoted"')
    form.set('lines', 'a\nb')
    form.set('file', new Blob(['hello\r\n']), 'naïve "name".txt')
    const response = new Response(form)
    const boundary = parseBoundary(response.headers.get('content-type') ?? '')
    const { fields, filename, ...file } = await readForm({ body: response.body ?? undefined }, boundary, KIB)
    expect([fields, filename]).toEqual([
      [
        ['key', 'käy "quoted"'],
        ['lines', 'a\r\nb'],
      ],
      'naïve %22name%22.txt',
    ])
    const pieces: Uint8Array[] = []
    for await (const piece of readFile(file, ANY_SIZE)) pieces.push(piece)
    expect(new TextDecoder().decode(join(pieces))).toBe('hello\r\n')
  })

  it('hands pieces on without copying them', async () => {
    const head = utf8(`--${BOUNDARY}\r\n${HEAD}"file"\r\n\r\n`)
    const middle = new Uint8Array(1000)
    const { source, delimiter } = await readForm(
      {
        body: (async function* () {
          yield head
          yield middle
          yield utf8(`\r\n--${BOUNDARY}--`)
        })(),
      },
      BOUNDARY,
      KIB,
    )
    const pieces: Uint8Array[] = []
    for await (const piece of readFile({ source, delimiter }, ANY_SIZE)) pieces.push(piece)
    expect(pieces.map(({ buffer }) => buffer === middle.buffer)).toEqual([true])
  })

  it('takes exactly as many bytes before the file as it may', async () => {
    const form = formOf([['key', 'x'.repeat(100)]], utf8('file'))
    const before = form.length - `file\r\n--${BOUNDARY}--\r\n`.length
    for (const steps of [[1], [7], [10_000]]) {
      expect((await read(inPieces(form, steps), before)).bytes).toEqual(utf8('file'))
      await expect(read(inPieces(form, steps), before - 1)).rejects.toMatchObject({
        code: 'FORM_TOO_LARGE',
        awsCode: 'MaxPostPreDataLengthExceededError',
      })
    }
  })

  it('asks for no more once the fields are over the limit', async () => {
    let given = 0
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield utf8(`--${BOUNDARY}\r\n${HEAD}"key"\r\n\r\n`)
      for (;;) {
        given += KIB
        yield new Uint8Array(KIB)
      }
    }
    await expect(read(endless())).rejects.toMatchObject({ code: 'FORM_TOO_LARGE' })
    expect(given).toBeLessThanOrEqual(65 * KIB)
  })

  it('ignores what is behind the file, and waits for no more than a little of it', async () => {
    let given = 0
    let isEnded = false
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        yield formOf([], utf8('file'), `\r\n--${BOUNDARY}\r\n${HEAD}"key"\r\n\r\n`)
        for (;;) {
          given += KIB
          yield new Uint8Array(KIB)
        }
      } finally {
        isEnded = true
      }
    }
    expect((await read(endless())).bytes).toEqual(utf8('file'))
    expect([given <= 65 * KIB, isEnded]).toEqual([true, true])
  })

  it('ends the body when the file is given up, and leaves it when it is refused', async () => {
    let isEnded = false
    async function* body(): AsyncGenerator<Uint8Array> {
      try {
        yield formOf([], new Uint8Array(10), '')
        yield new Uint8Array(10)
      } finally {
        isEnded = true
      }
    }
    const refused = await readForm({ body: body() }, BOUNDARY, KIB)
    await expect(readFile(refused, { minBytes: 0, maxBytes: 5 }).next()).rejects.toMatchObject({
      code: 'BODY_TOO_LARGE',
    })
    expect(isEnded).toBe(false)
    const abandoned = readFile(await readForm({ body: body() }, BOUNDARY, KIB), ANY_SIZE)
    await abandoned.next()
    await abandoned.return()
    expect(isEnded).toBe(true)
  })

  it('stops when it is told to', async () => {
    const stop = new AbortController()
    const body = inPieces(formOf([], new Uint8Array(100)), [70])
    const { source, delimiter } = await readForm({ body, signal: stop.signal }, BOUNDARY, KIB)
    const file = readFile({ source, delimiter }, ANY_SIZE)
    await file.next()
    stop.abort(new Error('enough'))
    await expect(
      (async () => {
        for await (const _ of file);
      })(),
    ).rejects.toThrow('enough')
  })

  const file = `${HEAD}"file"\r\n\r\nx\r\n--${BOUNDARY}--`
  it.each([
    ['nothing', ''],
    ['a preamble', `x\r\n--${BOUNDARY}\r\n${file}`],
    ['another boundary', `--b0undarx\r\n${file}`],
    ['a longer boundary', `--${BOUNDARY}x\r\n${file}`],
    ['blanks behind the boundary', `--${BOUNDARY} \r\n${file}`],
    ['line feeds alone', `--${BOUNDARY}\n${file}`],
    ['a head without an end', `--${BOUNDARY}\r\n${HEAD}"file"\r\n`],
    ['a part without a head', `--${BOUNDARY}\r\n\r\nx\r\n--${BOUNDARY}--`],
    ['a value without an end', `--${BOUNDARY}\r\n${HEAD}"key"\r\n\r\nvalue`],
    ['a file without an end', `--${BOUNDARY}\r\n${HEAD}"file"\r\n\r\nvalue`],
    ['half a delimiter', `--${BOUNDARY}\r\n${HEAD}"file"\r\n\r\nvalue\r\n--${BOUNDARY.slice(0, -1)}`],
    ['a delimiter that goes on', `--${BOUNDARY}\r\n${HEAD}"file"\r\n\r\nvalue\r\n--${BOUNDARY}x`],
    [
      'a delimiter that goes on, and another one',
      `--${BOUNDARY}\r\n${HEAD}"file"\r\n\r\nvalue\r\n--${BOUNDARY}xyz\r\n--${BOUNDARY}--\r\n`,
    ],
    ['a delimiter at the very end', `--${BOUNDARY}\r\n${HEAD}"file"\r\n\r\nvalue\r\n--${BOUNDARY}`],
  ])('refuses %s', async (_, text) => {
    for (const steps of [[1], [1000]]) {
      await expect(read(inPieces(utf8(text), steps))).rejects.toMatchObject({
        code: 'FORM_MALFORMED',
        awsCode: 'MalformedPOSTRequest',
        status: 400,
      })
    }
  })

  it('refuses a value that is not UTF-8', async () => {
    const body = join([
      utf8(`--${BOUNDARY}\r\n${HEAD}"key"\r\n\r\n`),
      Uint8Array.of(0xff),
      utf8(`\r\n--${BOUNDARY}\r\n${file}`),
    ])
    await expect(read(body)).rejects.toMatchObject({ code: 'FORM_MALFORMED' })
  })
})

describe('parseBoundary', () => {
  it.each([
    ['multipart/form-data; boundary=abc', 'abc'],
    ['Multipart/Form-Data;boundary="a b=c"', 'a b=c'],
    [
      'multipart/form-data; charset=utf-8; boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW',
      '----WebKitFormBoundary7MA4YWxkTrZu0gW',
    ],
    [`multipart/form-data; boundary=${'x'.repeat(70)}`, 'x'.repeat(70)],
  ])('reads %s', (type, boundary) => {
    expect(parseBoundary(type)).toBe(boundary)
  })

  it.each([
    'multipart/form-data',
    'multipart/form-data; boundary=',
    'multipart/form-data; boundary=""',
    `multipart/form-data; boundary=${'x'.repeat(71)}`,
    'multipart/form-data; boundary="ab "',
    'multipart/form-data; boundary=a; boundary=b',
    'multipart/form-data; boundary=a\u00e9',
    'multipart/form-data; boundary="a\tb"',
  ])('refuses %s', (type) => {
    expect(() => parseBoundary(type)).toThrow(expect.objectContaining({ code: 'FORM_MALFORMED' }))
  })
})

describe('parsePartHead', () => {
  it.each([
    ['Content-Disposition: form-data; name="key"', 'key', undefined],
    ['content-disposition:form-data;name=key', 'key', undefined],
    [
      'Content-Type: text/plain\r\nContent-Disposition: form-data; name="file"; filename="a;b.txt"',
      'file',
      'a;b.txt',
    ],
    ['Content-Disposition: form-data; filename="a\\"b"; name="file"', 'file', 'a"b'],
    ['Content-Disposition: form-data; name="file"; filename="C:\\dir\\a.txt"', 'file', 'C:\\dir\\a.txt'],
    ['Content-Disposition: form-data; name="file"; filename=""', 'file', ''],
    ['Content-Disposition: form-data; name="file"; filename*=utf-8\'\'x', 'file', undefined],
    ['Content-Disposition: form-data; name="key"\r\nContent-Transfer-Encoding: 8bit', 'key', undefined],
  ])('reads %s', (text, name, filename) => {
    expect(parsePartHead(text)).toEqual({ name, filename })
  })

  it.each([
    '',
    'Content-Type: text/plain',
    'Content-Disposition: attachment; name="key"',
    'Content-Disposition: form-data',
    'Content-Disposition: form-data; name',
    'Content-Disposition: form-data; name="key',
    'Content-Disposition: form-data; name="key" x',
    'Content-Disposition: form-data; name="key"; name="acl"',
    'Content-Disposition: form-data; name="key"; NAME="acl"',
    'Content-Disposition: form-data; name="key"\r\nContent-Disposition: form-data; name="acl"',
    'Content-Disposition: form-data;\r\n name="key"',
    'Content-Disposition: form-data; name="key"\r\nContent-Transfer-Encoding: base64',
    'Content-Disposition : form-data; name="key"',
    'Content-Disposition: form-data; name="key"\r\n',
  ])('refuses %j', (text) => {
    expect(() => parsePartHead(text)).toThrow(expect.objectContaining({ code: 'FORM_MALFORMED' }))
  })

  it('takes linear time for a long head', () => {
    for (const unit of [';', '; ', '\\', '"', '; a="\\', '; a=b', ': ', '\t']) {
      const text = `Content-Disposition: form-data; name="a${unit.repeat(60_000 / unit.length)}`
      for (const end of ['', 'x', '\r\n']) {
        expect(() => parsePartHead(text + end)).toThrow(expect.objectContaining({ code: 'FORM_MALFORMED' }))
      }
    }
  })
})
