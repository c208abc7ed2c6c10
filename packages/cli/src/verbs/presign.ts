/**
 * `countersign presign`: makes a presigned URL, for whoever is handed it. `presign check` reads one.
 *
 * @module
 */
import type { Command } from 'commander'
import { CountersignError, presignUrl, type PresignedUrl } from 'countersign'
import type { PresignWebSocketOptions } from 'countersign/streaming'
import { resolveCredentials } from '../credentials/resolve.ts'
import { readHeaders } from '../curl/headers.ts'
import { CommandError } from '../frame/command-error.ts'
import { readBytes } from '../frame/files.ts'
import {
  addCredentialOptions,
  addExamples,
  addOutputOptions,
  addScopeOptions,
  atOption,
  collect,
  createVerbCommand,
  type ScopeFlags,
  type SigningFlags,
} from '../frame/options.ts'
import { createOutput, type Output, type OutputFlags } from '../frame/output.ts'
import { formatDuration, formatInstant, parseDuration } from '../frame/times.ts'
import type { GivenRequest } from '../request/given-request.ts'
import { resolveScope, type ResolvedScope } from '../request/scope.ts'
import { tellSteps } from '../request/sections.ts'
import { tellWarnings } from '../request/signing-warnings.ts'

interface Flags extends SigningFlags {
  /** In seconds. */
  readonly expires?: number | undefined
  readonly method: string
  readonly header?: readonly string[] | undefined
}

/** Lifetimes where none is given, in seconds. */
const HOUR = 3600
const FIVE_MINUTES = 300

/** Makes the command. */
export function createCommand(): Command {
  const command = createVerbCommand('presign', 'Makes a presigned URL. Sends nothing.')
    .enablePositionalOptions()
    .usage('[options] <url>\n       countersign presign check [options] <url>')
    .argument('<url>')
    .option(
      '--expires <time>',
      'lifetime: 900, 15m, 12h; up to 7d; by default 1h, of a WebSocket 5m',
      (text) => parseDuration(text, '--expires'),
    )
    .option('-X, --method <name>', 'what the URL is for', 'GET')
    .option('-H, --header <line>', 'a header that is signed and must be sent with the URL', collect)
  addOutputOptions(addCredentialOptions(addScopeOptions(command)))
  addExamples(command, [
    'presign --expires 15m https://my-bucket.s3.eu-west-1.amazonaws.com/report.pdf',
    "presign -X PUT -H 'content-type: image/png' https://my-bucket.s3.eu-west-1.amazonaws.com/a.png",
    "presign 'wss://transcribestreaming.eu-west-1.amazonaws.com:8443/stream-transcription-websocket?…'",
    'presign check "$URL"',
  ])
  addCheck(command)
  return command.action(async (url: string, flags: Flags) => {
    const output = createOutput(flags)
    const credentials = await resolveCredentials(flags, output)
    const scope = await resolveScope(url, flags, credentials, output)
    const { headers } = await readHeaders(flags.header ?? [], readBytes)
    const request = { method: flags.method, url, headers }
    const { older, ...rules } = scope
    const isSocket = /^wss?:/i.test(url)
    const options = {
      credentials,
      date: flags.at,
      expiresIn: flags.expires ?? (isSocket ? FIVE_MINUTES : HOUR),
    }
    const presigned = isSocket
      ? await presignSocket(request, { ...scope, ...options })
      : older
        ? (await import('../request/sign-older.ts')).presignOlder(older, request, options)
        : presignUrl(request, { ...rules, ...options })
    tellWarnings(presigned.warnings, output)
    tellSteps(presigned, credentials.sessionToken, output)
    print(presigned, flags.at ?? new Date(), output)
  })
}

/** Presigns what opens a socket. */
async function presignSocket(
  { method, url, headers }: GivenRequest,
  { older, ...options }: PresignWebSocketOptions & Pick<ResolvedScope, 'older'>,
): Promise<PresignedUrl> {
  if (method !== 'GET' || headers.length > 0 || older !== undefined) {
    throw new CommandError('USAGE', 'A WebSocket opens with a GET without headers, signed with version 4', {
      why: 'browsers send nothing else',
      fix: 'leave out -X, -H and --algorithm',
    })
  }
  const { presignWebSocket } = await import('countersign/streaming')
  try {
    return presignWebSocket(url, options)
  } catch (error) {
    if (!(error instanceof CountersignError) || error.code !== 'EXPIRY_INVALID') throw error
    throw new CommandError('EXPIRY_INVALID', 'This is no lifetime for the URL of this WebSocket', {
      why: error.message.replace('expiresIn', '--expires'),
      fix: 'give --expires from 1s to 5m; the socket may stay open for longer',
    })
  }
}

type Presigned = Pick<PresignedUrl, 'method' | 'url' | 'headers' | 'expiresAt'> &
  Partial<Pick<PresignedUrl, 'scope' | 'signedHeaders'>>

function print(presigned: Presigned, now: Date, output: Output): void {
  const { method, url, headers, expiresAt, scope, signedHeaders } = presigned
  const end = formatInstant(expiresAt)
  if (output.isJson) {
    output.writeJson('presign', { url, method, headers, expiresAt: end, scope, signedHeaders })
    return
  }
  output.write(`${url}\n`)
  const left = formatDuration((expiresAt.getTime() - now.getTime()) / 1000)
  output.note(`${method}, valid until ${end} (${left})`)
  if (headers.length > 0) output.note('send with it:')
  for (const [name, value] of headers) output.note(`  ${name}: ${value}`)
}

function addCheck(command: Command): void {
  const check = command
    .command('check')
    .description('Reads a presigned URL: what it is for, and whether its time is over.')
    .argument('<url>', '- for standard input')
    .helpOption('-h, --help', 'show this')
    .addOption(atOption())
  addOutputOptions(check).action(async (url: string, flags: ScopeFlags & OutputFlags) => {
    const { checkPresignedUrl } = await import('./presign-check.ts')
    await checkPresignedUrl(url, flags)
  })
}
