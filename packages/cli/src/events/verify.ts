/**
 * `countersign events verify`: checks a captured request with signed events as its body, down to the last of them.
 *
 * @module
 */
import type { Credentials, KeyCredentials } from 'countersign'
import { createEventStreamVerifier } from 'countersign/streaming'
import { VerificationError, type RequestMessage, type WholeMessage } from 'countersign/verify'
import { resolveCredentials } from '../credentials/resolve.ts'
import type { AnyCredentials } from '../credentials/resolved-credentials.ts'
import { CommandError } from '../frame/command-error.ts'
import { EXIT, type ExitCode } from '../frame/exit-codes.ts'
import { readBytes } from '../frame/files.ts'
import type { SigningFlags } from '../frame/options.ts'
import { createOutput, type Output } from '../frame/output.ts'
import { redactAll, shortId } from '../frame/redact.ts'
import { readClaimed, tokenOf, type ClaimedSignature } from '../request/explain.ts'
import { parseRequest } from '../request/raw-http.ts'
import { formatScope } from '../request/scope.ts'
import { algorithmsFor } from '../request/taken-algorithms.ts'
import { assertVersion4 } from './sign.ts'

/** The flags of `events verify`. */
export interface VerifyFlags extends SigningFlags {
  /** In seconds. */
  readonly maxClockSkew?: number | undefined
  readonly scheme?: 'http' | 'https' | undefined
}

/** What came of it. */
interface Outcome {
  readonly verdict: 'valid' | 'invalid' | 'unproven'
  /** How many events are good, until the first that is not. */
  readonly events: number
  readonly finding?: { readonly code: string; readonly message: string }
}

/**
 * Says whether the request and all events are as they were signed; ends with 0, 5, 6, or 3 without the key.
 *
 * @throws {@link CommandError} `USAGE`, `FILE_UNREADABLE`
 */
export async function verifyEvents(path: string, flags: VerifyFlags): Promise<void> {
  const output = createOutput(flags)
  assertVersion4(flags.algorithm)
  const credentials = await resolveCredentials(flags, output)
  const request = parseRequest(await readBytes(path, 'events verify'), output)
  assertEvents(request)
  const message = { ...request, protocol: flags.scheme ?? 'https' }
  const claimed = await readClaimed(message, flags.algorithm)
  const outcome = await judge(message, claimed, credentials, flags, output)
  process.exitCode = exitCodeOf(outcome)
  print(outcome, claimed, tokenOf(request), output)
}

const MODE = /^STREAMING-.*-EVENTS$/

/** The verifier of streams takes the body of any other request for empty, and would blame its signature. */
function assertEvents({ target, headers }: WholeMessage): void {
  if (/[?&]X-Amz-Signature=/.test(target)) return
  if (headers.some(([name, value]) => /^x-amz-content-sha256$/i.test(name) && MODE.test(value))) return
  throw new CommandError('USAGE', 'This request has no signed events', {
    why: 'its x-amz-content-sha256 does not announce any, and it opens no WebSocket',
    fix: 'countersign verify FILE',
  })
}

async function judge(
  message: WholeMessage,
  { accessKeyId, scope }: ClaimedSignature,
  credentials: AnyCredentials,
  flags: VerifyFlags,
  output: Output,
): Promise<Outcome> {
  const { service, region, regionSet, maxClockSkew, at, algorithm } = flags
  const given = { service, region: (regionSet ?? region)?.split(',') }
  for (const what of ['service', 'region'] as const) {
    const value = scope?.[what]
    if (given[what] === undefined && value !== undefined) output.infer(what, value, "the request's own scope")
  }
  const { secretAccessKey, signingKey, sessionToken }: Partial<Credentials & KeyCredentials> = credentials
  const verifier = createEventStreamVerifier({
    service: given.service ?? scope?.service ?? 'any',
    region: given.region ?? scope?.region ?? '*',
    algorithms: await algorithmsFor(message, algorithm),
    maxClockSkew,
    now: () => at ?? new Date(),
    secrets: (id) =>
      id === credentials.accessKeyId ? { secretAccessKey, signingKey, sessionToken } : undefined,
  })
  return count((request) => verifier.verify(request), message, {
    code: 'KEY_UNKNOWN',
    message: `It was signed with the key ${shortId(accessKeyId ?? '')}, and the credentials are of ${shortId(credentials.accessKeyId)}`,
  })
}

/** Counts the events that are good. */
async function count(
  verify: (message: RequestMessage) => Promise<{ events: AsyncIterable<unknown> }>,
  message: WholeMessage,
  keyMissing: NonNullable<Outcome['finding']>,
): Promise<Outcome> {
  let events = 0
  try {
    const stream = await verify(message)
    for await (const _ of stream.events) events += 1
    return { verdict: 'valid', events }
  } catch (error) {
    if (!(error instanceof VerificationError)) throw error
    if (error.code === 'KEY_UNKNOWN') return { verdict: 'unproven', events, finding: keyMissing }
    return { verdict: 'invalid', events, finding: { code: error.code, message: error.message } }
  }
}

const EXIT_OF_CODE: ReadonlyMap<string, ExitCode> = new Map<string, ExitCode>([
  ['CLOCK_SKEWED', EXIT.clock],
  ['NOT_YET_VALID', EXIT.clock],
  ['KEY_UNKNOWN', EXIT.credentials],
])

function exitCodeOf({ finding }: Outcome): ExitCode {
  return finding ? (EXIT_OF_CODE.get(finding.code) ?? EXIT.signature) : EXIT.ok
}

function print(
  { verdict, events, finding }: Outcome,
  { accessKeyId, scope }: ClaimedSignature,
  token: string | undefined,
  output: Output,
): void {
  const shown = finding && { ...finding, message: redactAll(finding.message, [token]) }
  if (output.isJson) {
    output.writeJson('events-verify', { verdict, accessKeyId, scope, events, finding: shown })
    return
  }
  output.write(`${output.paint(verdict, verdict === 'valid' ? 'green' : 'red')}\n`)
  if (accessKeyId !== undefined) output.write(`key      ${accessKeyId}\n`)
  if (scope) output.write(`scope    ${formatScope(scope)}\n`)
  output.write(`events   ${events}${shown ? ' good' : ', and their signed end'}\n`)
  if (shown) output.write(`problem  ${shown.message} (${shown.code})\n`)
}
