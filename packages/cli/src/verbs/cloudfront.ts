/**
 * `countersign cloudfront sign`: makes signed URLs and cookies of CloudFront, with the private key of a key pair.
 * `cloudfront check` reads them.
 *
 * @module
 */
import type { Command } from 'commander'
import {
  createCloudFrontSigner,
  type CloudFrontConditions,
  type CloudFrontCookie,
  type CloudFrontSigner,
  type SignCookiesOptions,
} from 'countersign/cloudfront'
import { CommandError } from '../frame/command-error.ts'
import { readBytes } from '../frame/files.ts'
import { addExamples, addOutputOptions, atOption, collect, createVerbCommand } from '../frame/options.ts'
import { createOutput, type Output, type OutputFlags } from '../frame/output.ts'
import { formatInstant, formatLifetime, parseDuration, parseInstant } from '../frame/times.ts'
import { readCloudFrontKey } from '../request/cloudfront-key.ts'

interface Flags extends OutputFlags {
  readonly keyPairId: string
  /** A file. */
  readonly key: string
  /** In seconds. */
  readonly expires?: number | undefined
  readonly notBefore?: Date | undefined
  /** An address or a range. */
  readonly ip?: string | undefined
  readonly resource?: string | undefined
  /** A file. */
  readonly policy?: string | undefined
  readonly cookies?: boolean | undefined
  readonly sha256?: boolean | undefined
  readonly at?: Date | undefined
}

/** What was signed, for a URL or for cookies. */
interface Signed {
  readonly url?: string
  readonly cookies?: readonly CloudFrontCookie[]
  readonly policy: string
  readonly expiresAt: Date
}

/** Makes the command. */
export function createCommand(): Command {
  const command = createVerbCommand('cloudfront', 'Makes and checks signed URLs and cookies of CloudFront.')
    .usage('sign [options] <url>\n       countersign cloudfront check [options] <url>')
    .helpCommand(false)
  addExamples(command, [
    'cloudfront sign --key-pair-id K2JCJMDEHXQW5F --key private.pem https://d1.cloudfront.net/a.mp4',
    'cloudfront sign -h',
    'cloudfront check --key public.pem "$URL"',
  ])
  addSign(command)
  addCheck(command)
  return command
}

function addSign(command: Command): void {
  const sign = command
    .command('sign')
    .description('Signs a URL, or cookies. Sends nothing.')
    .argument('<url>', 'with --cookies, * in it stands for anything')
    .requiredOption('--key-pair-id <id>', 'id of the public key in CloudFront')
    .requiredOption('--key <file>', 'the private key: PEM, DER or JWK; - is standard input')
    .option('--expires <time>', 'lifetime: 900, 15m, 12h; by default 1h', (text) =>
      parseDuration(text, '--expires'),
    )
    .option('--not-before <time>', 'when it opens', (text) => parseInstant(text, '--not-before'))
    .option('--ip <range>', 'for these addresses alone: 192.0.2.0/24, 2001:db8::/32')
    .option('--resource <pattern>', 'URLs that are opened: * is anything, ? any one sign')
    .option('--policy <file>', 'a policy as JSON, signed as it stands, in place of all these')
    .option('--cookies', 'cookies in place of a URL')
    .option('--sha256', 'sign with SHA-256 in place of SHA-1')
    .helpOption('-h, --help', 'show this')
    .addOption(atOption())
  addOutputOptions(sign)
  addExamples(sign, [
    'cloudfront sign --key-pair-id K2 --key key.pem --expires 15m https://d1.cloudfront.net/a.mp4',
    "cloudfront sign --key-pair-id K2 --key key.pem --cookies 'https://d1.cloudfront.net/films/*'",
  ])
  sign.action(async (url: string, flags: Flags) => {
    const output = createOutput(flags)
    const policy = await readPolicy(flags)
    const now = flags.at ?? new Date()
    const signer = createCloudFrontSigner({
      keyPairId: flags.keyPairId,
      privateKey: await readCloudFrontKey(flags.key),
      algorithm: flags.sha256 ? 'SHA256' : 'SHA1',
    })
    const signed = await (flags.cookies ? signCookies : signUrl)(
      signer,
      url,
      policy,
      { ...flags, at: now },
      output,
    )
    print(signed, now, output)
  })
}

