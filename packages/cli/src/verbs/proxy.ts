/**
 * The verb `proxy`: runs the signing proxy until it is told to stop.
 *
 * @module
 */
import type { GatewaySettings, Serving } from '@countersign/gateway'
import { Option, type Command } from 'commander'
import { readProfileRegion } from '../credentials/profile-region.ts'
import { createProvider, watchProfiles } from '../credentials/provide.ts'
import { createVerbCommand } from '../frame/options.ts'
import { createOutput, type Output } from '../frame/output.ts'
import { isRecording } from '../explain/last-refusal.ts'
import { createRefusalKeeper } from '../serve/refusal-keeper.ts'
import { explainConfig } from '../serve/explain-config.ts'
import { runUntilSignal, upstreamsOf, urlOf } from '../serve/run.ts'
import { choice, LOG_LEVEL, settingsOf, type SettingOptions } from '../serve/setting-options.ts'

interface ProxyFlags extends Readonly<Record<string, string | boolean | undefined>> {
  readonly config?: string
  readonly profile?: string
  readonly explainConfig?: boolean
  readonly record?: boolean
  readonly json?: boolean
}

const PAYLOADS = ['auto', 'hash', 'chunks', 'unsigned']

/** Flags that stand for a setting, with the path of that setting in the file. */
const SETTINGS: SettingOptions = [
  ['upstream', new Option('--upstream <url>', 'where signed requests go')],
  ['sign.service', new Option('--service <name>', 'signing name; by default read off the host')],
  ['sign.region', new Option('--region <name>', 'by default read off the host, then the environment')],
  ['sign.profile', new Option('--profile <name>', "a profile of AWS's files")],
  ['listen', new Option('--listen <address>', 'where clients connect; 127.0.0.1:8080, or unix:PATH')],
  ['health', new Option('--health <address>', '/livez, /readyz, /metrics, or off; 127.0.0.1:8081')],
  ['sign.host', new Option('--sign-host <host>', 'host to sign for and ask for; that of the upstream')],
  ['connect', new Option('--connect <address>', 'host:port to connect to, while all else stays')],
  ['sign.algorithm', choice('--algorithm <name>', 'v4a is for several regions', ['v4', 'v4a'])],
  ['sign.payload', choice('--payload <plan>', 'how bodies are signed', PAYLOADS)],
  ['sign.retries', new Option('--retries <count>', 'how often what can be sent again is; 2')],
  [
    'allow.hosts',
    new Option('--allow-hosts <list>', "hosts that clients may name, such as '*.s3.eu-west-1.amazonaws.com'"),
  ],
  ['allow.paths', new Option('--allow-paths <list>', "raw paths, such as '/logs/*'")],
  ['allow.methods', new Option('--allow-methods <list>', 'methods, such as GET,HEAD')],
  ['allow.services', new Option('--allow-services <list>', 'what may be signed for')],
  ['allow.regions', new Option('--allow-regions <list>', 'where may be signed for')],
  ['verify', new Option('--verify', 'clients must sign with keys of the store: countersign keys')],
  ['clients.tokenFile', new Option('--token-file <file>', 'clients must have the bearer token in it')],
  [
    'clients.anyone',
    new Option('--allow-anyone', 'sign for whoever reaches an address that is not loopback'),
  ],
  ['limits.body', new Option('--limits-body <size>', 'longest body; 5GiB')],
  LOG_LEVEL,
]

const NOTES = `
Nothing is sent unsigned: without credentials the answer is 503. The log is on standard output, an object
a line. SIGTERM and Ctrl-C let requests under way end; SIGHUP reads credentials and certificates again.

Examples:
  countersign proxy --upstream https://search-x.eu-west-1.es.amazonaws.com
  countersign proxy --allow-hosts '*.s3.eu-west-1.amazonaws.com' --allow-methods GET,HEAD
  countersign proxy --upstream http://127.0.0.1:9000 --service s3 --region us-east-1 --profile minio
  countersign proxy --config proxy.yaml --explain-config`

/** Makes the command. */
export function createCommand(): Command {
  const command = createVerbCommand('proxy', 'A proxy that signs what it passes on.')
  for (const [, option] of SETTINGS) command.addOption(option)
  return command
    .option('--config <file>', 'settings in YAML; flags and environment go before it')
    .option('--explain-config', 'print each setting with where it comes from, and end')
    .option('--no-record', 'keep no refused signature for countersign explain last and /debug/last')
    .option('--json', 'say nothing for people; with --explain-config print one JSON object')
    .addHelpText('after', NOTES)
    .action(run)
}

async function run(flags: ProxyFlags): Promise<void> {
  const { loadSettings, serve } = await import('@countersign/gateway')
  const { settings, origins } = await loadSettings({
    file: flags.config,
    env: surroundings(flags),
    flags: settingsOf(flags, SETTINGS),
    kind: 'proxy',
  })
  const output = createOutput({ json: flags.json, verbose: 1 })
  if (flags.explainConfig) return explainConfig('proxy', settings, origins, output)
  const refusals = isRecording(flags.record) ? createRefusalKeeper('proxy') : undefined
  const parts = {
    masterKey: process.env['COUNTERSIGN_MASTER_KEY'],
    origins,
    credentials: createProvider(output),
    refusals,
  }
  await runUntilSignal(
    () => serve(settings, parts),
    (serving) => {
      announce(serving, settings, output)
      watchProfiles(() => void serving.reload())
    },
    output,
    refusals?.flush,
  )
}

/** The environment, with the profile's region where it tells none. */
function surroundings({ profile }: ProxyFlags): Record<string, string | undefined> {
  const { AWS_REGION, AWS_DEFAULT_REGION } = process.env
  return { ...process.env, AWS_REGION: AWS_REGION || AWS_DEFAULT_REGION || readProfileRegion(profile) }
}

function announce({ listening, keys }: Serving, { routes, tls }: GatewaySettings, { note }: Output): void {
  const { clients, health } = listening
  note(`Signing what ${urlOf(clients, tls ? 'https' : 'http')} is sent for ${upstreamsOf(routes)}`)
  if (health) note(`Health: ${urlOf(health)}/readyz, metrics: ${urlOf(health)}/metrics`)
  if (keys?.list().length === 0) note('There is no key yet: countersign keys create --principal NAME')
}
