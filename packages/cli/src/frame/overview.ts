/**
 * What `countersign`, `countersign -h` and `countersign --version` print, and the answer to an unknown verb.
 *
 * @module
 */
import { Command } from 'commander'
import { VERBS } from './verbs.ts'

const EXAMPLES = `
Examples:
  countersign send 'https://sts.eu-west-1.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15'
  countersign presign --expires 15m https://my-bucket.s3.eu-west-1.amazonaws.com/report.pdf
  countersign sign -X POST -d @query.json https://search.eu-west-1.es.amazonaws.com/_search
  countersign verify request.http
  countersign gateway --config gateway.yaml

More:
  countersign help VERB     all about a verb
  countersign help TOPIC    exit-codes, environment, config, credentials, canonicalization, causes
  countersign help cause X  one cause of refusals, such as clock-behind`

/** The command that knows the names of the verbs, and nothing else of them. */
export function createOverview(version: string): Command {
  const program = new Command('countersign')
    .description('Signs AWS requests and verifies them.')
    .usage('VERB [options]')
    .version(version, '--version', 'print the version')
    .helpOption('-h, --help', 'show this')
    .helpCommand('help [verb]', 'all about a verb or a topic')
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .addHelpText('after', EXAMPLES)
  for (const [name, { summary }] of VERBS) program.command(name).description(summary).usage(' ')
  return program
}
