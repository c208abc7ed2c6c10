/**
 * `countersign send`: signs a request and sends it, with curl's letters.
 *
 * @module
 */
import { Help, type Command } from 'commander'
import { createVerbCommand } from '../frame/options.ts'
import { addSendOptions, type SendFlags } from '../send/send-flags.ts'
import { runSend } from '../send/send.ts'

/** What `-h` lists; `countersign help send` lists all. */
const USUAL: ReadonlySet<string> = new Set([
  '--request',
  '--header',
  '--data',
  '--data-binary',
  '--upload-file',
  '--chunked',
  '--trailer',
  '--form',
  '--get',
  '--head',
  '--include',
  '--output',
  '--location',
  '--retry',
  '--max-time',
  '--no-check-status',
  '--service',
  '--region',
  '--profile',
  '--secret-stdin',
  '--bearer',
  '--dry-run',
  '--print-curl',
  '--json',
  '--verbose',
  '--help',
])

const EXAMPLES = `
Examples:
  countersign send 'https://sts.eu-west-1.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15'
  countersign send -T report.pdf https://my-bucket.s3.eu-west-1.amazonaws.com/reports/
  countersign send --json '{"prompt":"Hello"}' https://bedrock-runtime.eu-west-1.amazonaws.com/model/...
  countersign send -o page.html https://abc123.execute-api.eu-west-1.amazonaws.com/prod/page`

const NOTES = `
--json alone asks for JSON as output. With data behind it that begins with { [ " or @, it is curl's:
POST that data as application/json. Both may be given.

An error status ends the command with a code of its own: countersign help exit-codes.
`

const MORE = `
Most of curl's other letters work, too: countersign help send
`

/** Makes the command. */
export function createCommand(isWhole = false): Command {
  const command = createVerbCommand('send', 'Signs a request and sends it, in the manner of curl.').argument(
    '<url>',
  )
  const parts = addSendOptions(command)
  if (!isWhole) {
    const visibleOptions = (shown: Command): ReturnType<Help['visibleOptions']> =>
      new Help().visibleOptions(shown).filter(({ long }) => USUAL.has(long ?? ''))
    command.configureHelp({ visibleOptions })
  }
  return command
    .addHelpText('after', isWhole ? NOTES + EXAMPLES : MORE + EXAMPLES)
    .action(async (url: string, flags: SendFlags) => runSend(url, flags, parts))
}
