/**
 * `countersign cloudfront check`: reads a signed URL or signed cookies of CloudFront: what they open, and until when.
 * With the key it holds the signature against the URL, too. Nothing is sent.
 *
 * @module
 */
import { createPublicKey } from 'node:crypto'
import {
  parsePolicy,
  verifySignedCookies,
  verifySignedUrl,
  type CloudFrontKey,
  type CloudFrontStatement,
  type VerifyCloudFrontOptions,
} from 'countersign/cloudfront'
import { SigningError, VerificationError } from 'countersign/errors'
import { CommandError } from '../frame/command-error.ts'
import { EXIT, type ExitCode } from '../frame/exit-codes.ts'
import { readBytes } from '../frame/files.ts'
import { createOutput, type Output, type OutputFlags } from '../frame/output.ts'
import { formatDuration, formatInstant } from '../frame/times.ts'
import { readCloudFrontKey } from '../request/cloudfront-key.ts'

/** What the command line says. */
export interface CheckFlags extends OutputFlags {
  /** A file. */
  readonly key?: string | undefined
  readonly keyPairId?: string | undefined
  readonly cookie?: readonly string[] | undefined
  readonly ip?: string | undefined
  readonly at?: Date | undefined
}

type State = 'valid' | 'unproven' | 'not yet valid' | 'expired' | 'refused'

/** What there is to say. */
interface Checked {
  readonly state: State
  readonly keyPairId: string
  readonly kind: 'canned' | 'custom'
  readonly policy: CloudFrontStatement
  readonly expiresAt: string
  /** Seconds; negative when it is over. */
  readonly secondsLeft: number
  /** The first thing that does not hold. */
  readonly finding?: { readonly code: string; readonly message: string } | undefined
}

const EXIT_OF_STATE: ReadonlyMap<State, ExitCode> = new Map<State, ExitCode>([
  ['valid', EXIT.ok],
  ['unproven', EXIT.ok],
  ['not yet valid', EXIT.clock],
  ['expired', EXIT.signature],
  ['refused', EXIT.signature],
])

const STATE_OF_CODE: ReadonlyMap<string, State> = new Map<string, State>([
  ['EXPIRED', 'expired'],
  ['NOT_YET_VALID', 'not yet valid'],
])

/**
 * Reads what was signed, and says what it is.
 *
 * @throws {@link CommandError} `URL_MALFORMED` when there is no signature of CloudFront that can be read
 */
export async function checkCloudFront(given: string, flags: CheckFlags): Promise<void> {
  const output = createOutput(flags)
  const url =
    given === '-'
      ? Buffer.from(await readBytes('-', 'cloudfront check'))
          .toString('utf8')
          .trim()
      : given
  const cookies = flags.cookie?.join('; ').replace(/\s*\n\s*/g, '; ')
  const now = flags.at ?? new Date()
  const { keyPairId, kind, policy } = cookies === undefined ? readUrl(url) : readCookies(url, cookies)
  const options = { keyPairId: flags.keyPairId ?? keyPairId, remoteAddress: flags.ip, now: () => now }
  const finding =
    flags.key === undefined
      ? findByTime(policy, now)
      : await findByKey(url, cookies, { ...options, publicKey: await readPublicKey(flags.key) })
  if (policy.ipAddress !== undefined && flags.ip === undefined) {
    output.warn('ADDRESS_UNKNOWN', `it is for ${policy.ipAddress} alone: say with --ip who asks`)
  }
  const isGood = flags.key === undefined ? 'unproven' : 'valid'
  const end = new Date(policy.dateLessThan * 1000)
  const state = finding ? (STATE_OF_CODE.get(finding.code) ?? 'refused') : isGood
  const secondsLeft = Math.floor((end.getTime() - now.getTime()) / 1000)
  print({ state, keyPairId, kind, policy, expiresAt: formatInstant(end), secondsLeft, finding }, output)
  process.exitCode = EXIT_OF_STATE.get(state)
}

type Signed = Pick<Checked, 'keyPairId' | 'kind' | 'policy'>

const PARAMETERS: ReadonlySet<string> = new Set([
  'Expires',
  'Policy',
  'Signature',
  'Key-Pair-Id',
  'Hash-Algorithm',
])

