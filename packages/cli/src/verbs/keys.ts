/**
 * `countersign keys`: the access keys of a gateway. A change counts at once for a gateway that runs.
 *
 * @module
 */
import type { Command } from 'commander'
import type { AccessKey, KeyStore, NewSecret } from '@countersign/gateway/keys'
import { addExamples, addOutputOptions, createVerbCommand, noInputOption } from '../frame/options.ts'
import { createOutput, type Output, type OutputFlags } from '../frame/output.ts'
import { parseDuration } from '../frame/times.ts'
import { confirm } from '../frame/confirm.ts'
import { readSecret } from '../credentials/flagged-key.ts'
import { CommandError } from '../frame/command-error.ts'
import { formatNewKey, formatTable, parseEnd, toJson } from '../keys/key-texts.ts'
import { withStore, type StoreFlags } from '../keys/store.ts'

interface Flags extends OutputFlags, StoreFlags {
  readonly principal: string
  readonly expires?: string | undefined
  readonly accessKeyId?: string | undefined
  readonly secretStdin?: boolean | undefined
  readonly overlap: number
  readonly input?: boolean | undefined
  readonly yes?: boolean | undefined
}

const SHOWN_ONCE = 'the secret access key is shown this once; the store does not give it out again'

/** Makes the command. */
export function createCommand(): Command {
  const command = createVerbCommand('keys', "Manages the gateway's access keys.").usage('COMMAND [options]')
  addCreate(command)
  addStep(command, 'list', 'Lists the keys.').action(async (flags: Flags) => {
    const output = createOutput(flags)
    const keys = await withStore(flags, (store) => store.list())
    if (output.isJson) output.writeJson('keys', { keys: keys.map(toJson) })
    else output.write(formatTable(keys))
    if (keys.length === 0) output.note('no keys yet: countersign keys create --principal NAME')
  })
  addStep(command, 'rotate', 'Gives a key a new secret.', '<id>')
    .option(
      '--overlap <time>',
      'how long older secrets live on',
      (text) => parseDuration(text, '--overlap'),
      86_400,
    )
    .action(async (id: string, flags: Flags) => {
      const made = await withStore(flags, (store) => store.rotate(id, { overlap: flags.overlap }))
      showSecret(made, createOutput(flags))
    })
  addChange(command, 'disable', 'Lets nobody in with a key.', (store, id) => store.disable(id))
  addChange(command, 'enable', 'Takes a disabled key back.', (store, id) => store.enable(id))
  addStep(command, 'expire', "Sets a key's end.", '<id>')
    .requiredOption('--expires <time>', '30d from now, a date, or never')
    .action(async (id: string, flags: Flags) => {
      const end = parseEnd(flags.expires ?? '', new Date())
      showKey(await withStore(flags, (store) => store.expire(id, end)), createOutput(flags))
    })
  addDelete(command)
  return addExamples(command, [
    'keys create --principal ada --expires 30d',
    'keys list',
    'keys rotate CSAKEXAMPLE --overlap 24h',
    'keys delete CSAKEXAMPLE --yes',
  ])
}

function addStep(command: Command, name: string, description: string, argument?: string): Command {
  const step = command.command(name).description(description).helpOption('-h, --help', 'show this')
  if (argument !== undefined) step.argument(argument, 'access key id')
  step
    .option('--store <file>', 'the keys, in SQLite')
    .option('--master-key-file <file>', 'what seals them, unless COUNTERSIGN_MASTER_KEY is set')
  return addOutputOptions(step)
}

function addChange(
  command: Command,
  name: string,
  description: string,
  change: (store: KeyStore, id: string) => AccessKey,
): void {
  addStep(command, name, description, '<id>').action(async (id: string, flags: Flags) => {
    showKey(await withStore(flags, (store) => change(store, id)), createOutput(flags))
  })
}

function addCreate(command: Command): void {
  addStep(command, 'create', 'Makes a key.')
    .requiredOption('--principal <name>', 'whom the key belongs to')
    .option('--expires <time>', '30d from now, or a date; never by default')
    .option('--access-key-id <id>', 'an id of your own, with --secret-stdin')
    .option('--secret-stdin', 'read its secret from standard input')
    .action(async (flags: Flags) => {
      const { principal, accessKeyId, secretStdin, expires } = flags
      if ((accessKeyId === undefined) === (secretStdin === true)) {
        throw new CommandError('USAGE', '--access-key-id and --secret-stdin go together', {
          why: 'a key of your own is an id and a secret',
          fix: 'give both, or neither: then both are made up',
        })
      }
      const secretAccessKey = secretStdin ? await readSecret() : undefined
      const expiresAt = expires === undefined ? undefined : parseEnd(expires, new Date())
      const create = (store: KeyStore): NewSecret =>
        store.create({ principal, accessKeyId, secretAccessKey, expiresAt })
      const made = await withStore(flags, create, true)
      showSecret(made, createOutput(flags))
    })
}

function addDelete(command: Command): void {
  addStep(command, 'delete', 'Deletes a key.', '<id>')
    .option('-y, --yes', 'do not ask')
    .addOption(noInputOption())
    .action(async (id: string, flags: Flags) => {
      if (!flags.yes)
        await confirm(`Delete the access key ${id}? Whoever uses it is locked out.`, flags.input)
      await withStore(flags, (store) => {
        store.delete(id)
      })
      const output = createOutput(flags)
      if (output.isJson) output.writeJson('keys', { deleted: id })
      else output.note(`deleted ${id}`)
    })
}

function showSecret({ accessKey, secretAccessKey }: NewSecret, output: Output): void {
  if (output.isJson) {
    output.writeJson('keys', { key: toJson(accessKey), secretAccessKey })
    return
  }
  output.write(formatNewKey(accessKey.accessKeyId, secretAccessKey))
  output.note(SHOWN_ONCE)
}

function showKey(key: AccessKey, output: Output): void {
  if (output.isJson) output.writeJson('keys', { key: toJson(key) })
  else output.write(formatTable([key]))
}
