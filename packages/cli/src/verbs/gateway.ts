/**
 * The verb `gateway`: runs the verifying gateway until it is told to stop.
 *
 * @module
 */
import type { GatewaySettings, Serving } from '@countersign/gateway'
import { Option, type Command } from 'commander'
import { createProvider } from '../credentials/provide.ts'
import { createVerbCommand } from '../frame/options.ts'
import { createOutput, type Output } from '../frame/output.ts'
import { isRecording } from '../explain/last-refusal.ts'
import { createRefusalKeeper } from '../serve/refusal-keeper.ts'
import { explainConfig } from '../serve/explain-config.ts'
import { runUntilSignal, upstreamsOf, urlOf } from '../serve/run.ts'
import { choice, LOG_LEVEL, settingsOf, type SettingOptions } from '../serve/setting-options.ts'

interface GatewayFlags extends Readonly<Record<string, string | boolean | undefined>> {
  readonly config?: string
  readonly explainConfig?: boolean
  readonly record?: boolean
  readonly json?: boolean
}

/** Flags that stand for a setting, with the path of that setting in the file. */
const SETTINGS: SettingOptions = [
  ['upstream', new Option('--upstream <url>', 'where verified requests go')],
  ['service', new Option('--service <names>', 'signing names that are served, such as execute-api,s3')],
  ['region', new Option('--region <names>', 'regions that are served, or * for all')],
  ['algorithms', new Option('--algorithms <names>', 'v4, or v4,v4a for signatures of SigV4A, too; v4')],
  ['listen', new Option('--listen <address>', 'where clients connect; 127.0.0.1:8080')],
  ['health', new Option('--health <address>', '/livez, /readyz, /metrics, or off; 127.0.0.1:8081')],
  ['store.file', new Option('--store <file>', 'the keys, in SQLite')],
  [
    'store.masterKeyFile',
    new Option('--master-key-file <file>', 'what seals them, unless COUNTERSIGN_MASTER_KEY is set'),
  ],
  [
    'unsignedPayload',
    choice('--unsigned-payload <mode>', 'by default for S3 alone', ['allowed', 'https-only', 'refused']),
  ],
  LOG_LEVEL,
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
    .option('--no-record', 'keep no refused signature for countersign explain last and /debug/last')
    .option('--json', 'say nothing for people; with --explain-config print one JSON object')
    .addHelpText('after', NOTES)
    .action(run)
}

async function run(flags: GatewayFlags): Promise<void> {
  const { loadSettings, serve } = await import('@countersign/gateway')
  const { settings, origins } = await loadSettings({
    file: flags.config,
    env: process.env,
    flags: settingsOf(flags, SETTINGS),
  })
  const output = createOutput({ json: flags.json })
  if (flags.explainConfig) return explainConfig('gateway', settings, origins, output)
  const refusals = isRecording(flags.record) ? createRefusalKeeper('gateway') : undefined
  const parts = {
    masterKey: process.env['COUNTERSIGN_MASTER_KEY'],
    origins,
    credentials: createProvider(output),
    refusals,
  }
  await runUntilSignal(
    () => serve(settings, parts),
    (serving) => announce(serving, settings, output),
    output,
    refusals?.flush,
  )
}

function announce(
  { listening, keys }: Serving,
  { service, routes, tls }: GatewaySettings,
  { note }: Output,
): void {
  const { clients, health } = listening
  note(
    `Serving ${service.join(', ')} on ${urlOf(clients, tls ? 'https' : 'http')} for ${upstreamsOf(routes)}`,
  )
  if (health) note(`Health: ${urlOf(health)}/readyz, metrics: ${urlOf(health)}/metrics`)
  if (keys?.list().length === 0) note('There is no key yet: countersign keys create --principal NAME')
}
