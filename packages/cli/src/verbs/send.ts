/**
 * `countersign send`: signs a request and sends it, with curl's letters.
 *
 * @module
 */
import type { Command } from 'commander'
import { createVerbCommand } from '../frame/options.ts'
import { addSendOptions, type SendFlags } from '../send/send-flags.ts'
import { runSend } from '../send/send.ts'

const NOTES = `
--json alone asks for JSON as output. With data behind it that begins with { [ " or @, it is curl's:
POST that data as application/json. Both may be given.

An error status ends the command with a code of its own: countersign help exit-codes.

Examples:
  countersign send 'https://sts.eu-west-1.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15'
  countersign send -T report.pdf https://my-bucket.s3.eu-west-1.amazonaws.com/reports/
  countersign send --json '{"prompt":"Hello"}' https://bedrock-runtime.eu-west-1.amazonaws.com/model/...
  countersign send -o page.html https://abc123.execute-api.eu-west-1.amazonaws.com/prod/page`

/** Makes the command. */
export function createCommand(): Command {
  const command = createVerbCommand('send', 'Signs a request and sends it, in the manner of curl.').argument(
    '<url>',
  )
  const parts = addSendOptions(command)
  return command
    .addHelpText('after', NOTES)
    .action(async (url: string, flags: SendFlags) => runSend(url, flags, parts))
}
