/**
 * `countersign doctor`: looks at what decides whether a signature will be right, before one is made: who signs and where
 * each part of the key is from, the region, the clock, proxies. It sends nothing unless it is asked to.
 *
 * @module
 */
import type { Command } from 'commander'
import { readAwsFiles } from '../credentials/aws-files.ts'
import { checkCredentials } from '../doctor/check-credentials.ts'
import { checkEnvironment, checkProxies, checkRegion } from '../doctor/check-surroundings.ts'
import { checkFiles } from '../doctor/check-files.ts'
import { UNMEASURED } from '../doctor/check-clock.ts'
import type { WayFlags } from '../doctor/ask.ts'
import type { Finding, State } from '../doctor/finding.ts'
import { addCredentialOptions, addExamples, addOutputOptions, createVerbCommand } from '../frame/options.ts'
import type { CredentialFlags, ScopeFlags } from '../frame/options.ts'
import { CommandError } from '../frame/command-error.ts'
import { EXIT } from '../frame/exit-codes.ts'
import { createOutput, type Output, type OutputFlags } from '../frame/output.ts'

interface Flags extends CredentialFlags, OutputFlags, WayFlags, Pick<ScopeFlags, 'configuredRegion'> {
  readonly region?: string | undefined
  /** A URL whose server is asked for the time. */
  readonly clock?: string | undefined
  /** The URL of STS, or `true` for that of the region. */
  readonly sts?: string | true | undefined
}

/** Makes the command. */
export function createCommand(): Command {
  const command = createVerbCommand(
    'doctor',
    'Looks at credentials, region, clock and surroundings. Sends nothing unless asked to.',
  )
    .option('--clock <url>', 'compare the clock with that of a server')
    .option('--sts [url]', 'ask STS who the key belongs to; by default that of the region')
    .option('--region <name>', 'by default that of the environment, then of the profile')
    .option('-x, --proxy <url>', 'the proxy; "" for none')
    .option('--cacert <file>', 'trust these authorities')
    .option('--connect <place>', 'HOST:PORT to reach in the place of the host of the URL')
  addOutputOptions(addCredentialOptions(command))
  addExamples(command, [
    'doctor',
    'doctor --profile dev --sts',
    'doctor --clock https://my-bucket.s3.eu-west-1.amazonaws.com/',
  ])
  return command.action(async (flags: Flags) => {
    const output = createOutput(flags)
    const findings = await examine(flags, output)
    print(findings, output)
    process.exitCode = findings.find(({ state }) => state === 'problem')?.exitCode ?? EXIT.ok
  })
}

async function examine(flags: Flags, output: Output): Promise<readonly Finding[]> {
  for (const url of [flags.clock, flags.sts]) if (typeof url === 'string') assertUrl(url)
  const files = readAwsFiles()
  const profile = flags.profile ?? (process.env['AWS_PROFILE'] || undefined)
  const { findings, credentials } = await checkCredentials(flags, files, output)
  const region = checkRegion(flags, profile ?? 'default', files)
  const asked: Finding[] = []
  if (flags.clock !== undefined || flags.sts !== undefined) {
    const { askClock, askSts, createAsking } = await import('../doctor/ask.ts')
    const way = await createAsking(flags)
    if (flags.clock !== undefined) asked.push(await askClock(flags.clock, way))
    const name = /^([a-z0-9-]+) \(from/.exec(region[0]?.message ?? '')?.[1]
    if (flags.sts !== undefined && credentials) {
      const url = flags.sts === true ? stsOf(name) : flags.sts
      asked.push(...(await askSts(url, name ?? 'us-east-1', credentials, way)))
    }
  }
  if (!asked.some(({ check }) => check === 'clock')) asked.push(UNMEASURED)
  return [
    ...findings,
    ...checkFiles(files, profile),
    ...region,
    ...checkProxies(),
    ...checkEnvironment(),
    ...asked,
  ]
}

function assertUrl(url: string): void {
  if (URL.canParse(url) && /^https?:\/\/[^?#]+$/i.test(url)) return
  throw new CommandError('USAGE', `This is no URL that can be asked: ${url}`, {
    why: 'it is http or https, with a host and a path',
    fix: 'write it as https://sts.eu-west-1.amazonaws.com/',
  })
}

function stsOf(region = 'us-east-1'): string {
  return `https://sts.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}/`
}

const HUES = { ok: 'green', warning: 'yellow', problem: 'red', unmeasured: undefined } as const

const WORDS: Readonly<Record<State, string>> = {
  ok: 'ok     ',
  warning: 'warning',
  problem: 'PROBLEM',
  unmeasured: '-      ',
}

function print(findings: readonly Finding[], output: Output): void {
  if (output.isJson) {
    output.writeJson('doctor', { findings })
    return
  }
  const lines = findings.flatMap(({ check, state, message, fix }) => {
    const hue = HUES[state]
    const word = hue ? output.paint(WORDS[state], hue) : WORDS[state]
    const line = `${word}  ${check.padEnd(11)}  ${message}`
    return fix === undefined ? [line] : [line, `${' '.repeat(22)}fix: ${fix}`]
  })
  output.write(`${lines.join('\n')}\n`)
}
