import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { guessPayloads } from './payload-guesses.ts'

function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex')
}

/** What is said of a body of which another one's hash was signed. */
function noteOf(
  sent: string | Uint8Array,
  hashed: string | Uint8Array,
  boundaries: string[] = [],
): string | undefined {
  const hash = sha256(hashed)
  return guessPayloads(Buffer.from(sent), boundaries, 1 << 20).find((guess) => guess.hash === hash)?.note
}

describe('guessPayloads', () => {
  it.each([
    ['a\n', 'a', 'without its final line end'],
    ['a', 'a\n', 'with a final line end'],
    ['a\nb\n', 'a\r\nb\r\n', 'with CRLF for LF'],
    ['a\r\nb', 'a\nb', 'with LF for CRLF'],
    ['{"b":1,"a":"é"}', '{"b": 1, "a": "é"}', 'with its JSON printed with blanks'],
    ['{"b": 1}', '{"b":1}', 'with its JSON printed compactly'],
    ['{"b":1,"a":2}', '{"a":2,"b":1}', 'with the keys of its JSON sorted'],
    ['{"a":"é"}', '{"a": "\\u00e9"}', 'with its JSON in ASCII, and blanks'],
    ['{"a":1}', '{\n  "a": 1\n}', 'with its JSON indented by 2'],
    ['{"a":1}', '"{\\"a\\":1}"', 'as a JSON text in a JSON text'],
    ['{"a":1}', '[object Object]', 'the text [object Object]'],
    ['a=b+c', 'a=b%20c', 'with the form encoded anew, blanks as %20'],
    ['x', 'undefined', 'the text undefined'],
    ['data', '', 'empty'],
    ['café', Buffer.from('café', 'latin1'), 'in latin-1'],
    [Buffer.from('caf\xe9', 'latin1'), 'caf\ufffd', 'with bytes that are no UTF-8 replaced'],
    [gzipSync('data'), 'data', 'unpacked from gzip'],
    ['4\r\ndata\r\n0\r\n\r\n', 'data', 'without the frames of its chunks'],
  ])('knows %j for %j', (sent, hashed, note) => {
    expect(noteOf(sent, hashed)).toBe(note)
  })

  it('knows a form with another boundary', () => {
    const form = (boundary: string): string => `--${boundary}\r\n\r\nx\r\n--${boundary}--\r\n`
    expect(noteOf(form('one'), form('two'), ['one', 'two'])).toBe('with another boundary')
  })

  it('never guesses the body itself, and looks at no body beyond its limit', () => {
    for (const body of ['a', '{"a":1}', 'undefined', 'a=b']) expect(noteOf(body, body)).toBeUndefined()
    expect(guessPayloads(Buffer.from('a\n'), [], 1).map(({ hash }) => hash)).not.toContain(sha256('a'))
  })
})
