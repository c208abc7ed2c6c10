/**
 * Credentials for what runs long: found as for one run, and found anew when they end or their files change.
 *
 * @module
 */
import { watchFile, type Stats } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { CredentialsProvider } from 'countersign'
import { CommandError } from '../frame/command-error.ts'
import type { Output } from '../frame/output.ts'
import { resolveCredentials } from './resolve.ts'

/** Milliseconds between two looks at a file. */
const INTERVAL = 2000

/** Makes what gives the credentials of a profile, or of the environment and AWS's own chain. */
export function createProvider(output: Output): (profile: string | undefined) => CredentialsProvider {
  return (profile) => async () => resolveCredentials({ profile, input: false }, output).catch(tellAll)
}

/** Logs and `/readyz` have one line for it. */
function tellAll(error: unknown): never {
  if (!(error instanceof CommandError) || error.why === undefined) throw error
  throw new Error(`${error.message}: ${error.why}`)
}

/** Tells when AWS's files change, for as long as the process runs. */
export function watchProfiles(onChange: () => void): void {
  const folder = join(process.env['HOME'] ?? homedir(), '.aws')
  const files = [
    process.env['AWS_SHARED_CREDENTIALS_FILE'] || join(folder, 'credentials'),
    process.env['AWS_CONFIG_FILE'] || join(folder, 'config'),
  ]
  // It is called for files that are not there, too.
  const compare = (now: Stats, before: Stats): void => {
    if (now.mtimeMs !== before.mtimeMs || now.size !== before.size) onChange()
  }
  for (const file of files) watchFile(file, { interval: INTERVAL, persistent: false }, compare)
}
