/**
 * Files that a command line names; `-` is standard input.
 *
 * @module
 */
import { CommandError } from './command-error.ts'
import { readInput } from './streams.ts'

/**
 * The bytes of a file.
 *
 * @param path `-` for standard input
 * @param reader what wants them, such as `--data`, for messages
 * @throws {@link CommandError} `FILE_UNREADABLE`
 */
export async function readBytes(path: string, reader: string): Promise<Uint8Array> {
  if (path === '-') return readInput(reader)
  // Loaded on use: it brings streams along, and takes a tenth of the start.
  const { readFile } = await import('node:fs/promises')
  try {
    return await readFile(path)
  } catch (error) {
    throw unreadable(path, reader, error)
  }
}

/** The error of a file that cannot be read. */
export function unreadable(path: string, reader: string, cause: unknown): CommandError {
  const { code = 'unknown' } = cause as NodeJS.ErrnoException
  return new CommandError('FILE_UNREADABLE', `${reader} cannot read ${path}`, {
    why: REASONS.get(code) ?? code,
    fix: 'check the path and who may read it',
    cause,
  })
}

const REASONS: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'there is no such file'],
  ['EACCES', 'this user may not read it'],
  ['EISDIR', 'it is a folder'],
])
