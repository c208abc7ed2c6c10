/**
 * `countersign token`: prints a token that stands for a password: of a database, a cache, a broker, a cluster, and more.
 *
 * @module
 */
import { Argument, type Command } from 'commander'
import { resolveCredentials } from '../credentials/resolve.ts'
import type { AnyCredentials } from '../credentials/resolved-credentials.ts'
import {
  addCredentialOptions,
  addExamples,
  addOutputOptions,
  addPinOptions,
  atOption,
  createVerbCommand,
  type SigningFlags,
} from '../frame/options.ts'
import { createOutput, type Output } from '../frame/output.ts'
import { formatInstant, formatLifetime, parseDuration } from '../frame/times.ts'
import { resolveScope } from '../request/scope.ts'
import { tellWarnings } from '../request/signing-warnings.ts'
import { readKind } from '../token/check-details.ts'
import { TOKEN_KINDS, type MadeToken, type TokenDetails, type TokenKind } from '../token/kinds.ts'

interface Flags extends SigningFlags, TokenDetails {}

/** Shells complete the choices; which one is unknown is told by `readKind`. */
function kindArgument(): Argument {
  const kinds = [...TOKEN_KINDS.keys()]
  return new Argument('<kind>', 'what takes it').choices(kinds).argParser(String)
}

/** Makes the command. */
export function createCommand(): Command {
  const command = createVerbCommand('token', 'Prints a token that stands for a password. Sends nothing.')
    .addArgument(kindArgument())
    .option('--hostname <name>', 'endpoint: rds, dsql, iot, codecommit; that of STS: eks, vault')
    .option('--port <number>', 'rds, iot', Number)
    .option('--username <name>', 'rds, elasticache, memorydb')
    .option('--admin', 'dsql: for the role admin')
    .option('--cache <name>', 'elasticache: the cache or replication group')
    .option('--serverless', 'elasticache: the cache is a serverless one')
    .option('--cluster <name>', 'memorydb, eks')
    .option('--server-id <name>', "vault: the server's iam_server_id_header_value")
    .option('--role <name>', 'vault: the role to log in to')
    .option('--repository <name>', 'codecommit')
    .option('--user-agent <name>', 'msk: what the client calls itself')
    .option('--expires <time>', 'lifetime; 15m by default, and at most but for dsql and iot', (text) =>
      parseDuration(text, '--expires'),
    )
    .option('--region <name>', 'by default read off the host, then the environment')
    .addOption(atOption())
  addOutputOptions(addCredentialOptions(addPinOptions(command)))
  addExamples(command, [
    'token rds --hostname db.c1.eu-west-1.rds.amazonaws.com --port 5432 --username app',
    'token eks --cluster prod --region eu-west-1',
    'token codecommit --hostname git-codecommit.eu-west-1.amazonaws.com --repository site',
  ])
  return command.action(async (name: string, flags: Flags) => {
    const kind = readKind(name, flags)
    const output = createOutput(flags)
    const credentials = await resolveCredentials(flags, output)
    const region = await resolveRegion(kind, flags, credentials, output)
    const { at: date, expires: expiresIn } = flags
    const made = kind.make(flags, { credentials, region, date, expiresIn })
    tellWarnings(made.warnings ?? [], output)
    print(name, made, date ?? new Date(), output)
  })
}

/** The region of the host, or of the surroundings; of Vault it is what the flag says, since its own default is global. */
async function resolveRegion(
  { service }: TokenKind,
  flags: Flags,
  credentials: AnyCredentials,
  output: Output,
): Promise<string | undefined> {
  if (service === undefined || flags.region !== undefined) return flags.region
  const host = flags.hostname ?? flags.cache ?? flags.cluster ?? service
  const { region } = await resolveScope(`https://${host}/`, { ...flags, service }, credentials, output)
  return region
}

function print(kind: string, { token, username, expiresAt }: MadeToken, now: Date, output: Output): void {
  const end = expiresAt && formatInstant(expiresAt)
  if (output.isJson) {
    output.writeJson('token', { kind, token, username, expiresAt: end })
    return
  }
  // What git reads from a helper.
  const isForGit = kind === 'codecommit'
  output.write(isForGit ? `username=${username}\npassword=${token}\n` : `${token}\n`)
  if (username !== undefined && !isForGit) output.note(`user name ${username}`)
  const left = expiresAt && formatLifetime(expiresAt, now)
  output.note(end === undefined ? 'valid until the access key ends' : `valid until ${end} (${left})`)
}
