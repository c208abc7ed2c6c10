/**
 * `countersign verify`: checks the signature of a request that somebody captured, and says what each rule found.
 *
 * @module
 */
import { Option, type Command } from 'commander'
import type { Credentials, KeyCredentials } from 'countersign'
import type { Report, WholeMessage } from 'countersign/verify'
import { resolveCredentials } from '../credentials/resolve.ts'
import type { AnyCredentials } from '../credentials/resolved-credentials.ts'
import { readHeaders } from '../curl/headers.ts'
import { CommandError } from '../frame/command-error.ts'
import { EXIT, type ExitCode } from '../frame/exit-codes.ts'
import { readBytes } from '../frame/files.ts'
import {
  addCredentialOptions,
  addExamples,
  addOutputOptions,
  addScopeOptions,
  collect,
  createVerbCommand,
  type SigningFlags,
} from '../frame/options.ts'
import { createOutput, type Output } from '../frame/output.ts'
import { redactAll, shortId } from '../frame/redact.ts'
import { parseDuration } from '../frame/times.ts'
import { explain, readClaimed, tokenOf } from '../request/explain.ts'
import { parseRequest } from '../request/raw-http.ts'
import { messageOf } from '../request/request-message.ts'
import { formatSections, sectionsOf } from '../request/sections.ts'

interface Flags extends SigningFlags {
  readonly maxClockSkew?: number | undefined
  readonly scheme?: 'http' | 'https' | undefined
  /** In place of a request. */
  readonly url?: string | undefined
  readonly method?: string | undefined
  readonly header?: readonly string[] | undefined
}

/** Makes the command. */
export function createCommand(): Command {
  const command = createVerbCommand(
    'verify',
    'Checks the signature of an HTTP/1.1 request, as it stood on the wire.',
  )
    .argument('[file]', 'the request; - is standard input, and the default')
    .option('--url <url>', 'a presigned URL in place of the request')
    .option('-X, --method <name>', 'its method, by default GET')
    .option('-H, --header <line>', 'a header that is sent with it', collect)
    .option('--max-clock-skew <time>', '5m, for S3 15m', (text) => parseDuration(text, '--max-clock-skew'))
    .addOption(new Option('--scheme <name>', 'how it came: https by default').choices(['http', 'https']))
  addOutputOptions(addCredentialOptions(addScopeOptions(command)))
  addExamples(command, [
    'verify request.http',
    'verify --at 20150830T123600Z --json < request.http',
    'verify -X PUT --url "$PRESIGNED_URL"',
  ])
  return command.action(async (file: string | undefined, flags: Flags) => {
    const output = createOutput(flags)
    assertOneRequest(file, flags)
    const credentials = await resolveCredentials(flags, output)
    const message = await readMessage(file, flags, output)
    const { report, isKeyMissing } = await judge(message, credentials, flags, output)
    process.exitCode = isKeyMissing ? EXIT.credentials : exitCodeOf(report)
    print(report, message, output)
  })
}

function assertOneRequest(file: string | undefined, { url, method, header }: Flags): void {
  const isForUrl = url !== undefined
  if (isForUrl ? file === undefined : method === undefined && header === undefined) return
  throw new CommandError(
    'USAGE',
    isForUrl ? '--url and a file are both a request' : '-X and -H are for --url',
    {
      why: isForUrl ? 'one is checked at a time' : 'a request in a file has its own method and headers',
      fix: "write countersign verify FILE, or countersign verify -X GET --url 'https://…'",
    },
  )
}

