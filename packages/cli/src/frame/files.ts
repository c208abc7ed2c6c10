/**
 * Files that a command line names; `-` is standard input.
 *
 * @module
 */
import { readFile, readFileSync, statSync } from 'node:fs'
import { promisify } from 'node:util'
import { CommandError } from './command-error.ts'
import { readInput } from './streams.ts'

/** Bytes of a file that is there at once, where threads that wait for it would take a twentieth of the start. */
const SMALL = 1024 ** 2

/**
 * The bytes of a file.
 *
 * @param path `-` for standard input
 * @param reader what wants them, such as `--data`, for messages
 * @throws {@link CommandError} `FILE_UNREADABLE`
 */
export async function readBytes(path: string, reader: string): Promise<Uint8Array> {
  if (path === '-') return readInput(reader)
  try {
    const stats = statSync(path)
    if (stats.isFile() && stats.size <= SMALL) return readFileSync(path)
    // That of `node:fs/promises` brings much along, and takes a twentieth of the start.
    return await promisify(readFile)(path)
  } catch (error) {
    throw unreadable(path, reader, error)
  }
}

/** The error of a file that cannot be read. */
export function unreadable(path: string, reader: string, cause: unknown): CommandError {
  return new CommandError('FILE_UNREADABLE', `${reader} cannot read ${path}`, {
    why: reasonOf(cause),
    fix: 'check the path and who may read it',
    cause,
  })
}

/** Why a file cannot be read, in a few words; or, where it is to be written, why not. */
export function reasonOf(cause: unknown, isWritten = false): string {
  const { code = 'unknown' } = cause as NodeJS.ErrnoException
  return code === 'ENOENT' && isWritten ? 'there is no such folder' : (REASONS.get(code) ?? code)
}

const REASONS: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'there is no such file'],
  ['ENOTDIR', 'its path leads through what is no folder'],
  ['EACCES', 'this user may not'],
  ['EROFS', 'nothing can be written there'],
  ['ENOSPC', 'the disk is full'],
  ['EISDIR', 'it is a folder'],
])
