/**
 * `--no-OPTION`: undoes what a file of the configuration sets, and what stands before it on the command line. What has a
 * `no` in its own name is undone without it: `--progress`.
 *
 * @module
 */
import { Option, type Command } from 'commander'

/** Under what an option of a file is kept, where it is weaker than what a host tells. */
const WEAK: ReadonlyMap<string, string> = new Map([
  ['service', 'configuredService'],
  ['region', 'configuredRegion'],
])

/** Where a command keeps the value of an option: that of a flag, and that of a file where it is another. */
export function keysOf(option: Option): readonly [flag: string, file: string] {
  const key = option.attributeName()
  return [key, WEAK.get(key) ?? key]
}

/** An option that is not negated by commander, whatever its name. */
class UndoOption extends Option {
  constructor(long: string) {
    super(long)
    this.negate = false
    this.hideHelp()
  }

  override attributeName(): string {
    return 'undone'
  }
}

/** Adds what the command line undoes, to a command and to those below it. */
export function addUndoOptions(command: Command, args: readonly string[]): void {
  for (const long of new Set(args.filter((argument) => /^--[a-z0-9-]+$/.test(argument)))) {
    const opposite = long.startsWith('--no-') ? `--${long.slice(5)}` : `--no-${long.slice(2)}`
    const option = command.options.find((known) => known.long === opposite)
    if (!option || command.options.some((known) => known.long === long)) continue
    command.addOption(new UndoOption(long))
    command.on(`option:${long.slice(2)}`, () => resetOption(command, option))
  }
  for (const inner of command.commands) addUndoOptions(inner, args)
}

/** Makes an option what it is when nobody gives it. */
export function resetOption(command: Command, option: Option): void {
  const value: unknown = option.negate ? true : option.defaultValue
  const [flag, file] = keysOf(option)
  command.setOptionValueWithSource(flag, value, 'default')
  if (file !== flag) command.setOptionValueWithSource(file, undefined, 'default')
}
