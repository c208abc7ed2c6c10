/**
 * Headers as curl's `-H` takes them: `name: value`, `name:value`, `name;` for an empty value, `name:` to leave one out
 * that would be added, `@file` for a file of such lines.
 *
 * @see {@link https://curl.se/docs/manpage.html#-H}
 * @module
 */
import { CommandError } from '../frame/command-error.ts'
import type { ReadSource } from './read-source.ts'

/** Headers that were given, and names of those that are not to be added. */
export interface GivenHeaders {
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** Lower case. */
  readonly removed: readonly string[]
}

const LINE = /^([\w!#$%&'*+.^`|~-]+)(?::[ \t]*(.*?)[ \t]*|;[ \t]*)$/s

/**
 * Reads the values of `-H`, in their order.
 *
 * @throws {@link CommandError} `USAGE`, naming the header and not its value
 */
export async function readHeaders(values: readonly string[], readSource: ReadSource): Promise<GivenHeaders> {
  const headers: [string, string][] = []
  const removed: string[] = []
  for (const line of await expandFiles(values, readSource)) {
    const match = LINE.exec(line)
    if (!match) throw malformed(line)
    const [, name = '', value] = match
    if (value === '') removed.push(name.toLowerCase())
    else headers.push([name, value ?? ''])
  }
  return { headers, removed }
}

async function expandFiles(values: readonly string[], readSource: ReadSource): Promise<string[]> {
  const lines: string[] = []
  for (const value of values) {
    if (!value.startsWith('@')) {
      lines.push(value)
      continue
    }
    const text = Buffer.from(await readSource(value.slice(1), '--header')).toString('latin1')
    lines.push(...text.split(/\r?\n/).filter((line) => line !== ''))
  }
  return lines
}

function malformed(line: string): CommandError {
  const name = /^[\w-]+/.exec(line)?.[0] ?? ''
  return new CommandError('USAGE', `This is no header: ${name}…`, {
    why: 'a header is a name, a colon and a value',
    fix: "write -H 'name: value', or -H 'name;' for one without a value",
  })
}
