/**
 * Credentials as JSON: a file, standard input, or what a command prints. The shape is that of `credential_process` and
 * `aws configure export-credentials`, or the AWS SDK's own in camelCase.
 *
 * @see {@link https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html}
 * @module
 */
import type { Credentials } from 'countersign'
import { CommandError } from '../frame/command-error.ts'
import { EXIT } from '../frame/exit-codes.ts'
import { readBytes } from '../frame/files.ts'
import type { ResolvedCredentials } from './resolved-credentials.ts'

const PROCESS = 'process:'

/**
 * Reads credentials.
 *
 * @param source a path, `-`, or `process:` and a command for the shell
 * @throws {@link CommandError} `CREDENTIALS_UNUSABLE`, `FILE_UNREADABLE`
 */
export async function readDocument(source: string): Promise<ResolvedCredentials> {
  if (source.startsWith(PROCESS)) {
    const text = await runCommand(source.slice(PROCESS.length))
    return { credentials: parseDocument(text, 'the command'), source: 'process' }
  }
  const bytes = await readBytes(source, '--credentials')
  const name = source === '-' ? 'standard input' : `file ${source}`
  return { credentials: parseDocument(Buffer.from(bytes).toString('utf8'), name), source: name }
}

async function runCommand(command: string): Promise<string> {
  const { spawn } = await import('node:child_process')
  // Its questions and complaints are for the person at the terminal.
  const child = spawn(command, { shell: true, stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
  const status = await ended
  if (status === 0) return text
  throw unusable(`The command for the credentials ended with ${status ?? 'a signal'}`)
}

/**
 * Reads the text of a document.
 *
 * @param name where it is from, for messages; no part of the text gets into them
 * @throws {@link CommandError} `CREDENTIALS_UNUSABLE`
 */
function parseDocument(text: string, name: string): Credentials {
  const fields = parseObject(text, name)
  const field = (part: string): string | undefined => {
    const value = fields[part] ?? fields[part.charAt(0).toLowerCase() + part.slice(1)]
    return typeof value === 'string' && value !== '' ? value : undefined
  }
  const accessKeyId = field('AccessKeyId')
  const secretAccessKey = field('SecretAccessKey')
  const sessionToken = field('SessionToken')
  const expiration = field('Expiration')
  if (accessKeyId === undefined || secretAccessKey === undefined) {
    throw unusable(`${name} has no ${accessKeyId === undefined ? 'AccessKeyId' : 'SecretAccessKey'}`)
  }
  const end = new Date(expiration ?? NaN)
  if (expiration !== undefined && Number.isNaN(end.getTime()))
    throw unusable(`Expiration of ${name} is no time`)
  return {
    accessKeyId,
    secretAccessKey,
    ...(sessionToken === undefined ? {} : { sessionToken }),
    ...(expiration === undefined ? {} : { expiration: end }),
  }
}

function parseObject(text: string, name: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // The parser's own message quotes the text.
    throw unusable(`${name} is not JSON`)
  }
  if (typeof value === 'object' && value !== null) return value as Record<string, unknown>
  throw unusable(`${name} is no JSON object`)
}

function unusable(message: string): CommandError {
  return new CommandError(
    'CREDENTIALS_UNUSABLE',
    message.replace(/^\w/, (letter) => letter.toUpperCase()),
    {
      exitCode: EXIT.credentials,
      why: 'it must be {"AccessKeyId": …, "SecretAccessKey": …, "SessionToken": …, "Expiration": …}',
      fix: 'countersign help credentials',
    },
  )
}