function readUrl(url: string): Signed {
  const [, base = '', query = ''] = /^([^?#]*)\??([^#]*)/.exec(url) ?? []
  const pairs = query.split('&').map((pair): [string, string] => splitPair(pair))
  const others = pairs.filter(([name]) => !PARAMETERS.has(name)).map((pair) => pair.join('='))
  const own = others.join('&')
  return readFields(new Map(pairs), own === '' ? base : `${base}?${own}`)
}

function readCookies(url: string, header: string): Signed {
  const pairs = header.split(';').map((pair) => splitPair(pair.trim()))
  return readFields(new Map(pairs.map(([name, value]) => [name.replace(/^CloudFront-/, ''), value])), url)
}

function splitPair(pair: string): [name: string, value: string] {
  const equals = `${pair}=`.indexOf('=')
  return [pair.slice(0, equals), pair.slice(equals + 1)]
}

function readFields(fields: ReadonlyMap<string, string>, resource: string): Signed {
  const keyPairId = fields.get('Key-Pair-Id')
  const [expires, policy] = [fields.get('Expires'), fields.get('Policy')]
  if (!fields.has('Signature') || keyPairId === undefined) {
    throw malformed('it has no Signature with a Key-Pair-Id')
  }
  try {
    if (policy !== undefined) return { keyPairId, kind: 'custom', policy: parsePolicy(decode(policy)) }
  } catch (error) {
    throw error instanceof SigningError ? malformed(error.message) : error
  }
  if (/^[1-9]\d{0,10}$/.test(expires ?? '')) {
    return { keyPairId, kind: 'canned', policy: { resource, dateLessThan: Number(expires) } }
  }
  throw malformed('it has neither a Policy nor an Expires in seconds')
}

/** CloudFront has `-`, `_` and `~` in the place of `+`, `=` and `/`. */
function decode(policy: string): string {
  const base64 = policy.replaceAll('-', '+').replaceAll('_', '=').replaceAll('~', '/')
  return Buffer.from(base64, 'base64').toString('utf8')
}

function malformed(why: string): CommandError {
  return new CommandError('URL_MALFORMED', 'There is no signature of CloudFront that can be read', {
    exitCode: EXIT.signature,
    why,
    fix: "give the whole URL in quotes, and cookies with --cookie 'CloudFront-Policy=…; …'",
  })
}

function findByTime({ dateGreaterThan, dateLessThan }: CloudFrontStatement, now: Date): Checked['finding'] {
  const time = now.getTime() / 1000
  if (time >= dateLessThan) return { code: 'EXPIRED', message: 'The time is over' }
  if (dateGreaterThan === undefined || time > dateGreaterThan) return undefined
  return { code: 'NOT_YET_VALID', message: 'The policy opens later' }
}

async function findByKey(
  url: string,
  cookies: string | undefined,
  options: VerifyCloudFrontOptions,
): Promise<Checked['finding']> {
  try {
    await (cookies === undefined ? verifySignedUrl(url, options) : verifySignedCookies(url, cookies, options))
    return undefined
  } catch (error) {
    if (error instanceof VerificationError) return { code: error.code, message: error.message }
    throw error
  }
}

/** The public half of a key, whichever half the file has. */
async function readPublicKey(path: string): Promise<CloudFrontKey> {
  const key = await readCloudFrontKey(path)
  if (typeof key !== 'string' || !key.includes('PRIVATE KEY')) return key
  try {
    return createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString()
  } catch (cause) {
    throw new CommandError('KEY_INVALID', '--key is no key that can be read', {
      why: 'it is encrypted, damaged, or none of RSA and ECDSA',
      fix: 'give the public key, in PEM',
      cause,
    })
  }
}

function print(checked: Checked, output: Output): void {
  if (output.isJson) {
    output.writeJson('cloudfront-check', checked)
    return
  }
  const { state, keyPairId, kind, policy, expiresAt, secondsLeft, finding } = checked
  const span = formatDuration(Math.abs(secondsLeft))
  const hue = state === 'valid' ? 'green' : state === 'unproven' ? 'yellow' : 'red'
  const { resource, dateGreaterThan, ipAddress } = policy
  const lines = [
    output.paint(state, hue),
    `key      ${keyPairId}`,
    `policy   ${kind}`,
    `opens    ${resource}`,
    ...(dateGreaterThan === undefined ? [] : [`from     ${formatInstant(new Date(dateGreaterThan * 1000))}`]),
    `until    ${expiresAt} (${secondsLeft < 0 ? `over for ${span}` : `${span} left`})`,
    ...(ipAddress === undefined ? [] : [`for      ${ipAddress}`]),
    ...(finding ? [`${output.paint('FAIL', 'red')}     ${finding.message} (${finding.code})`] : []),
  ]
  output.write(`${lines.join('\n')}\n`)
}
