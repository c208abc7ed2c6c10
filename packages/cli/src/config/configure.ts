/**
 * Brings the files of the configuration, and `--no-OPTION`, to a verb before its command line is read.
 *
 * @module
 */
import type { Command } from 'commander'
import type { VerbTable } from '../frame/verb.ts'
import { findConfigFiles } from './config-files.ts'
import { addUndoOptions } from './undo-options.ts'
import { WITHOUT_DEFAULTS } from './verbs-without-defaults.ts'

/**
 * Gives a verb its defaults. Where there is no file, that is all it costs to find out.
 *
 * @param args the words behind the verb
 * @throws {@link CommandError} `CONFIG_INVALID`
 * @throws {@link ConfigError} `CONFIG_UNREADABLE`, `CONFIG_MALFORMED`
 */
export async function configure(
  command: Command,
  verb: string,
  args: readonly string[],
  verbs: VerbTable,
): Promise<void> {
  if (WITHOUT_DEFAULTS.has(verb)) return
  addUndoOptions(command, args)
  const files = findConfigFiles()
  if (files.length === 0) return
  const { loadSettings } = await import('./load-settings.ts')
  await loadSettings(command, verb, files, new Set(verbs.keys()))
}
