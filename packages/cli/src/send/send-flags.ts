/**
 * The flags of `send`: curl's letters, those that all verbs share, and a few of its own.
 *
 * @module
 */
import { InvalidArgumentError, Option, type Command } from 'commander'
import type { DataPart } from '../curl/data.ts'
import {
  addCredentialOptions,
  addOutputOptions,
  addPinOptions,
  addScopeOptions,
  collect,
  type AlgorithmName,
  type SigningFlags,
} from '../frame/options.ts'
import { addRequestOptions, type RequestFlags } from '../request/request-options.ts'
import { parseFormField, type FormField } from './multipart.ts'
import { CHECKSUMS, type ChecksumName } from './chunk-plan.ts'
import type { RouteFlags } from './route.ts'
import type { TlsFlags } from './tls-settings.ts'

/** What the command line says. */
export interface SendFlags extends Omit<SigningFlags, 'algorithm'>, RequestFlags, RouteFlags, TlsFlags {
  readonly algorithm?: AlgorithmName | 's3express' | undefined
  /** Where a bearer token stands: a file, `-`, or `env:` and a name. */
  readonly bearer?: string | undefined
  readonly form?: readonly FormField[] | undefined
  /** Whether an upload is signed chunk by chunk. */
  readonly chunked?: boolean | undefined
  /** Name of a checksum. */
  readonly trailer?: ChecksumName | undefined
  readonly head?: boolean | undefined
  readonly include?: boolean | undefined
  readonly silent?: boolean | undefined
  readonly showError?: boolean | undefined
  readonly location?: boolean | undefined
  readonly locationTrusted?: boolean | undefined
  readonly maxRedirs: number
  readonly output?: string | undefined
  readonly remoteName?: boolean | undefined
  readonly writeOut?: string | undefined
  readonly fail?: boolean | undefined
  readonly failWithBody?: boolean | undefined
  readonly checkStatus: boolean
  readonly retry: number
  /** In seconds, for each attempt. */
  readonly maxTime?: number | undefined
  /** In seconds. */
  readonly connectTimeout: number
  readonly awsSigv4?: string | undefined
  /** `id:secret` */
  readonly user?: string | undefined
  readonly signHost?: string | undefined
  /** `auto`, or how far the server's clock is ahead, in seconds. */
  readonly clockOffset?: number | 'auto' | undefined
  readonly dryRun?: boolean | undefined
  readonly dryRunCanonical?: boolean | undefined
  readonly printCurl?: boolean | undefined
  readonly progress: boolean
  /** Whether a refusal is kept. */
  readonly record: boolean
}

/**
 * Declares all flags.
 *
 * @returns the pieces of the data, filled in while the command line is read: their order counts
 */
export function addSendOptions(command: Command): DataPart[] {
  const parts = addRequestOptions(command)
  command
    .option(
      '--json-data <data>',
      'what --json {.. [.. ".. or @.. is read as: curl\'s --json',
      (text: string) => {
        parts.push({ kind: 'json', text })
        return text
      },
    )
    .option('-F, --form <field>', 'name=value, name=@file;type=..;filename=.., name=<file', collectFields)
    .option('-I, --head', 'HEAD, and print the head of the answer')
    .option('--chunked', 'sign the upload chunk by chunk, while it is sent')
    .option('--trailer <checksum>', `send it behind the chunks: ${CHECKSUMS.join(', ')}`, checksumOf)
  addAnswerOptions(command)
  addConnectionOptions(command)
  addSigningOptions(command)
  addOutputOptions(command)
  const verbose = command.options.find(({ long }) => long === '--verbose')
  if (verbose) verbose.description = 'the way that it takes; -vv: what was signed, too; -vvv: bytes'
  return parts
}

function addAnswerOptions(command: Command): void {
  command
    .option('-i, --include', 'print the heads of answers too')
    .option('-o, --output <file>', 'write the body there; - is standard output')
    .option('-O, --remote-name', "write it to a file with the URL's last name")
    .option('-w, --write-out <format>', 'print this when done, such as %{http_code}')
    .option('-s, --silent', 'no progress, no errors')
    .option('-S, --show-error', 'errors in spite of -s')
    .option('-f, --fail', 'no body when the status is an error')
    .option('--fail-with-body', 'the body, and an exit code, when the status is an error')
    .option('--no-check-status', 'exit with 0 whatever the status, as curl does')
    .option('--no-progress', 'no progress at the terminal')
    .option('--no-record', 'keep no refusal for countersign explain last')
}

function addConnectionOptions(command: Command): void {
  command
    .option('-L, --location', 'follow redirects within the host, signed again')
    .option('--location-trusted', 'follow them to any host, with the token')
    .option('--max-redirs <count>', 'how many', countOf, 10)
    .option('--retry <count>', 'send again after network errors, 408, 429 and 5xx', countOf, 0)
    .option('-m, --max-time <seconds>', 'for each attempt', secondsOf)
    .option('--connect-timeout <seconds>', 'for each connection', secondsOf, 300)
    .option('-x, --proxy <url>', 'the proxy; "" for none')
    .option('-k, --insecure', 'trust any server')
    .option('--cacert <file>', 'trust these authorities')
    .option('-E, --cert <file>', 'certificate of the client, perhaps :password')
    .option('--key <file>', 'its key')
    .option('--resolve <entry>', 'HOST:PORT:ADDRESS', collect)
    .option('--connect <place>', 'HOST:PORT to reach in the place of the one that is signed')
}

function addSigningOptions(command: Command): void {
  addPinOptions(addScopeOptions(command, ['v3', 's3express']))
  addCredentialOptions(command)
    .option('--aws-sigv4 <scope>', "curl's aws:amz[:REGION[:SERVICE]]")
    .option('-u, --user <pair>', "curl's ID:SECRET; others see it: better --secret-stdin")
    .option('--bearer <source>', 'a token in the place of a signature: a file, - or env:NAME')
    .option('--clock-offset <seconds>', 'how far the server is ahead; auto asks it', offsetOf)
    .option('--sign-host <host>', 'the Host to sign and to send')
    .option('--dry-run', 'print the request and send nothing; =canonical adds the steps')
    .addOption(new Option('--dry-run-canonical').hideHelp())
    .option('--print-curl', 'print a curl line that sends the same')
}

function collectFields(text: string, previous: readonly FormField[] = []): readonly FormField[] {
  return [...previous, parseFormField(text)]
}

function checksumOf(text: string): ChecksumName {
  const name = CHECKSUMS.find((known) => known === text)
  if (name !== undefined) return name
  throw new InvalidArgumentError(`It must be one of ${CHECKSUMS.join(', ')}.`)
}

function countOf(text: string): number {
  if (/^\d{1,4}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It must be a number from 0 to 9999.')
}

function offsetOf(text: string): number | 'auto' {
  if (text === 'auto') return text
  if (/^[+-]?\d{1,7}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It must be auto, or a number of seconds such as 90 or -412.')
}

function secondsOf(text: string): number {
  const seconds = Number(text)
  if (/^\d{0,7}(?:\.\d{1,3})?$/.test(text) && seconds > 0) return seconds
  throw new InvalidArgumentError('It must be a number of seconds, such as 30 or 0.5.')
}
