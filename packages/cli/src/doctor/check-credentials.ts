/**
 * Finds out who signs: which source wins, where each part of the key is from, until when it holds, and whether it can be
 * right.
 *
 * @module
 */
import type { AnyCredentials } from '../credentials/resolved-credentials.ts'
import { resolveCredentials } from '../credentials/resolve.ts'
import { EXIT } from '../frame/exit-codes.ts'
import { describeFailure } from '../frame/failure.ts'
import type { CredentialFlags } from '../frame/options.ts'
import type { Inference, Output } from '../frame/output.ts'
import { formatInstant } from '../frame/times.ts'
import { CREDENTIAL_SETTINGS, sectionOf, type AwsFile } from '../credentials/aws-files.ts'
import { fine, suspect, wrong, type Finding } from './finding.ts'
import { lintKey } from './key-material.ts'

const PARTS = [
  ['AWS_ACCESS_KEY_ID', 'aws_access_key_id'],
  ['AWS_SECRET_ACCESS_KEY', 'aws_secret_access_key'],
  ['AWS_SESSION_TOKEN', 'aws_session_token'],
] as const

/** What is known of who signs. */
export interface CheckedCredentials {
  readonly findings: readonly Finding[]
  /** Not there when there are none. */
  readonly credentials?: AnyCredentials | undefined
}

/** Looks at the credentials that a verb with the same flags would take. */
export async function checkCredentials(
  flags: CredentialFlags,
  files: readonly AwsFile[],
  output: Output,
): Promise<CheckedCredentials> {
  const places = placesOf(flags, files)
  const seen: Inference[] = []
  const warnings: string[] = []
  // What the verbs say on the way becomes findings here.
  const listener: Output = {
    ...output,
    infer: (what, value, from) => seen.push({ what, value, from }),
    warn: (_, message) => warnings.push(message),
  }
  try {
    const credentials = await resolveCredentials(flags, listener)
    const told = warnings.map((message) => suspect('credentials', message, 'unset what is not meant'))
    const found = seen.map(({ value, from }) => fine('credentials', `${value} (from ${from})`))
    const end = credentials.expiration
    const ends = end ? [fine('credentials', `they end at ${formatInstant(end)}`)] : []
    return { credentials, findings: [...found, ...places, ...told, ...ends, ...lintKey(credentials)] }
  } catch (error) {
    const { message, why, fix } = describeFailure(error, 'countersign help credentials')
    const text = why === undefined ? message : `${message}: ${why}`
    return { findings: [...places, wrong('credentials', text, fix, EXIT.credentials)] }
  }
}

/** Where each part of a key stands, and what does not belong together. */
function placesOf(flags: CredentialFlags, files: readonly AwsFile[]): readonly Finding[] {
  if (flags.credentials !== undefined || flags.accessKeyId !== undefined) return []
  const set = PARTS.filter(([variable]) => process.env[variable])
  const profile = flags.profile ?? process.env['AWS_PROFILE']
  return [
    ...set.map(([variable]) => fine('source', `${variable} is set in the environment`)),
    ...checkHalves(set.map(([variable]) => variable)),
    ...files.flatMap((file) => placesIn(file, profile || 'default')),
  ]
}

function checkHalves(set: readonly string[]): readonly Finding[] {
  const has = (name: string): boolean => set.includes(name)
  if (has('AWS_ACCESS_KEY_ID') !== has('AWS_SECRET_ACCESS_KEY')) {
    const missing = has('AWS_ACCESS_KEY_ID') ? 'AWS_SECRET_ACCESS_KEY' : 'AWS_ACCESS_KEY_ID'
    return [
      suspect(
        'source',
        `${missing} is not set, so that the other half is passed over`,
        `set ${missing}, or neither`,
      ),
    ]
  }
  if (!has('AWS_SESSION_TOKEN') || has('AWS_ACCESS_KEY_ID')) return []
  const message = 'AWS_SESSION_TOKEN is set, and no key that it could belong to'
  return [suspect('source', message, 'unset AWS_SESSION_TOKEN: it is left over')]
}

function placesIn(file: AwsFile, profile: string): readonly Finding[] {
  const settings = sectionOf(file, profile)?.settings ?? []
  const telling = settings.filter(({ name }) => CREDENTIAL_SETTINGS.has(name.toLowerCase()))
  return [
    ...telling.map(({ name, line }) =>
      fine('source', `${name} of profile ${profile} is in ${file.path}:${line}`),
    ),
    ...checkPair(
      file.path,
      telling.map(({ name }) => name.toLowerCase()),
    ),
  ]
}

function checkPair(path: string, names: readonly string[]): readonly Finding[] {
  const [id, secret] = [names.includes('aws_access_key_id'), names.includes('aws_secret_access_key')]
  if (id === secret) return []
  const message = `${path} has half of a key: ${id ? 'aws_secret_access_key' : 'aws_access_key_id'} is not beside the other`
  return [suspect('source', message, 'keep both halves in the same section of one file')]
}
