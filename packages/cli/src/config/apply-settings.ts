/**
 * Gives a command the settings of files as defaults of its flags.
 *
 * @module
 */
import { EventEmitter } from 'node:events'
import { resolve } from 'node:path'
import type { Command, Option } from 'commander'
import {
  listCommands,
  isVerifying,
  nameOf,
  refuseUnknown,
  settingsFor,
  variableBefore,
} from './effective-settings.ts'
import { ALTERNATIVES } from './option-rules.ts'
import { refuse, type Setting } from './read-settings.ts'
import { showValue } from './show-value.ts'
import { keysOf, resetOption } from './undo-options.ts'

/** What commander says of a value that comes from a file and not from a flag. */
const SOURCE = 'config'

/**
 * Sets the defaults of a verb, and of what is below it.
 *
 * @param files the settings of each file, those that win last
 * @throws {@link CommandError} `CONFIG_INVALID`
 */
export async function applySettings(
  command: Command,
  verb: string,
  files: readonly (readonly Setting[])[],
): Promise<void> {
  const commands = listCommands(command, verb)
  await refuseUnknown(commands, files)
  for (const [path, inner] of commands) {
    const settings = settingsFor(inner, path, files)
    for (const option of inner.options) {
      const setting = settings.get(nameOf(option) ?? '')
      if (setting && variableBefore(setting.name, path) === undefined)
        applySetting(inner, option, setting, isVerifying(path))
    }
    yieldToFlags(inner)
  }
  command.hook('preAction', (_, chosen) => {
    tell(chosen, settingsFor(chosen, pathOf(chosen, verb), files))
  })
}

function applySetting(command: Command, option: Option, setting: Setting, isStrong: boolean): void {
  const [flag, file] = keysOf(option)
  const value = readValue(option, setting)
  if (flag === file || isStrong) command.setOptionValueWithSource(flag, value, SOURCE)
  else command.setOptionValueWithSource(file, { value, from: setting.from }, SOURCE)
}

/** The value as the flag would have it. */
function readValue(option: Option, setting: Setting): unknown {
  const { value } = setting
  if (option.negate || option.isBoolean()) return readTruth(option, setting)
  if (option.optional && typeof value === 'boolean') return value ? true : undefined
  if (typeof value === 'boolean') throw wrong(setting, 'must be text or a number')
  const texts = Array.isArray(value) ? value : [value]
  return texts.reduce<unknown>((previous, text) => {
    const anchored = anchor(option, String(text), setting)
    try {
      return option.parseArg ? option.parseArg(anchored, previous) : anchored
    } catch (error) {
      const { message } = error as Error
      throw wrong(setting, message.replace(/^Allowed choices are /, 'must be one of ').replace(/\.$/, ''))
    }
  }, undefined)
}

/** Options without a value; `verbose` is counted. */
function readTruth(option: Option, setting: Setting): unknown {
  const { value } = setting
  if (option.parseArg) {
    const count = Number(value)
    if (Number.isInteger(count) && count >= 0 && count <= 3) return count
    throw wrong(setting, 'must be a number from 0 to 3')
  }
  if (typeof value === 'boolean') return option.negate ? value : value || undefined
  throw wrong(setting, 'must be true or false')
}

/** Paths are relative to the file, wherever the command is run. */
function anchor({ flags }: Option, text: string, { folder }: Setting): string {
  const isPath = /<(?:file|path|source)>/.test(flags) && !/^(?:-$|process:|env:)/.test(text)
  return isPath ? resolve(folder, text) : text
}

function wrong({ group, name, from }: Setting, message: string): unknown {
  try {
    refuse([{ from, message: `${group}.${name} ${message}` }])
  } catch (error) {
    return error
  }
  return undefined
}

/** A flag that says the same in another way takes the place of what a file says. */
function yieldToFlags(command: Command): void {
  // The types of commander do not say that a command is one.
  const emitter: unknown = command
  for (const option of command.options) {
    // -v is counted from nothing, or it would show more than it says.
    if (!option.isBoolean() || !option.parseArg || !(emitter instanceof EventEmitter)) continue
    emitter.prependListener(`option:${option.name()}`, () => {
      if (isFromFile(command, option)) resetOption(command, option)
    })
  }
  for (const group of ALTERNATIVES) {
    const options = command.options.filter((option) => group.has(nameOf(option) ?? ''))
    for (const given of options) {
      command.on(`option:${given.name()}`, () => {
        for (const option of options) {
          if (option !== given && isFromFile(command, option)) resetOption(command, option)
        }
      })
    }
  }
}

function isFromFile(command: Command, option: Option): boolean {
  return keysOf(option).some((key) => command.getOptionValueSource(key) === SOURCE)
}

/** What holds and comes from a file is told as all is that was not said on the command line. */
function tell(command: Command, settings: ReadonlyMap<string, Setting>): void {
  const told = command.options.flatMap((option) => {
    const setting = settings.get(nameOf(option) ?? '')
    // Where a host may know better, it is told once that is known.
    const isUsed = command.getOptionValueSource(option.attributeName()) === SOURCE
    return setting && isUsed
      ? [{ what: setting.name, value: showValue(setting.name, setting.value), from: setting.from }]
      : []
  })
  command.setOptionValue('settings', told)
}

function pathOf(command: Command, verb: string): string {
  return command.parent ? `${pathOf(command.parent, verb)} ${command.name()}` : verb
}
