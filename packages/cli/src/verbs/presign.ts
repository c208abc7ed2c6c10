/**
 * `countersign presign`: makes a presigned URL, for whoever is handed it. `presign check` reads one.
 *
 * @module
 */
import type { Command } from 'commander'
import { presignUrl, type PresignedUrl } from 'countersign'
import { resolveCredentials } from '../credentials/resolve.ts'
import { readHeaders } from '../curl/headers.ts'
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
import { resolveScope } from '../request/scope.ts'
import { tellSteps } from '../request/sections.ts'
import { tellWarnings } from '../request/signing-warnings.ts'

interface Flags extends SigningFlags {
  readonly expires: number
  readonly method: string
  readonly header?: readonly string[] | undefined
}

/** Makes the command. */
export function createCommand(): Command {
  const command = createVerbCommand('presign', 'Makes a presigned URL. Sends nothing.')
    .enablePositionalOptions()
    .usage('[options] <url>\n       countersign presign check [options] <url>')
    .argument('<url>')
    .option(
      '--expires <time>',
      'lifetime: 900, 15m, 12h; up to 7d',
      (text) => parseDuration(text, '--expires'),
      3600,
    )
    .option('-X, --method <name>', 'what the URL is for', 'GET')
    .option('-H, --header <line>', 'a header that is signed and must be sent with the URL', collect)
  addOutputOptions(addCredentialOptions(addScopeOptions(command)))
  addExamples(command, [
    'presign --expires 15m https://my-bucket.s3.eu-west-1.amazonaws.com/report.pdf',
    "presign -X PUT -H 'content-type: image/png' https://my-bucket.s3.eu-west-1.amazonaws.com/a.png",
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
    const options = { credentials, date: flags.at, expiresIn: flags.expires }
    const presigned = older
      ? (await import('../request/sign-older.ts')).presignOlder(older, request, options)
      : presignUrl(request, { ...rules, ...options })
    tellWarnings(presigned.warnings, output)
    tellSteps(presigned, credentials.sessionToken, output)
    print(presigned, flags.at ?? new Date(), output)
  })
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
