/**
 * Access keys as text: a table for people, objects for JSON, lines that a shell can take in.
 *
 * @module
 */
import type { AccessKey } from '@countersign/gateway/keys'
import { formatInstant, parseDuration, parseInstant } from '../frame/times.ts'

const HEADLINE: readonly string[] = ['ACCESS KEY ID', 'PRINCIPAL', 'STATUS', 'CREATED', 'EXPIRES', 'SECRETS']

/** A table with a row for each key. */
export function formatTable(keys: readonly AccessKey[]): string {
  const rows = [HEADLINE, ...keys.map(rowOf)]
  const widths = HEADLINE.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  return `${lines.join('\n')}\n`
}

function rowOf({ accessKeyId, principal, status, createdAt, expiresAt, secrets }: AccessKey): string[] {
  const versions = secrets.map(({ version, notAfter }) =>
    notAfter === undefined ? `v${version}` : `v${version} until ${formatInstant(notAfter)}`,
  )
  const end = expiresAt === undefined ? 'never' : formatInstant(expiresAt)
  return [accessKeyId, principal, status, formatInstant(createdAt), end, versions.join(', ')]
}

/** A key for JSON; it has no secret in it. */
export function toJson({ secrets, createdAt, expiresAt, ...key }: AccessKey): object {
  return {
    ...key,
    createdAt: formatInstant(createdAt),
    expiresAt: expiresAt && formatInstant(expiresAt),
    secrets: secrets.map(({ version, createdAt: made, notAfter }) => ({
      version,
      createdAt: formatInstant(made),
      notAfter: notAfter && formatInstant(notAfter),
    })),
  }
}

/** Lines for `eval` and for files of variables. */
export function formatNewKey(accessKeyId: string, secretAccessKey: string): string {
  return `AWS_ACCESS_KEY_ID=${quote(accessKeyId)}\nAWS_SECRET_ACCESS_KEY=${quote(secretAccessKey)}\n`
}

function quote(value: string): string {
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", String.raw`'\''`)}'`
}

/**
 * Reads when a key ends: a duration from now, an instant, or `never`.
 *
 * @throws {@link CommandError} `USAGE`
 */
export function parseEnd(text: string, now: Date): Date | undefined {
  if (text === 'never') return undefined
  if (/^\d+[smhdw]$/.test(text)) return new Date(now.getTime() + parseDuration(text, '--expires') * 1000)
  return parseInstant(text, '--expires')
}
