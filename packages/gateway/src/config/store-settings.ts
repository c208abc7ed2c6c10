/**
 * Where the keys are: the same place for the gateway that reads them and for the command that changes them.
 *
 * @module
 */
import { homedir } from 'node:os'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import type { StoreSettings } from './settings.ts'
import type { Environment } from './settings-names.ts'

/**
 * Resolves the store: what is given goes before `COUNTERSIGN_STORE` and `COUNTERSIGN_MASTER_KEY_FILE`, and these before
 * `keys.db` in `$XDG_DATA_HOME/countersign`, `~/.local/share/countersign` or, on Windows, `%LOCALAPPDATA%\countersign`,
 * with `master.key` beside it.
 *
 * @param platform as in `process.platform`
 */
export function resolveStore(
  given: { readonly [Name in keyof StoreSettings]?: string | undefined },
  environment: Environment,
  platform: string = process.platform,
): StoreSettings {
  const file = resolve(
    given.file || environment['COUNTERSIGN_STORE'] || join(dataFolder(environment, platform), 'keys.db'),
  )
  const masterKeyFile =
    given.masterKeyFile || environment['COUNTERSIGN_MASTER_KEY_FILE'] || join(dirname(file), 'master.key')
  return { file, masterKeyFile: resolve(masterKeyFile) }
}

function dataFolder(environment: Environment, platform: string): string {
  const home = environment['HOME'] || homedir()
  const [given, usual] =
    platform === 'win32'
      ? [environment['LOCALAPPDATA'], join(home, 'AppData', 'Local')]
      : [environment['XDG_DATA_HOME'], join(home, '.local', 'share')]
  // The XDG specification: a relative path is to be ignored.
  return join(given && isAbsolute(given) ? given : usual, 'countersign')
}
