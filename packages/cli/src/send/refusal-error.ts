/**
 * What is said when a server refused: what, why in AWS's own words, and what to type next.
 *
 * @module
 */
import { quote } from '../request/curl-line.ts'
import type { ResolvedScope } from '../request/scope.ts'
import { CommandError } from '../frame/command-error.ts'
import { EXIT, type ExitCode } from '../frame/exit-codes.ts'
import type { Output } from '../frame/output.ts'
import { redactAll } from '../frame/redact.ts'
import { formatDuration } from '../frame/times.ts'
import type { Delivered } from './delivery.ts'
import { printable, redactUrl } from '../request/redacted-headers.ts'
import type { Refusal, RefusalKind } from './refusal.ts'
import { headerValue } from './wire-request.ts'
import type { SendFlags } from './send-flags.ts'
import type { SignedAttempt } from './signing.ts'

/** What is known of the request that was refused. */
export interface RefusedRequest {
  readonly method: string
  /** Without signature and token. */
  readonly url: string
  readonly scope: ResolvedScope
  readonly status: number
  /** What `--at` set the clock to. */
  readonly at: Date | undefined
}

/** Where there was no signature. */
const OF_TOKENS: ReadonlyMap<RefusalKind, string> = new Map([
  ['signature', 'The token was refused'],
  ['permission', 'The permission is missing'],
  ['expired', 'The token has expired'],
])

type ErrorCode = ConstructorParameters<typeof CommandError>[0]

const KINDS: Readonly<Record<RefusalKind, readonly [ErrorCode, ExitCode, what: string]>> = {
  signature: ['SIGNATURE_REFUSED', EXIT.signature, 'The signature was refused'],
  clock: ['CLOCK_REFUSED', EXIT.clock, 'The clock is off, so that the signature was refused'],
  permission: [
    'PERMISSION_REFUSED',
    EXIT.permission,
    'The signature is right, and the permission is missing',
  ],
  expired: ['CREDENTIALS_UNUSABLE', EXIT.credentials, 'The credentials have expired'],
  throttled: ['HTTP_STATUS', EXIT.http, 'The server refused'],
  other: ['HTTP_STATUS', EXIT.http, 'The server refused'],
}

/** Flags that say what an error status comes to. */
type StatusFlags = Pick<SendFlags, 'checkStatus' | 'fail' | 'failWithBody' | 'at'>

/**
 * What the command ends with, as the answer and the flags have it; nothing when all is well. A redirect that was not
 * asked to be followed is told, and is no failure.
 */
export function failureOf(
  { request, attempt, scope, response, refusal, next }: Delivered,
  { checkStatus, fail, failWithBody, at }: StatusFlags,
  output: Output,
): CommandError | undefined {
  const { status } = response
  const isChecked = checkStatus || fail === true || failWithBody === true
  const isError = status >= 400 || (status >= 300 && refusal?.code !== undefined)
  if (next.kind === 'refused') {
    const failure = redirectRefused(next)
    if (isChecked) return failure
    output.warn(failure.code, failure.message)
  } else if (!isError && status > 300 && status < 400 && status !== 304) {
    output.warn('REDIRECT_NOT_FOLLOWED', `the answer is a redirect (${status}); follow it with -L`)
  }
  if (!isError || !isChecked || refusal === undefined) return undefined
  const { method } = attempt.signed
  const token = scope.scheme === 'bearer' ? tokenOf(attempt.signed.headers) : undefined
  const message = refusal.message && redactAll(refusal.message, [token])
  const shown = { method, url: redactUrl(request.url), scope, status, at }
  const described = describeRefusal({ ...refusal, message }, shown)
  if (checkStatus) return described
  // Curl knows one code for all of them.
  const { message: told, why, fix } = described
  return new CommandError('HTTP_STATUS', told, { why, fix, exitCode: EXIT.http })
}

function tokenOf(headers: SignedAttempt['signed']['headers']): string | undefined {
  return headerValue(headers, 'authorization')?.replace(/^Bearer /, '')
}

function redirectRefused({ to, reason }: { to: string; reason: string }): CommandError {
  return new CommandError('REDIRECT_REFUSED', `The redirect to ${printable(redactUrl(to))} is not followed`, {
    exitCode: EXIT.http,
    why: reason,
    fix: 'send to that place itself, or trust it with --location-trusted',
  })
}

/** What is said of an answer that is a refusal. */
export function describeRefusal(given: Refusal, request: RefusedRequest): CommandError {
  const isToken = request.scope.scheme === 'bearer'
  // Of tokens the status tells it, whatever the code is.
  const refusal: Refusal = isToken && request.status === 401 ? { ...given, kind: 'signature' } : given
  const [code, exitCode, usual] = KINDS[refusal.kind]
  const what = (isToken && OF_TOKENS.get(refusal.kind)) || usual
  const said = [refusal.code, refusal.message].filter((part) => part !== undefined).join(': ')
  const empty = request.method === 'HEAD' ? 'HEAD has no body that would tell' : 'the answer does not tell'
  return new CommandError(code, `${what} (${request.status})`, {
    exitCode,
    why: `${said === '' ? empty : printable(said)}${clockOf(refusal, request.at)}`,
    fix: fixOf(refusal, request),
  })
}

function clockOf({ kind, serverTime }: Refusal, at: Date | undefined): string {
  if (kind !== 'clock' || serverTime === undefined) return ''
  const seconds = Math.round(((at?.getTime() ?? Date.now()) - serverTime.getTime()) / 1000)
  const clock = at ? 'the time of --at' : 'this clock'
  return ` (${clock} is ${formatDuration(Math.abs(seconds))} ${seconds < 0 ? 'behind' : 'ahead of'} the server's)`
}

const MISSING_KEY =
  /^(?:InvalidAccessKeyId|InvalidClientTokenId|UnrecognizedClientException|InvalidToken|InvalidSecurity)$/

function fixOf(refusal: Refusal, request: RefusedRequest): string {
  const { kind, code = '', region } = refusal
  const { method, url, scope, status, at } = request
  if (status < 400) return 'follow it with -L'
  if (scope.scheme === 'bearer' && (kind === 'signature' || kind === 'expired' || kind === 'permission')) {
    return 'check the token: whose it is, what it allows, and when it ends'
  }
  if (kind === 'clock' && at) return 'leave out --at'
  if (kind === 'clock')
    return 'set the clock of this computer, for instance with: sudo timedatectl set-ntp true'
  if (kind === 'expired') return 'log in again, for instance with: aws sso login'
  if (kind === 'permission') return 'ask for the permission, or choose another identity with --profile NAME'
  if (region !== undefined && region !== scope.region && /^[\w-]+$/.test(region))
    return scope.algorithm ? `add --region-set ${region}` : `add --region ${region}`
  if (MISSING_KEY.test(code)) return 'check which key was used with -v, or choose another with --profile NAME'
  if (code.startsWith('MissingAuthenticationToken')) {
    return 'check path and method: API Gateway says so of what it does not have'
  }
  if (kind === 'signature') {
    const regions = scope.algorithm ? `--region-set ${quote(scope.region)}` : `--region ${scope.region}`
    if (scope.older === 'v3') return 'check the secret, and that the server takes SigV3'
    if (scope.older) return `countersign canon -X ${method} --algorithm ${scope.older} ${quote(url)}`
    return `countersign canon -X ${method} --service ${scope.service} ${regions} ${quote(url)}`
  }
  if (method === 'HEAD') return 'ask with GET, which tells why: -X GET'
  return status === 429 || status >= 500
    ? 'try again, with --retry 3'
    : 'look at the answer, or at the heads with -v'
}
