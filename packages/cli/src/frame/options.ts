/**
 * Options that several verbs have, declared once.
 *
 * @module
 */
import { Command, InvalidArgumentError, Option } from 'commander'
import { parseInstant } from './times.ts'
import type { OutputFlags } from './output.ts'

/** Where the credentials come from. */
export interface CredentialFlags {
  readonly profile?: string | undefined
  /** A file, `-`, or `process:` and a command. */
  readonly credentials?: string | undefined
  readonly accessKeyId?: string | undefined
  readonly secretStdin?: boolean | undefined
  /** A file with an exported signing key. */
  readonly signingKey?: string | undefined
  readonly trimSecret?: boolean | undefined
  /** Six digits of a device. */
  readonly mfaCode?: string | undefined
  /** Whether questions may be asked. */
  readonly input?: boolean | undefined
}

/** What came before version 4: SigV2 of the query APIs, that of S3, and SigV3. */
export type OlderName = 'v2' | 's3v2' | 'v3'

/** The algorithms that sign requests, as flags name them. */
export type AlgorithmName = 'v4' | 'v4a' | OlderName

/** What is signed for, how, and when. */
export interface ScopeFlags {
  readonly service?: string | undefined
  readonly region?: string | undefined
  /** Regions with commas between them, or `*`. */
  readonly regionSet?: string | undefined
  readonly algorithm?: AlgorithmName | undefined
  /** The clock. */
  readonly at?: Date | undefined
  /** Of a file of the configuration: where neither flag nor host tells it. */
  readonly configuredService?: Configured | undefined
  /** Likewise, and where the environment does not. */
  readonly configuredRegion?: Configured | undefined
  /** A lock file with what was inferred before. */
  readonly pin?: string | undefined
  /** Whether it is written anew. */
  readonly updatePin?: boolean | undefined
}

/** A value of a file, and the place where it stands there. */
export interface Configured {
  readonly value: string
  readonly from: string
}

/** The flags of a verb that signs. */
export interface SigningFlags extends CredentialFlags, ScopeFlags, OutputFlags {}

/** Makes the command of a verb: what it writes about wrong flags is left to the frame. */
export function createVerbCommand(name: string, description: string): Command {
  return new Command(`countersign ${name}`)
    .description(description)
    .helpOption('-h, --help', 'show this')
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeErr: () => {},
      getOutHelpWidth: () => Math.min(process.stdout.columns || 100, 100),
    })
}

/** Adds examples below a verb's help: command lines without `countersign` in front. */
export function addExamples(command: Command, examples: readonly string[]): Command {
  const lines = examples.map((example) => `\n  countersign ${example}`)
  return command.addHelpText('after', `\nExamples:${lines.join('')}`)
}

/**
 * `--service`, `--region`, `--region-set`, `--algorithm`, `--at`.
 *
 * @param more algorithms that this verb alone has
 */
export function addScopeOptions(command: Command, more: readonly string[] = []): Command {
  return command
    .option('--service <name>', 'signing name, such as s3; by default read off the host')
    .option('--region <name>', 'by default read off the host, then the environment')
    .option('--region-set <list>', 'the regions of a signature of SigV4A: us-east-1,eu-*, or *')
    .addOption(
      new Option('--algorithm <name>', 'v4 unless the host needs another').choices([
        'v4',
        'v4a',
        'v2',
        's3v2',
        ...more,
      ]),
    )
    .addOption(atOption())
}

/** `--pin`, `--update-pin`. */
export function addPinOptions(command: Command): Command {
  return command
    .option('--pin <file>', 'infer what this lock file has; it is written where it has nothing yet')
    .option('--update-pin', 'write it anew')
}

/** `--at`, which fixes the clock. */
export function atOption(): Option {
  return new Option('--at <time>', 'the clock: 20150830T123600Z or ISO 8601').argParser((text) =>
    parseInstant(text, '--at'),
  )
}

/** `--profile`, `--credentials`, `--access-key-id` with `--secret-stdin` or `--signing-key`, and what belongs to them. */
export function addCredentialOptions(command: Command): Command {
  return command
    .option('--profile <name>', "a profile of AWS's files")
    .option('--credentials <source>', 'JSON: a file, - (standard input) or process:COMMAND')
    .option('--access-key-id <id>', 'with --secret-stdin or --signing-key')
    .option('--secret-stdin', 'read the secret access key from standard input')
    .option('--signing-key <file>', 'a derived key in the place of the secret')
    .option('--trim-secret', 'cut blanks and line ends off the secret')
    .option('--mfa-code <code>', 'of the device that a profile names in mfa_serial')
    .addOption(noInputOption())
}

/** `--no-input`. */
export function noInputOption(): Option {
  return new Option('--no-input', 'ask nothing at the terminal, as with CI=true')
}

/** `--json`, `-v`, `--color`. */
export function addOutputOptions(command: Command): Command {
  return command.option('--json', 'print one JSON object').addOption(verboseOption()).addOption(colorOption())
}

/** `-v`, which may be repeated. */
function verboseOption(): Option {
  return new Option('-v, --verbose', 'say how things were found out; -vv: what was signed, too')
    .default(0, 'off')
    .argParser<number>((_, previous) => previous + 1)
}

/** `--color`. */
function colorOption(): Option {
  return new Option('--color <when>', 'colour').choices(['auto', 'always', 'never'])
}

/** Collects the values of an option that may be repeated. */
export function collect(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, value]
}

/** Reads `minimal`, `sdk`, `all` or a list of names. */
export function parseSignHeaders(text: string): 'minimal' | 'sdk' | 'all' | readonly string[] {
  if (text === 'minimal' || text === 'sdk' || text === 'all') return text
  const names = text.split(',').map((name) => name.trim())
  if (names.every((name) => /^[\w!#$%&'*+.^`|~-]+$/.test(name))) return names
  throw new InvalidArgumentError('It must be minimal, sdk, all or names with commas between them.')
}
