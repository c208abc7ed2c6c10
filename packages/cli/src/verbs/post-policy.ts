/**
 * `countersign post-policy`: makes the fields of a form that a browser uploads straight to a bucket.
 * `post-policy check` reads one.
 *
 * @module
 */
import { Option, type Command } from 'commander'
import {
  formatPostHtml,
  presignPost,
  sigV2Post,
  type PostCondition,
  type PostForm,
  type PresignedPost,
} from 'countersign/post'
import { resolveCredentials } from '../credentials/resolve.ts'
import type { AnyCredentials } from '../credentials/resolved-credentials.ts'
import { CommandError } from '../frame/command-error.ts'
import {
  addCredentialOptions,
  addExamples,
  addOutputOptions,
  addPinOptions,
  atOption,
  createVerbCommand,
  type CredentialFlags,
  type ScopeFlags,
} from '../frame/options.ts'
import { createOutput, type Output, type OutputFlags } from '../frame/output.ts'
import { redactAll } from '../frame/redact.ts'
import { parseSize } from '../frame/sizes.ts'
import { formatInstant, formatLifetime, parseDuration } from '../frame/times.ts'
import { bucketOf } from '../request/bucket.ts'
import { quote } from '../request/curl-line.ts'
import {
  describeCondition,
  findWideRules,
  parseCondition,
  readCondition,
} from '../request/post-conditions.ts'
import { resolveScope } from '../request/scope.ts'
import { tellWarnings } from '../request/signing-warnings.ts'

interface Flags
  extends CredentialFlags, OutputFlags, Pick<ScopeFlags, 'configuredRegion' | 'pin' | 'updatePin'> {
  readonly bucket?: string | undefined
  readonly key?: string | undefined
  readonly field?: readonly (readonly [string, string])[] | undefined
  readonly condition?: readonly PostCondition[] | undefined
  /** In seconds. */
  readonly expires: number
  readonly html?: boolean | undefined
  readonly curl?: boolean | undefined
  /** The file that the line of curl uploads. */
  readonly file: string
  readonly region?: string | undefined
  readonly algorithm: 'v4' | 'v2'
  readonly at?: Date | undefined
}

/** Makes the command. */
export function createCommand(): Command {
  const command = createVerbCommand('post-policy', 'Makes the fields of an upload form. Sends nothing.')
    .enablePositionalOptions()
    .usage('[options] <url>\n       countersign post-policy check [options] <file>')
    .argument('<url>', 'where the form is sent')
    .option('--bucket <name>', 'by default read off the URL')
    .option('--key <name>', "the object's key; ${filename} is the name of the file")
    .option('--field <pair>', 'NAME=VALUE, such as acl=private', collectFields)
    .option(
      '--condition <rule>',
      "'starts-with,$key,user/', 'eq,$acl,private', content-length-range,1,1MiB",
      collectConditions,
    )
    .option('--expires <time>', 'lifetime; up to 7d', (text) => parseDuration(text, '--expires'), 3600)
    .option('--html', 'print a form')
    .option('--curl', 'print a line of curl that uploads')
    .option('--file <path>', 'the file that it uploads', 'FILE')
    .option('--region <name>', 'by default read off the host, then the environment')
    .addOption(new Option('--algorithm <name>', 'v2 is for old stores').choices(['v4', 'v2']).default('v4'))
    .addOption(atOption())
  addOutputOptions(addCredentialOptions(addPinOptions(command)))
  addExamples(command, [
    "post-policy --condition 'starts-with,$key,user/ada/' https://b.s3.eu-west-1.amazonaws.com/",
    'post-policy --key a.png --curl --file a.png https://b.s3.eu-west-1.amazonaws.com/',
    'post-policy check --size 10MiB form.json',
  ])
  addCheck(command)
  return command.action(async (url: string, flags: Flags) => {
    const output = createOutput(flags)
    assertOneForm(flags)
    const form = readForm(url, flags, output)
    const credentials = await resolveCredentials(flags, output)
    const isOld = flags.algorithm === 'v2'
    const region = isOld ? undefined : await resolveRegion(url, flags, credentials, output)
    const algorithm = isOld ? sigV2Post : undefined
    const post = presignPost(form, { credentials, region, date: flags.at, algorithm })
    tellWarnings(post.warnings, output)
    print(post, credentials.sessionToken, flags, output)
  })
}

async function resolveRegion(
  url: string,
  { region: given, profile, configuredRegion, pin, updatePin }: Flags,
  credentials: AnyCredentials,
  output: Output,
): Promise<string> {
  const { region, algorithm } = await resolveScope(
    url,
    { service: 's3', region: given, profile, configuredRegion, pin, updatePin },
    credentials,
    output,
  )
  if (algorithm === undefined) return region
  throw new CommandError('HOST_NOT_SIGNABLE', 'This host takes no upload forms', {
    why: 'it wants SigV4A, with which no form is signed',
    fix: "give the bucket's own endpoint, bucket.s3.REGION.amazonaws.com",
  })
}

function collectConditions(text: string, previous: readonly PostCondition[] = []): readonly PostCondition[] {
  return [...previous, parseCondition(text)]
}