async function readPolicy({ policy, ...flags }: Flags): Promise<string | undefined> {
  if (policy === undefined) return undefined
  const other = (['expires', 'notBefore', 'ip', 'resource'] as const).find(
    (name) => flags[name] !== undefined,
  )
  if (other === undefined) return Buffer.from(await readBytes(policy, '--policy')).toString('utf8')
  throw new CommandError('USAGE', '--policy and a flag for what is in it exclude each other', {
    why: 'a policy has its own times, addresses and URLs',
    fix: 'leave out --policy, or --expires, --not-before, --ip and --resource',
  })
}

type Signing = (
  signer: CloudFrontSigner,
  url: string,
  policy: string | undefined,
  flags: Flags & { readonly at: Date },
  output: Output,
) => Promise<Signed>

const signUrl: Signing = (signer, url, policy, flags) => {
  if (policy !== undefined) return signer.signUrl(url, { policy })
  const conditions = conditionsOf(flags)
  const { resource } = flags
  const isCustom = Object.keys(conditions).length > 1 || resource !== undefined
  return signer.signUrl(url, isCustom ? { policy: { ...conditions, resource } } : conditions)
}

const signCookies: Signing = (signer, url, policy, flags, output) => {
  const conditions = conditionsOf(flags)
  const { resource = url } = flags
  const isCustom =
    Object.keys(conditions).length > 1 || resource.includes('*') || flags.resource !== undefined
  const options: SignCookiesOptions =
    policy !== undefined
      ? { policy }
      : isCustom
        ? { policy: { ...conditions, resource } }
        : { ...conditions, url }
  if (isCustom && flags.resource === undefined) output.infer('resource', resource, 'the URL')
  return signer.signCookies(options)
}

const HOUR = 3600

function conditionsOf({
  expires = HOUR,
  notBefore,
  ip,
  at,
}: Flags & { readonly at: Date }): CloudFrontConditions {
  return {
    dateLessThan: new Date(at.getTime() + expires * 1000),
    ...(notBefore && { dateGreaterThan: notBefore }),
    ...(ip !== undefined && { ipAddress: ip }),
  }
}

function print({ url, cookies, policy, expiresAt }: Signed, now: Date, output: Output): void {
  const end = formatInstant(expiresAt)
  if (output.isJson) {
    output.writeJson('cloudfront-sign', {
      url,
      cookies,
      policy: JSON.parse(policy) as unknown,
      expiresAt: end,
    })
    return
  }
  output.write(url === undefined ? '' : `${url}\n`)
  for (const { name, value } of cookies ?? []) output.write(`${name}=${value}\n`)
  output.note(`open until ${end} (${formatLifetime(expiresAt, now)})`)
}

function addCheck(command: Command): void {
  const check = command
    .command('check')
    .description('Reads a signed URL or cookies, and with the key checks the signature.')
    .argument('<url>', 'as it is requested; - is standard input')
    .option('--key <file>', 'the public key, or the private one: PEM, DER or JWK')
    .option('--key-pair-id <id>', 'the key that has to be named')
    .option('--cookie <text>', 'NAME=VALUE; NAME=VALUE, in place of a signature in the URL', collect)
    .option('--ip <address>', "the client's")
    .helpOption('-h, --help', 'show this')
    .addOption(atOption())
  addOutputOptions(check).action(async (url: string, flags) => {
    const { checkCloudFront } = await import('./cloudfront-check.ts')
    await checkCloudFront(url, flags)
  })
}
