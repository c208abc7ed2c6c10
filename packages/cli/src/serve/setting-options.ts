/**
 * Flags of the gateway and the signing proxy that stand for a setting of their files.
 *
 * @module
 */
import { Option } from 'commander'

/** Flags that stand for a setting, with the path of that setting in the file. */
export type SettingOptions = readonly (readonly [path: string, option: Option])[]

/** Flags as commander gives them. */
export type ServeFlags = Readonly<Record<string, string | boolean | undefined>>

/** The flags that were given, by the paths of their settings. */
export function settingsOf(flags: ServeFlags, options: SettingOptions): Record<string, string | boolean> {
  const given: Record<string, string | boolean> = {}
  for (const [path, option] of options) {
    const value = flags[option.attributeName()]
    if (value !== undefined) given[path] = value
  }
  return given
}

/** A flag with the values that help names and shells complete; whether a value is one of them, the settings say. */
export function choice(flags: string, description: string, values: readonly string[]): Option {
  return new Option(flags, description).choices(values).argParser(String)
}

/** The flag that both have. */
export const LOG_LEVEL: SettingOptions[number] = [
  'log.level',
  choice('--log-level <level>', 'what is logged', ['debug', 'info', 'warn', 'error', 'silent']),
]
