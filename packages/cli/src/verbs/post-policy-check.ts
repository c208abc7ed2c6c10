/**
 * `countersign post-policy check`: reads the policy of an upload form, and with the form's fields says all that does not
 * hold. Nothing is sent, and no key is needed: whether the signature is right is not looked at.
 *
 * @module
 */
import { explainPost, type PostFinding } from 'countersign/post'
import { CommandError } from '../frame/command-error.ts'
import { EXIT } from '../frame/exit-codes.ts'
import { readBytes } from '../frame/files.ts'
import { createOutput, type Output, type OutputFlags } from '../frame/output.ts'
import { formatDuration, formatInstant } from '../frame/times.ts'
import { bucketOf } from '../request/bucket.ts'
import {
  describeCondition,
  findWideRules,
  readCondition,
  type PolicyCondition,
} from '../request/post-conditions.ts'

/** What the command line says of the form. */
export interface CheckFlags extends OutputFlags {
  readonly bucket?: string | undefined
  readonly filename?: string | undefined
  /** In bytes. */
  readonly size?: number | undefined
  readonly at?: Date | undefined
}

type Fields = readonly (readonly [name: string, value: string])[]

/** What a file holds. */
interface GivenPolicy {
  /** In base64. */
  readonly policy: string
  /** Of a form; nothing where there is a policy alone. */
  readonly fields: Fields | undefined
  readonly bucket: string | undefined
}

/** What there is to say about it. */
interface Checked {
  readonly state: 'valid' | 'expired' | 'refused'
  readonly expiresAt: string
  /** Seconds; negative when it is over. */
  readonly secondsLeft: number
  readonly conditions: readonly PolicyCondition[]
  /** What does not hold. Of a policy alone only its time and the size are looked at. */
  readonly findings: readonly PostFinding[]
}

/**
 * Reads a policy, and says what it is.
 *
 * @throws {@link CommandError} `POLICY_MALFORMED` when it is none, `FILE_UNREADABLE`
 */
export async function checkPostPolicy(file: string, flags: CheckFlags): Promise<void> {
  const output = createOutput(flags)
  const text = Buffer.from(await readBytes(file, 'post-policy check')).toString('utf8')
  const checked = check(readGiven(text.trim()), flags, output)
  for (const wide of findWideRules(checked.conditions, checked.secondsLeft)) output.warn('POLICY_WIDE', wide)
  print(checked, output)
  process.exitCode = checked.state === 'valid' ? EXIT.ok : EXIT.signature
}

function readGiven(text: string): GivenPolicy {
  if (!/^[{[]/.test(text)) return { policy: text.replace(/\s+/g, ''), fields: undefined, bucket: undefined }
  const document = parseJson(text)
  if (isObject(document) && 'conditions' in document && !('fields' in document)) {
    return { policy: Buffer.from(text).toString('base64'), fields: undefined, bucket: undefined }
  }
  const { url, fields: given = document } = isObject(document) ? document : {}
  const fields = readFields(given)
  const policy = fields.find(([name]) => name.toLowerCase() === 'policy')?.[1]
  if (policy === undefined) throw malformed('the form has no field policy')
  const ownBucket = fields.find(([name]) => name.toLowerCase() === 'bucket')?.[1]
  return { policy, fields, bucket: ownBucket ?? (typeof url === 'string' ? bucketOf(url) : undefined) }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw malformed('it begins like JSON, and is none')
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Pairs, or an object. */
function readFields(given: unknown): Fields {
  const pairs: unknown = isObject(given) ? Object.entries(given) : given
  const isPair = (pair: unknown): pair is [string, string] =>
    Array.isArray(pair) && pair.length === 2 && pair.every((part) => typeof part === 'string')
  if (Array.isArray(pairs) && pairs.every(isPair)) return pairs
  throw malformed('fields are an object of texts, or a list of pairs of them')
}

function malformed(why: string): CommandError {
  return new CommandError('POLICY_MALFORMED', 'This is no policy that can be read', {
    exitCode: EXIT.signature,
    why,
    fix: 'give the policy in base64, its JSON, or the fields of the form as JSON',
  })
}

function check(given: GivenPolicy, flags: CheckFlags, output: Output): Checked {
  const date = flags.at ?? new Date()
  const alone: Fields = [['policy', given.policy]]
  const unreadable = explainPost({ bucket: '', fields: alone, date }).find(
    ({ code }) => code === 'POLICY_MALFORMED',
  )
  if (unreadable) throw malformed(unreadable.message)
  const { expiration, conditions: listed } = decode(given.policy)
  const conditions = listed.flatMap((condition) => readCondition(condition) ?? [])
  const findings = explainPost({
    bucket: resolveBucket(given, conditions, flags, output),
    fields: given.fields ?? alone,
    filename: flags.filename,
    size: flags.size,
    date,
  })
  const told = given.fields ? findings : findings.filter(({ code }) => OF_POLICY.has(code))
  const isOver = told.some(({ code }) => code === 'POLICY_EXPIRED')
  const end = new Date(expiration)
  return {
    state: isOver ? 'expired' : told.length > 0 ? 'refused' : 'valid',
    expiresAt: formatInstant(end),
    secondsLeft: Math.floor((end.getTime() - date.getTime()) / 1000),
    conditions,
    findings: told,
  }
}

/** What can be told without the fields. */
const OF_POLICY: ReadonlySet<string> = new Set(['POLICY_EXPIRED', 'BODY_TOO_LARGE', 'BODY_TOO_SMALL'])

/** A policy that was read without a fault has this shape. */
function decode(policy: string): { expiration: string; conditions: readonly unknown[] } {
  return JSON.parse(Buffer.from(policy, 'base64').toString('utf8')) as {
    expiration: string
    conditions: unknown[]
  }
}

function resolveBucket(
  { bucket }: GivenPolicy,
  conditions: readonly PolicyCondition[],
  flags: CheckFlags,
  output: Output,
): string {
  const known = flags.bucket ?? bucket
  if (known !== undefined) return known
  const own = conditions.find((one) => one.operator === 'eq' && one.field.toLowerCase() === 'bucket')
  const name = own?.operator === 'eq' ? own.value : ''
  if (name !== '') output.infer('bucket', name, 'the policy itself')
  return name
}

function print({ state, expiresAt, secondsLeft, conditions, findings }: Checked, output: Output): void {
  if (output.isJson) {
    output.writeJson('post-policy-check', { state, expiresAt, secondsLeft, conditions, findings })
    return
  }
  const span = formatDuration(Math.abs(secondsLeft))
  output.write(
    [
      output.paint(state, state === 'valid' ? 'green' : 'red'),
      `until    ${expiresAt} (${secondsLeft < 0 ? `over for ${span}` : `${span} left`})`,
      ...conditions.map((one, i) => `${i === 0 ? 'where   ' : '        '} ${describeCondition(one)}`),
      ...findings.map(({ code, message }) => `${output.paint('FAIL', 'red')}     ${message} (${code})`),
      '',
    ].join('\n'),
  )
}
