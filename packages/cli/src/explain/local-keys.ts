/**
 * Keys of this computer that a request may have been signed with: those of the flags, of a pasted line, of the
 * environment, and the ones that stand in AWS's files as they are. They are compared here, and sent nowhere.
 *
 * @module
 */
import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Credentials } from 'countersign'
import type { Evidence, Reading } from 'countersign/explain'
import { readEnvironment } from '../credentials/environment.ts'
import { resolveCredentials } from '../credentials/resolve.ts'
import type { AnyCredentials } from '../credentials/resolved-credentials.ts'
import type { CredentialFlags } from '../frame/options.ts'
import type { Output } from '../frame/output.ts'
import { shortId } from '../frame/redact.ts'

/** The key to compare with, and others that may have been taken for it. */
export interface LocalKeys {
  readonly credentials: AnyCredentials | undefined
  readonly candidates: readonly Credentials[]
}

/** Finds them. A key that is not asked for is taken only if it is the one that the request names. */
export async function findLocalKeys(
  flags: CredentialFlags,
  readings: readonly Reading[],
  { request }: Evidence,
  output: Output,
): Promise<LocalKeys> {
  const candidates = readProfiles()
  const environment = readEnvironment()
  const all = [...(environment ? [environment] : []), ...candidates]
  if (isAsked(flags)) return { credentials: await resolveCredentials(flags, output), candidates: all }
  const pasted = readings.find((reading) => reading.credentials !== undefined)?.credentials
  if (pasted) return { credentials: pasted, candidates: all }
  const named = JSON.stringify([request.target, request.headers])
  const credentials = all.find(({ accessKeyId }) => named.includes(accessKeyId))
  if (credentials) {
    const from = credentials === environment ? 'environment' : "AWS's files"
    output.infer(
      'credentials',
      `key ${shortId(credentials.accessKeyId)}`,
      `${from}, compared here and sent nowhere`,
    )
  }
  return { credentials, candidates: all }
}

function isAsked({ profile, credentials, accessKeyId }: CredentialFlags): boolean {
  return profile !== undefined || credentials !== undefined || accessKeyId !== undefined
}

/** Keys that stand in the files as they are; those that have to be asked for are left alone. */
function readProfiles(): Credentials[] {
  const folder = join(process.env['HOME'] ?? homedir(), '.aws')
  const files = [
    process.env['AWS_SHARED_CREDENTIALS_FILE'] || join(folder, 'credentials'),
    process.env['AWS_CONFIG_FILE'] || join(folder, 'config'),
  ]
  return files.flatMap((file) => {
    try {
      return parseProfiles(readFileSync(file, 'utf8'))
    } catch {
      return []
    }
  })
}

/** Reads the keys of AWS's INI files. */
function parseProfiles(text: string): Credentials[] {
  const sections = text.split(/^\s*\[[^\]\n]*\].*$/m).slice(1)
  return sections.flatMap((section) => {
    const value = (name: string): string | undefined =>
      new RegExp(String.raw`^\s*${name}\s*=[ \t]*(.*?)\r?$`, 'im').exec(section)?.[1]
    const [accessKeyId, secretAccessKey, sessionToken] = [
      value('aws_access_key_id')?.trim(),
      value('aws_secret_access_key'),
      value('aws_session_token')?.trim(),
    ]
    if (!accessKeyId || !secretAccessKey) return []
    return [{ accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) }]
  })
}
