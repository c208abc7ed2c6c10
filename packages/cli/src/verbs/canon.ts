/**
 * `countersign canon`: the steps that lead to a signature, to be read and compared.
 *
 * @module
 */
import type { Command } from 'commander'
import type { CredentialScope, Credentials, KeyCredentials } from 'countersign'
import type { WholeMessage } from 'countersign/verify'
import { resolveCredentials } from '../credentials/resolve.ts'
import type { DataPart } from '../curl/data.ts'
import { CommandError } from '../frame/command-error.ts'
import { EXIT } from '../frame/exit-codes.ts'
import { readBytes } from '../frame/files.ts'
import {
  addCredentialOptions,
  addExamples,
  addOutputOptions,
  addPinOptions,
  addScopeOptions,
  createVerbCommand,
  type SigningFlags,
} from '../frame/options.ts'
import { createOutput, type Output } from '../frame/output.ts'
import { redactAll } from '../frame/redact.ts'
import { isOlder } from '../request/algorithm.ts'
import { explain, isSigned, tokenOf } from '../request/explain.ts'
import { climb, lastRung, type Rung } from '../request/key-ladder.ts'
import { parseRequest } from '../request/raw-http.ts'
import { messageOf, requestOf } from '../request/request-message.ts'
import { addRequestOptions, readRequest, type RequestFlags } from '../request/request-options.ts'
import type { GivenRequest } from '../request/given-request.ts'
import { formatScope, resolveScope, type ResolvedScope } from '../request/scope.ts'
import { formatSections, sectionsOf } from '../request/sections.ts'
import { signGiven } from '../request/sign-given.ts'
import { tellWarnings } from '../request/signing-warnings.ts'
import { resolveSignHeaders } from '../request/unsign.ts'

interface Flags extends SigningFlags, RequestFlags {
  readonly method?: string | undefined
  /** A file. */
  readonly request?: string | undefined
  readonly ladder?: boolean | undefined
}

interface Steps {
  /** Versions before 4 have neither this nor a scope. */
  readonly canonicalRequest?: string | undefined
  readonly stringToSign: string
  readonly scope?: CredentialScope | undefined
  readonly signedHeaders?: readonly string[] | undefined
  /** That of a request of one's own; one that came with its signature is only taken apart. */
  readonly signature?: string
  readonly ladder?: readonly Rung[]
}

/** Makes the command. */
export function createCommand(): Command {
  const command = createVerbCommand('canon', 'Shows the steps that lead to a signature. Sends nothing.')
    .argument('[url]', 'a URL to sign, or a presigned one to take apart')
    .option('--request <file>', 'a raw HTTP request in place of the URL; - is standard input')
    .option('--ladder', 'the derived keys, too: whoever has them can sign')
  const parts = addRequestOptions(command, '-X, --method <name>')
  addOutputOptions(addCredentialOptions(addPinOptions(addScopeOptions(command))))
  addExamples(command, ['canon --request request.http', 'canon "$PRESIGNED_URL"'])
  return command.action(async (url: string | undefined, flags: Flags) => {
    const output = createOutput(flags)
    const request = await readGiven(url, flags, parts, output)
    const message = messageOf(request)
    const steps = isSigned(message, flags.algorithm)
      ? await takeApart(message, flags)
      : await sign(request, flags, output)
    print(steps, output)
  })
}

async function readGiven(
  url: string | undefined,
  flags: Flags,
  parts: readonly DataPart[],
  output: Output,
): Promise<GivenRequest> {
  if ((url === undefined) === (flags.request === undefined)) {
    throw new CommandError('USAGE', 'canon needs either a URL or --request FILE', {
      why: url === undefined ? 'there is neither' : 'there are both',
      fix: 'countersign canon https://sts.eu-west-1.amazonaws.com/',
    })
  }
  if (url !== undefined) return readRequest(url, { ...flags, request: flags.method }, parts)
  return requestOf(parseRequest(await readBytes(flags.request ?? '-', '--request'), output))
}

