/**
 * What has to be told apart on the command line of `send` before its flags are read: `--json` is curl's, with data
 * behind it, and countersign's, which asks for JSON as output.
 *
 * @module
 */

/** JSON as curl's `--json` takes it: an object, a list, a text, or `@` and a file. */
const JSON_DATA = /^\s*[{["@]/

/**
 * Gives curl's `--json DATA` a flag of its own, as well as the two ways to write `--dry-run`. `--json` with something
 * else behind it asks for JSON as output. Nothing behind `--` is looked at.
 */
export function separateFlags(args: readonly string[]): string[] {
  const separated: string[] = []
  const end = args.indexOf('--')
  for (const [i, argument] of args.entries()) {
    const isFlag = end < 0 || i < end
    if (isFlag && argument === '--json' && JSON_DATA.test(args[i + 1] ?? '')) separated.push('--json-data')
    else if (isFlag && argument === '--dry-run=canonical') separated.push('--dry-run', '--dry-run-canonical')
    else separated.push(argument)
  }
  return separated
}
