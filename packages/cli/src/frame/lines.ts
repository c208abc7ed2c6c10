/**
 * Lines of a text that comes in pieces, be it as long as it likes: no more of it is held than one piece.
 *
 * @module
 */
import { CommandError } from './command-error.ts'

/** In characters: whoever has longer lines gave another kind of file. */
const LONGEST = 64 * 1024

/**
 * Cuts a text into lines. A byte order mark and the ends of lines are left out; empty lines are kept, so that lines can
 * be counted.
 *
 * @param name what the text is, for messages
 * @returns the lines of each piece
 * @throws {@link CommandError} `LINE_TOO_LONG`
 */
export async function* readLines(
  source: AsyncIterable<Uint8Array>,
  name: string,
): AsyncGenerator<{ readonly lines: readonly string[]; readonly bytes: number }> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const piece of source) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > LONGEST) throw tooLong(name)
    yield { lines: lines.map(withoutReturn), bytes: piece.length }
  }
  rest += decoder.decode()
  if (rest !== '') yield { lines: [withoutReturn(rest)], bytes: 0 }
}

const withoutReturn = (line: string): string => (line.endsWith('\r') ? line.slice(0, -1) : line)

function tooLong(name: string): CommandError {
  return new CommandError('LINE_TOO_LONG', `${name} has a line of more than ${LONGEST} characters`, {
    why: 'one request stands in each line',
    fix: 'check that it is a list, and not another kind of file',
  })
}
