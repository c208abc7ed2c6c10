/**
 * Sizes on a command line, in bytes: `1048576`, `1MiB`.
 *
 * @module
 */
import { CommandError } from './command-error.ts'

const SIZE = /^(\d{1,12})(KiB|MiB|GiB|TiB)?$/i

const BYTES: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['kib', 1024],
  ['mib', 1024 ** 2],
  ['gib', 1024 ** 3],
  ['tib', 1024 ** 4],
])

/**
 * Reads a size, in bytes.
 *
 * @param flag for the message
 * @throws {@link CommandError} `USAGE`
 */
export function parseSize(text: string, flag: string): number {
  const [, count, unit = ''] = SIZE.exec(text) ?? []
  const size = Number(count) * (BYTES.get(unit.toLowerCase()) ?? NaN)
  if (Number.isSafeInteger(size)) return size
  throw new CommandError('USAGE', `${flag} has no size: ${text}`, {
    why: 'a size is whole bytes, or KiB, MiB, GiB, TiB',
    fix: `write it as 1048576 or 1MiB`,
  })
}
