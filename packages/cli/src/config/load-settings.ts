/**
 * Reads the files that are there and gives a command what they say; with the parser of YAML, so it is loaded on use.
 *
 * @module
 */
import type { Command } from 'commander'
import { applySettings } from './apply-settings.ts'
import type { ConfigFile } from './config-files.ts'
import { readSettings } from './read-settings.ts'

/**
 * Reads and applies.
 *
 * @param verbs the names of all verbs
 * @throws {@link CommandError} `CONFIG_INVALID`
 * @throws {@link ConfigError} `CONFIG_UNREADABLE`, `CONFIG_MALFORMED`
 */
export async function loadSettings(
  command: Command,
  verb: string,
  files: readonly ConfigFile[],
  verbs: ReadonlySet<string>,
): Promise<void> {
  const settings = await Promise.all(files.map((file) => readSettings(file, verbs)))
  await applySettings(command, verb, settings)
}
