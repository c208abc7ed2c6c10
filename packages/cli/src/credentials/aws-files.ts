/**
 * AWS's configuration file and credentials file, with the line of each setting, so that it can be said where a key is
 * from and what is misspelt. Whatever signs reads them through AWS's own chain.
 *
 * @see {@link https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html}
 * @module
 */
import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** One line of a profile. */
export interface Setting {
  readonly name: string
  readonly value: string
  /** From 1. */
  readonly line: number
}

/** A section: `profile dev`, `default`, `sso-session corp`. */
export interface Section {
  readonly title: string
  readonly line: number
  readonly settings: readonly Setting[]
}

/** A file as it stands. */
export interface AwsFile {
  readonly path: string
  readonly kind: 'config' | 'credentials'
  /** Nothing where there is no such file. */
  readonly sections: readonly Section[] | undefined
  /** Why it could not be read, though it is there. */
  readonly problem?: string | undefined
}

/** What says where the credentials of a profile are from. */
export const CREDENTIAL_SETTINGS: ReadonlySet<string> = new Set([
  'aws_access_key_id',
  'aws_secret_access_key',
  'aws_session_token',
  'credential_process',
  'role_arn',
  'source_profile',
  'sso_session',
  'sso_start_url',
  'web_identity_token_file',
  'login_session',
])

/** Reads both files, from where the environment says they are. */
export function readAwsFiles(): readonly AwsFile[] {
  const folder = join(process.env['HOME'] ?? homedir(), '.aws')
  return [
    readAwsFile('config', process.env['AWS_CONFIG_FILE'] || join(folder, 'config')),
    readAwsFile('credentials', process.env['AWS_SHARED_CREDENTIALS_FILE'] || join(folder, 'credentials')),
  ]
}

function readAwsFile(kind: AwsFile['kind'], path: string): AwsFile {
  try {
    return { kind, path, sections: parseSections(readFileSync(path, 'utf8')) }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    return { kind, path, sections: undefined, problem: code === 'ENOENT' ? undefined : code }
  }
}

/** Reads the text of a file. Indented lines belong to the setting above them. */
function parseSections(text: string): readonly Section[] {
  const sections: { title: string; line: number; settings: Setting[] }[] = []
  for (const [index, line] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    const title = /^\[\s*(.*?)\s*\]/.exec(line)?.[1]
    const [, name, value = ''] = /^([^\s=#;][^=]*?)\s*=\s*(.*?)\s*$/.exec(line) ?? []
    if (title !== undefined)
      sections.push({ title: title.replace(/\s+/, ' '), line: index + 1, settings: [] })
    else if (name !== undefined) sections.at(-1)?.settings.push({ name, value, line: index + 1 })
  }
  return sections
}

/** The section of a profile in a file. */
export function sectionOf({ kind, sections = [] }: AwsFile, profile: string): Section | undefined {
  return sections.find(({ title }) => profileOf(kind, title) === profile)
}

/** The names of all profiles, each once. */
export function profilesOf(files: readonly AwsFile[]): readonly string[] {
  const names = files.flatMap(({ kind, sections = [] }) =>
    sections.map(({ title }) => profileOf(kind, title)),
  )
  return [...new Set(names.filter((name) => name !== undefined))]
}

/** The profile that a section is of. In the configuration file all but `default` say that they are one. */
function profileOf(kind: AwsFile['kind'], title: string): string | undefined {
  if (kind === 'credentials' || title === 'default') return title
  return /^profile (.+)$/.exec(title)?.[1]?.replace(/^(["'])(.*)\1$/, '$2')
}
