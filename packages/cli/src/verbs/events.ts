/**
 * `countersign events`: reads and writes event streams (`application/vnd.amazon.eventstream`), signs them, and checks
 * their chain of signatures.
 *
 * @module
 */
import { Option, type Command } from 'commander'
import type { SignFlags } from '../events/sign.ts'
import type { VerifyFlags } from '../events/verify.ts'
import {
  addCredentialOptions,
  addExamples,
  addOutputOptions,
  addPinOptions,
  addScopeOptions,
  collect,
  createVerbCommand,
  parseSignHeaders,
} from '../frame/options.ts'
import { parseDuration } from '../frame/times.ts'

/** Makes the command. */
export function createCommand(): Command {
  const command = createVerbCommand('events', 'Reads, writes, signs and checks event streams. Sends nothing.')
    .usage('decode|encode [file]\n       countersign events sign [options] <url> [file]')
    .helpCommand(false)
  addExamples(command, [
    'events decode answer.bin',
    'events encode events.jsonl > body.bin',
    'events sign https://transcribestreaming.eu-west-1.amazonaws.com/x events.jsonl > request.http',
    'events verify request.http',
    'events sign -h',
  ])
  addCodec(command)
  addSign(command)
  addVerify(command)
  return command
}

function addCodec(command: Command): void {
  command
    .command('decode')
    .description('Shows messages, one JSON line each; checks their checksums.')
    .argument('[file]', '- is standard input, and the default')
    .option('--json', 'an error is one JSON object, too')
    .helpOption('-h, --help', 'show this')
    .action(async (file = '-') => {
      const { decodeEventStream } = await import('../events/decode.ts')
      await decodeEventStream(file)
    })
  command
    .command('encode')
    .description('Makes messages of JSON lines, as decode prints them.')
    .argument('[file]', '- is standard input, and the default')
    .option('--json', 'an error is one JSON object')
    .helpOption('-h, --help', 'show this')
    .action(async (file = '-') => {
      const { encodeEventStream } = await import('../events/encode.ts')
      await encodeEventStream(file)
    })
}

function addSign(command: Command): void {
  const sign = command
    .command('sign')
    .description('Prints a request with signed events as its body, and their signed end.')
    .argument('<url>')
    .argument('[file]', 'JSON lines, as decode prints them; - is standard input, and the default')
    .option('-X, --method <name>', 'its method', 'POST')
    .option('-H, --header <line>', "'name: value', a header of the request", collect)
    .option('--sign-headers <set>', 'minimal, sdk, all, or names: a,b', parseSignHeaders)
    .helpOption('-h, --help', 'show this')
  addOutputOptions(addCredentialOptions(addPinOptions(addScopeOptions(sign)))).action(
    async (url: string, file: string | undefined, flags: SignFlags) => {
      const { signEvents } = await import('../events/sign.ts')
      await signEvents(url, file ?? '-', flags)
    },
  )
}

function addVerify(command: Command): void {
  const verify = command
    .command('verify')
    .description('Checks an HTTP/1.1 request, as it stood on the wire, and each event in its body.')
    .argument('[file]', 'the request; - is standard input, and the default')
    .option('--max-clock-skew <time>', 'how far dates may be from the clock: 5m', (text) =>
      parseDuration(text, '--max-clock-skew'),
    )
    .addOption(new Option('--scheme <name>', 'how it came: https by default').choices(['http', 'https']))
    .helpOption('-h, --help', 'show this')
  addOutputOptions(addCredentialOptions(addScopeOptions(verify))).action(
    async (file: string | undefined, flags: VerifyFlags) => {
      const { verifyEvents } = await import('../events/verify.ts')
      await verifyEvents(file ?? '-', flags)
    },
  )
}
