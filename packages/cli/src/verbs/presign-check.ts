/**
 * `countersign presign check`: reads a presigned URL. Nothing is sent, and no key is needed: whether the signature is
 * right is not looked at.
 *
 * @module
 */
import { CommandError } from '../frame/command-error.ts'
import { EXIT, type ExitCode } from '../frame/exit-codes.ts'
import { readBytes } from '../frame/files.ts'
import type { ScopeFlags } from '../frame/options.ts'
import { createOutput, type Output, type OutputFlags } from '../frame/output.ts'
import { redact } from '../frame/redact.ts'
import { formatDuration, formatInstant, parseInstant } from '../frame/times.ts'
import { explain } from '../request/explain.ts'
import { formatScope } from '../request/scope.ts'
import { repairUrl } from '../request/presigned-text.ts'
import { messageOf } from '../request/request-message.ts'

/** What there is to say about a presigned URL. */
interface Checked {
  readonly state: 'valid' | 'expired' | 'not yet valid' | 'damaged'
  /** Without damage, signature and session token. */
  readonly url: string
  readonly damages: readonly string[]
  readonly accessKeyId: string
  readonly scope: string
  /** Of SigV4A: the regions that the signature holds in. */
  readonly regionSet?: readonly string[] | undefined
  /** Names. */
  readonly signedHeaders: readonly string[]
  /** Names of headers that must be sent as they were signed. */
  readonly headersToSend: readonly string[]
  readonly validFrom: string
  readonly expiresAt: string
  /** Seconds; negative when it is over. */
  readonly secondsLeft: number
}

const HIDDEN = /([?&])(X-Amz-(?:Signature|Security-Token))=[^&#]*/g

const HMAC_SIGNATURE = /^[0-9a-f]{64}$/
// Two integers of up to 33 bytes; the second byte is the length of what follows.
const DER_SIGNATURE = /^30(?:[0-9a-f]{2}){6,71}$/

/** How early a URL may be used, in seconds: clocks differ by as much. */
const EARLINESS = 300

/**
 * Reads a presigned URL, and says what it is.
 *
 * @throws {@link CommandError} `URL_MALFORMED` when it is none
 */
export async function checkPresignedUrl(given: string, flags: ScopeFlags & OutputFlags): Promise<void> {
  const output = createOutput(flags)
  const text =
    given === '-'
      ? Buffer.from(await readBytes('-', 'presign check'))
          .toString('utf8')
          .trim()
      : given
  const checked = await readPresigned(text, flags.at ?? new Date())
  print(checked, output)
  process.exitCode = EXIT_OF_STATE.get(checked.state)
}

const EXIT_OF_STATE: ReadonlyMap<Checked['state'], ExitCode> = new Map<Checked['state'], ExitCode>([
  ['valid', EXIT.ok],
  ['not yet valid', EXIT.clock],
  ['expired', EXIT.signature],
  ['damaged', EXIT.signature],
])

async function readPresigned(text: string, now: Date): Promise<Checked> {
  const { url, damages } = repairUrl(text)
  const parameters = new URLSearchParams(/\?([^#]*)/.exec(url)?.[1] ?? '')
  const message = messageOf({ method: 'GET', url, headers: [] })
  const report = await explain(message, { now: () => now })
  const { scope, accessKeyId, regionSet, signedHeaders } = report
  const fault = report.findings.find(({ code }) => code !== undefined && !LATER_CODES.has(code))
  if (fault || report.mechanism !== 'query' || !scope || !accessKeyId || !signedHeaders) {
    throw malformed(report.mechanism === 'header' ? undefined : fault?.message)
  }
  const signature = regionSet ? DER_SIGNATURE : HMAC_SIGNATURE
  if (!signature.test(parameters.get('X-Amz-Signature') ?? '')) {
    throw malformed('its signature is not as long as one is: was the URL cut off?')
  }
  const start = parseInstant(parameters.get('X-Amz-Date') ?? '', 'X-Amz-Date')
  const end = new Date(start.getTime() + Number(parameters.get('X-Amz-Expires')) * 1000)
  return {
    state: stateOf(start, end, now, damages),
    url: url.replace(
      HIDDEN,
      (_, sign: string, name: string) => `${sign}${name}=${redact(parameters.get(name) ?? '')}`,
    ),
    damages,
    accessKeyId,
    scope: formatScope(scope),
    regionSet,
    signedHeaders,
    headersToSend: signedHeaders.filter((name) => name !== 'host'),
    validFrom: formatInstant(start),
    expiresAt: formatInstant(end),
    secondsLeft: Math.floor((end.getTime() - now.getTime()) / 1000),
  }
}

/** What depends on the clock, or on headers that a URL alone does not have. */
const LATER_CODES: ReadonlySet<string> = new Set([
  'EXPIRED',
  'NOT_YET_VALID',
  'SIGNED_HEADER_MISSING',
  'PAYLOAD_UNSIGNED',
])

function stateOf(start: Date, end: Date, now: Date, damages: readonly string[]): Checked['state'] {
  if (now > end) return 'expired'
  if (now.getTime() < start.getTime() - EARLINESS * 1000) return 'not yet valid'
  return damages.length > 0 ? 'damaged' : 'valid'
}

function malformed(why: string | undefined): CommandError {
  return new CommandError('URL_MALFORMED', 'This is no presigned URL that can be read', {
    exitCode: EXIT.signature,
    why: why ?? 'it has no X-Amz-Signature',
    fix: "give the whole URL in quotes: countersign presign check 'https://…'",
  })
}

function print(checked: Checked, output: Output): void {
  const { state, url, damages, accessKeyId, scope, regionSet, headersToSend } = checked
  const { validFrom, expiresAt, secondsLeft } = checked
  for (const damage of damages) output.warn('URL_DAMAGED', `the URL was damaged on its way: ${damage}`)
  if (output.isJson) {
    output.writeJson('presign-check', checked)
    return
  }
  const span = formatDuration(Math.abs(secondsLeft))
  const hue = state === 'valid' ? 'green' : 'red'
  const lines = [
    output.paint(state, hue),
    `key      ${accessKeyId}`,
    `scope    ${scope}`,
    ...(regionSet ? [`regions  ${regionSet.join()}`] : []),
    `from     ${validFrom}`,
    `until    ${expiresAt} (${secondsLeft < 0 ? `over for ${span}` : `${span} left`})`,
    `send     ${headersToSend.length > 0 ? headersToSend.join(', ') : 'no headers of its own'}`,
    `${damages.length > 0 ? 'repaired' : 'url     '} ${url}`,
  ]
  output.write(`${lines.join('\n')}\n`)
}
