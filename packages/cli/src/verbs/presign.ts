/**
 * `countersign presign`: makes a presigned URL, for whoever is handed it. `presign check` reads one.
 *
 * @module
 */
import type { Command } from 'commander'
import { resolveCredentials } from '../credentials/resolve.ts'
import { readHeaders } from '../curl/headers.ts'
import { CommandError } from '../frame/command-error.ts'
import { readBytes } from '../frame/files.ts'
import {
  addCredentialOptions,
  addExamples,
  addOutputOptions,
  addPinOptions,
  addScopeOptions,
  atOption,
  collect,
  createVerbCommand,
  type ScopeFlags,
  type SigningFlags,
} from '../frame/options.ts'
import { createOutput, type Output, type OutputFlags } from '../frame/output.ts'
import { formatInstant, formatLifetime, parseDuration } from '../frame/times.ts'
import type { ListOptions } from '../presign/presign-list.ts'
import { presignGiven, type Presigned } from '../presign/presign-given.ts'
import { resolveScope } from '../request/scope.ts'
import { tellSteps } from '../request/sections.ts'
import { tellWarnings } from '../request/signing-warnings.ts'

interface Flags extends SigningFlags {
  /** In seconds. */
  readonly expires?: number | undefined
  readonly method: string
  readonly header?: readonly string[] | undefined
  /** A list. */
  readonly from?: string | undefined
  readonly keepGoing?: boolean | undefined
}

/** Makes the command. */
export function createCommand(): Command {
  const command = createVerbCommand('presign', 'Makes a presigned URL. Sends nothing.')
    .enablePositionalOptions()
    .usage(USAGE)
    .argument('[url]')
    .option(
      '--expires <time>',
      'lifetime: 900, 15m, 12h; up to 7d; by default 1h, of a WebSocket 5m',
      (text) => parseDuration(text, '--expires'),
    )
    .option('-X, --method <name>', 'what the URL is for', 'GET')
    .option('-H, --header <line>', 'a header that is signed and must be sent with the URL', collect)
    .option('--from <file>', 'a list: URLs, keys or JSON, one in each line; - for standard input')
    .option('--keep-going', 'pass over lines of the list that cannot be presigned')
  addOutputOptions(addCredentialOptions(addPinOptions(addScopeOptions(command))))
  addExamples(command, [
    'presign --expires 15m https://my-bucket.s3.eu-west-1.amazonaws.com/report.pdf',
    "presign -X PUT -H 'content-type: image/png' https://my-bucket.s3.eu-west-1.amazonaws.com/a.png",
    "presign 'wss://transcribestreaming.eu-west-1.amazonaws.com:8443/stream-transcription-websocket?…'",
    'presign --from keys.txt https://my-bucket.s3.eu-west-1.amazonaws.com/ > urls.txt',
    'presign check "$URL"',
  ])
  addCheck(command)
  return command.action(async (url: string | undefined, flags: Flags) => {
    if (flags.from !== undefined) return presignAll(flags.from, url, flags)
    if (url === undefined) throw new CommandError('USAGE', 'There is no URL', { why: WHY_NO_URL, fix: FIX })
    if (flags.keepGoing)
      throw new CommandError('USAGE', '--keep-going needs --from', {
        why: 'it is about the lines of a list',
        fix: FIX,
      })
    return presignOne(url, flags)
  })
}

const USAGE = `[options] <url>
       countersign presign --from <file> [options] [url]
       countersign presign check [options] <url>`

const WHY_NO_URL = 'what is presigned is a URL, or a list of them'
const FIX = 'countersign help presign'

async function presignOne(url: string, flags: Flags): Promise<void> {
  const output = createOutput(flags)
  const credentials = await resolveCredentials(flags, output)
  const scope = await resolveScope(url, flags, credentials, output)
  const { headers } = await readHeaders(flags.header ?? [], readBytes)
  const { method, at: date, expires } = flags
  const presigned = await presignGiven({ method, url, headers }, scope, { credentials, date, expires })
  tellWarnings(presigned.warnings, output)
  tellSteps(presigned, credentials.sessionToken, output)
  print(presigned, date ?? new Date(), output)
}

async function presignAll(from: string, base: string | undefined, flags: Flags): Promise<void> {
  const [{ presignList }, { assertBase }] = await Promise.all([
    import('../presign/presign-list.ts'),
    import('../presign/list-entry.ts'),
  ])
  assertBase(base)
  const output = createOutput(flags)
  const credentials = await resolveCredentials(flags, output)
  const { headers } = await readHeaders(flags.header ?? [], readBytes)
  const { method, at: date, expires, keepGoing: isKeptGoing = false } = flags
  // One host tells how it is; the others are only told of with -v.
  const quiet: Output = { ...output, infer: () => {} }
  const scopeOf: ListOptions['scopeOf'] = (url, isFirst) =>
    resolveScope(url, flags, credentials, isFirst || output.verbosity > 0 ? output : quiet)
  const rest = { from, base, method, headers, isKeptGoing, scopeOf }
  await presignList({ ...rest, credentials, date, expires }, output)
}

function print(presigned: Presigned, now: Date, output: Output): void {
  const { method, url, headers, expiresAt, scope, signedHeaders } = presigned
  const end = formatInstant(expiresAt)
  if (output.isJson) {
    output.writeJson('presign', { url, method, headers, expiresAt: end, scope, signedHeaders })
    return
  }
  output.write(`${url}\n`)
  const left = formatLifetime(expiresAt, now)
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