/** A request that carries its signature needs no credentials: its steps are those that its verifier goes through. */
async function takeApart(message: WholeMessage, flags: Flags): Promise<Steps> {
  const { service, region, algorithm, at, ladder } = flags
  if (ladder) {
    throw new CommandError('USAGE', '--ladder is for a request that is yet to be signed', {
      why: 'this one carries its signature, and is only taken apart',
      fix: 'leave --ladder out, or take the signature off the request',
    })
  }
  const report = await explain(message, { service, region, algorithm, now: () => at ?? new Date() })
  const { canonicalRequest, stringToSign, scope, signedHeaders = [] } = report
  if (canonicalRequest === undefined || stringToSign === undefined || scope === undefined) {
    const fault = report.findings.find(({ isOk }) => !isOk)
    throw new CommandError(
      fault?.code ?? 'SIGNATURE_MALFORMED',
      fault?.message ?? 'The signature cannot be read',
      {
        exitCode: EXIT.signature,
        why: 'without its parts there are no steps',
        fix: 'countersign verify says what each rule finds',
      },
    )
  }
  const secrets = [tokenOf(message)]
  const own = isOlder(algorithm) ? {} : { scope, signedHeaders }
  return {
    canonicalRequest: redactAll(canonicalRequest, secrets),
    stringToSign: redactAll(stringToSign, secrets),
    ...own,
  }
}

async function sign(request: GivenRequest, flags: Flags, output: Output): Promise<Steps> {
  const credentials = await resolveCredentials(flags, output)
  const given = await resolveScope(request.url, flags, credentials, output)
  if (flags.ladder) assertLadder(given)
  const signHeaders = resolveSignHeaders(request, flags, output)
  const { at: date } = flags
  const signed = await signGiven(request, given, { credentials, date, signHeaders })
  tellWarnings(signed.warnings, output)
  const { canonicalRequest, stringToSign, scope, signedHeaders, signature } = signed
  const secrets = [credentials.sessionToken]
  const steps = {
    canonicalRequest: canonicalRequest && redactAll(canonicalRequest, secrets),
    stringToSign: redactAll(stringToSign, secrets),
    scope,
    signedHeaders,
    signature,
  }
  return flags.ladder && scope ? { ...steps, ladder: ladderOf(credentials, scope, output) } : steps
}

function assertLadder({ algorithm, older }: ResolvedScope): void {
  if (algorithm === undefined && older === undefined) return
  throw new CommandError('USAGE', '--ladder is of SigV4', {
    why: older
      ? 'version 2 signs with the secret itself'
      : 'SigV4A has one key pair for all days, regions and services, which is not to be shown',
    fix: 'leave out --ladder',
  })
}

function ladderOf(
  { secretAccessKey, signingKey }: Partial<Credentials & KeyCredentials>,
  scope: CredentialScope,
  output: Output,
): readonly Rung[] {
  output.warn(
    'KEYS_SHOWN',
    'whoever has one of these keys can sign with it, until the day of the scope is over',
  )
  return signingKey ? lastRung(signingKey) : climb(secretAccessKey ?? '', scope)
}

function print({ ladder, ...steps }: Steps, output: Output): void {
  if (output.isJson) {
    output.writeJson('canon', { ...steps, ...(ladder && { ladder: Object.fromEntries(ladder) }) })
    return
  }
  const { scope, signedHeaders } = steps
  const sections = sectionsOf(steps)
  if (scope) sections.push(['scope', `${formatScope(scope)}/aws4_request`])
  if (signedHeaders) sections.push(['signed headers', signedHeaders.join('\n')])
  if (ladder) sections.push(['key ladder', ladder.map(([name, hex]) => `${name} ${hex}`).join('\n')])
  if (steps.signature !== undefined) sections.push(['signature', steps.signature])
  output.write(formatSections(sections))
}
