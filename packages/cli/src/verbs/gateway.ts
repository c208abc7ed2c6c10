/**
 * The verb `gateway`: runs the verifying gateway until it is told to stop.
 *
 * @module
 */
import type { Address, GatewaySettings, Serving } from '@countersign/gateway'
import { Option, type Command } from 'commander'
import { EXIT } from '../frame/exit-codes.ts'
import { createVerbCommand } from '../frame/options.ts'
import { createOutput, type Output } from '../frame/output.ts'

interface GatewayFlags extends Readonly<Record<string, string | boolean | undefined>> {
  readonly config?: string
  readonly explainConfig?: boolean
  readonly json?: boolean
}

/** Flags that stand for a setting, with the path of that setting in the file. */
const SETTINGS: readonly (readonly [path: string, option: Option])[] = [
  ['upstream', new Option('--upstream <url>', 'where verified requests go')],
  ['service', new Option('--service <names>', 'signing names that are served, such as execute-api,s3')],
  ['region', new Option('--region <names>', 'regions that are served, or * for all')],
  ['listen', new Option('--listen <address>', 'where clients connect; 127.0.0.1:8080')],
  ['health', new Option('--health <address>', '/livez and /readyz, or off; 127.0.0.1:8081')],
  ['store.file', new Option('--store <file>', 'the keys, in SQLite')],
  [
    'store.masterKeyFile',
    new Option('--master-key-file <file>', 'what seals them, unless COUNTERSIGN_MASTER_KEY is set'),
  ],
  [
    'unsignedPayload',
    new Option('--unsigned-payload <mode>', 'allowed, https-only or refused; by default for S3 alone'),
  ],
  ['log.level', new Option('--log-level <level>', 'debug, info, warn, error or silent')],
]

const NOTES = `
The log is on standard output, one JSON object a line. SIGTERM and Ctrl-C let requests under way end.

Examples:
  countersign keys create --principal ada
  countersign gateway --upstream http://127.0.0.1:3000 --service execute-api,s3 --region eu-central-1
  countersign gateway --config gateway.yaml --explain-config`

/** Makes the command. */
export function createCommand(): Command {
  const command = createVerbCommand(
    'gateway',
    'A reverse proxy that lets in only requests with a good signature.',
  )
  for (const [, option] of SETTINGS) command.addOption(option)
  return command
    .option('--config <file>', 'settings in YAML; flags and environment go before it')
    .option('--explain-config', 'print each setting with where it comes from, and end')
    .option('--json', 'say nothing for people; with --explain-config print one JSON object')
    .addHelpText('after', NOTES)
    .action(run)
}

async function run(flags: GatewayFlags): Promise<void> {
  const { loadSettings, serve } = await import('@countersign/gateway')
  const { settings, origins } = await loadSettings({
    file: flags.config,
    env: process.env,
    flags: settingsOf(flags),
  })
  const output = createOutput({ json: flags.json })
  if (flags.explainConfig) return explainConfig(settings, origins, output)
  const stopping = stopSignal()
  const serving = await serve(settings, process.env['COUNTERSIGN_MASTER_KEY'])
  announce(serving, settings, output)
  await stopping
  output.note('Stopping: requests under way may end')
  await serving.stop()
}

/** The flags that were given, by the paths of their settings. */
function settingsOf(flags: GatewayFlags): Record<string, string> {
  const given: Record<string, string> = {}
  for (const [path, option] of SETTINGS) {
    const value = flags[option.attributeName()]
    if (typeof value === 'string') given[path] = value
  }
  return given
}

function announce(
  { listening, keys }: Serving,
  { service, upstream }: GatewaySettings,
  { note }: Output,
): void {
  const { clients, health } = listening
  note(`Serving ${service.join(', ')} on ${urlOf(clients)} for ${upstream.href}`)
  if (health) note(`Health: ${urlOf(health)}/readyz`)
  if (keys.list().length === 0) note('There is no key yet: countersign keys create --principal NAME')
}

function urlOf({ host, port }: Address): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** Waits for SIGTERM or Ctrl-C. The second one ends the process at once. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const [signal, exitCode] of [
      ['SIGINT', EXIT.interrupted],
      ['SIGTERM', EXIT.terminated],
    ] as const) {
      process.once(signal, () => {
        resolve()
        process.once(signal, () => process.exit(exitCode))
      })
    }
  })
}

/** Prints each setting with where it comes from. No setting is a secret. */
function explainConfig(
  settings: GatewaySettings,
  origins: ReadonlyMap<string, string>,
  output: Output,
): void {
  const rows = flatten(settings).map(([path, value]) => ({
    path,
    value,
    from: origins.get(path) ?? 'default',
  }))
  if (output.isJson) return output.writeJson('gateway', { settings: rows })
  const width = Math.max(...rows.map(({ path }) => path.length))
  for (const { path, value, from } of rows) output.write(`${path.padEnd(width)}  ${value}  (${from})\n`)
}

function flatten(value: object, prefix = ''): [path: string, value: string][] {
  return Object.entries(value).flatMap(([name, entry]: [string, unknown]): [string, string][] => {
    const text = textOf(entry)
    if (text !== undefined) return [[prefix + name, text]]
    return flatten(entry as object, `${prefix}${name}.`)
  })
}

/** A setting as text; `undefined` for a group of settings. */
function textOf(entry: unknown): string | undefined {
  if (entry instanceof URL) return entry.href
  if (Array.isArray(entry)) return entry.join(', ') || '-'
  if (entry === undefined) return '-'
  if (typeof entry !== 'object' || entry === null) return JSON.stringify(entry).replace(/^"(.*)"$/, '$1')
  return isAddress(entry) ? `${entry.host}:${entry.port}` : undefined
}

function isAddress(value: object): value is Address {
  return 'host' in value && 'port' in value
}