function collectFields(
  text: string,
  previous: readonly (readonly [string, string])[] = [],
): readonly (readonly [string, string])[] {
  const equals = text.indexOf('=')
  if (equals > 0) return [...previous, [text.slice(0, equals), text.slice(equals + 1)]]
  throw new CommandError('USAGE', '--field is no NAME=VALUE', {
    why: 'there is no = in it, or nothing before it',
    fix: 'write --field acl=private',
  })
}

function assertOneForm({ html, curl, json }: Flags): void {
  if ([html, curl, json].filter((flag) => flag === true).length < 2) return
  throw new CommandError('USAGE', '--html, --curl and --json are each a form of output', {
    why: 'standard output has one',
    fix: 'give one of them',
  })
}

function readForm(url: string, flags: Flags, output: Output): PostForm {
  const { key, field, condition = [], expires } = flags
  const onKey = condition.find(isStartOfKey)
  if (key === undefined && onKey === undefined) {
    throw new CommandError('USAGE', 'Nothing says which object is written', {
      why: 'a form has a key, or says how keys begin',
      fix: "add --key NAME or --condition 'starts-with,$key,FOLDER/'",
    })
  }
  const isNamed = key !== undefined
  return {
    url,
    bucket: readBucket(url, flags, output),
    key,
    keyStartsWith: isNamed ? undefined : onKey?.[2],
    fields: field,
    conditions: isNamed ? condition : condition.filter((one) => one !== onKey),
    expiresIn: expires,
  }
}

function isStartOfKey(condition: PostCondition): condition is readonly ['starts-with', string, string] {
  return Array.isArray(condition) && condition[0] === 'starts-with' && /^\$key$/i.test(String(condition[1]))
}

function readBucket(url: string, { bucket }: Flags, output: Output): string {
  if (bucket !== undefined) return bucket
  const found = bucketOf(url)
  if (found === undefined) {
    throw new CommandError('USAGE', 'The URL does not tell the bucket', {
      why: 'a form is for one bucket, and other hosts than those of AWS do not say where it stands',
      fix: 'add --bucket NAME',
    })
  }
  output.infer('bucket', found, 'the URL')
  return found
}

function print(post: PresignedPost, sessionToken: string | undefined, flags: Flags, output: Output): void {
  const { url, fields, expiresAt, scope } = post
  const conditions = post.conditions.flatMap((condition) => readCondition(condition) ?? [])
  const now = flags.at ?? new Date()
  const seconds = (expiresAt.getTime() - now.getTime()) / 1000
  for (const wide of findWideRules(conditions, seconds)) output.warn('POLICY_WIDE', wide)
  const names = new Set(fields.map(([name]) => name.toLowerCase()))
  const open = conditions.filter(
    (one) => one.operator === 'starts-with' && !names.has(one.field.toLowerCase()),
  )
  const end = formatInstant(expiresAt)
  if (output.isJson) {
    const shown: unknown = JSON.parse(redactAll(JSON.stringify(post.conditions), [sessionToken]))
    const toFillIn = open.map((one) => ('field' in one ? one.field : ''))
    output.writeJson('post-policy', { url, fields, toFillIn, conditions: shown, expiresAt: end, scope })
    return
  }
  if (flags.html) output.write(formatPostHtml(post))
  else if (flags.curl) output.write(formatCurl(post, flags.file))
  else output.write(`${[url, ...fields.map(([name, value]) => `${name}=${value}`)].join('\n')}\n`)
  output.note(`POST, valid until ${end} (${formatLifetime(expiresAt, now)})`)
  for (const one of open) output.note(`to be filled in: ${describeCondition(one)}`)
}

/** Fields as they are, with `--form-string`: to `-F` an `@` or a `;type=` in them would mean something. */
function formatCurl({ url, fields, expiresAt }: PresignedPost, file: string): string {
  const words = fields.map(([name, value]) => `--form-string ${quote(`${name}=${value}`)}`)
  const path = /^[\w./-]+$/.test(file) ? file : `"${file.replace(/[\\"]/g, String.raw`\$&`)}"`
  const line = ['curl', ...words, `-F ${quote(`file=@${path}`)}`, quote(url)].join(' ')
  return `# stops being valid at ${formatInstant(expiresAt)}\n${line}\n`
}

function addCheck(command: Command): void {
  const check = command
    .command('check')
    .description('Reads a policy, or a form with its fields: what it allows, and what does not hold.')
    .argument('<file>', 'a policy in base64 or JSON, or fields as JSON; - is standard input')
    .option('--bucket <name>', 'where the form is sent; by default as the policy says')
    .option('--filename <name>', 'name of the file that is uploaded')
    .option('--size <bytes>', 'its size: 1048576, 1MiB', (text) => parseSize(text, '--size'))
    .helpOption('-h, --help', 'show this')
    .addOption(atOption())
  addOutputOptions(check).action(async (file: string, flags) => {
    const { checkPostPolicy } = await import('./post-policy-check.ts')
    await checkPostPolicy(file, flags)
  })
}