async function readMessage(
  file = '-',
  { url, method = 'GET', header = [], scheme }: Flags,
  output: Output,
): Promise<WholeMessage> {
  if (url === undefined) {
    const request = parseRequest(await readBytes(file, 'verify'), output)
    return { ...request, protocol: scheme ?? 'https' }
  }
  if (!/^https?:\/\/[^/?#]/i.test(url)) {
    throw new CommandError('URL_INVALID', '--url is no absolute URL', {
      why: 'a signature is for one host',
      fix: "give the whole URL in quotes: --url 'https://…'",
    })
  }
  const { headers } = await readHeaders(header, readBytes)
  const isPlain = /^http:/i.test(url)
  return { ...messageOf({ method, url, headers }), protocol: scheme ?? (isPlain ? 'http' : 'https') }
}

/** The report, against the credentials if they are those of the key that signed. */
async function judge(
  message: WholeMessage,
  credentials: AnyCredentials,
  flags: Flags,
  output: Output,
): Promise<{ report: Report; isKeyMissing: boolean }> {
  const { scope, accessKeyId } = await readClaimed(message, flags.algorithm)
  const region = readRegions(flags)
  const given = { service: flags.service, region }
  for (const what of ['service', 'region'] as const) {
    const value = scope?.[what]
    if (given[what] === undefined && value !== undefined) output.infer(what, value, "the request's own scope")
  }
  const isOther = accessKeyId !== undefined && accessKeyId !== credentials.accessKeyId
  const { algorithm, maxClockSkew, at } = flags
  const report = await explain(message, {
    ...given,
    algorithm,
    maxClockSkew,
    now: () => at ?? new Date(),
    ...(isOther ? {} : { key: keyOf(credentials) }),
  })
  return isOther
    ? { report: withoutKey(report, accessKeyId, credentials), isKeyMissing: true }
    : { report, isKeyMissing: false }
}

/** The regions that are served: all of them where the request does not say, and nothing else does. */
function readRegions({ region, regionSet }: Flags): readonly string[] | undefined {
  return (regionSet ?? region)?.split(',')
}

function keyOf(credentials: AnyCredentials): NonNullable<Parameters<typeof explain>[1]['key']> {
  const { secretAccessKey, signingKey, sessionToken }: Partial<Credentials & KeyCredentials> = credentials
  return { secretAccessKey, signingKey, sessionToken }
}

function withoutKey(report: Report, accessKeyId: string, credentials: AnyCredentials): Report {
  const message = `It was signed with the key ${shortId(accessKeyId)}, and the credentials are of ${shortId(credentials.accessKeyId)}`
  return {
    ...report,
    findings: [...report.findings, { check: 'key', isOk: false, code: 'KEY_UNKNOWN', message }],
  }
}

const CLOCK_CODES: ReadonlySet<string> = new Set(['CLOCK_SKEWED', 'NOT_YET_VALID'])

/** The clock is to blame only where nothing else is wrong. */
function exitCodeOf({ verdict, findings }: Report): ExitCode {
  if (verdict === 'valid') return EXIT.ok
  const codes = findings.flatMap(({ code }) => code ?? [])
  return codes.every((code) => CLOCK_CODES.has(code)) ? EXIT.clock : EXIT.signature
}

function print(report: Report, message: WholeMessage, output: Output): void {
  const secrets = [tokenOf(message)]
  const canonicalRequest = redactAll(report.canonicalRequest ?? '', secrets)
  const stringToSign = redactAll(report.stringToSign ?? '', secrets)
  const { verdict, findings, accessKeyId, scope, regionSet, signedHeaders = [] } = report
  const { mechanism, algorithm } = report
  if (output.isJson) {
    const steps = report.stringToSign === undefined ? {} : { canonicalRequest, stringToSign }
    const claim = { mechanism, algorithm, accessKeyId, scope, regionSet, signedHeaders }
    output.writeJson('verify', { verdict, findings, ...claim, ...steps })
    return
  }
  output.write(`${output.paint(verdict, verdict === 'valid' ? 'green' : 'red')}\n\n`)
  for (const { check, isOk, code, message: text } of findings) {
    const mark = isOk ? 'ok  ' : output.paint('FAIL', 'red')
    output.write(`${mark}  ${check}${isOk ? '' : `: ${redactAll(text, secrets)} (${code})`}\n`)
  }
  if (verdict === 'valid' || report.stringToSign === undefined) return
  output.write(`\n${formatSections(sectionsOf({ canonicalRequest, stringToSign }))}`)
}
