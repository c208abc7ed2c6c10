/**
 * Conditions of upload forms on a command line and in a policy: `eq,$acl,private`, `starts-with,$key,user/`,
 * `content-length-range,1,1MiB`; how they read, and which of them allow more than is good.
 *
 * @module
 */
import type { PostCondition } from 'countersign/post'
import { CommandError } from '../frame/command-error.ts'
import { redact } from '../frame/redact.ts'
import { parseSize } from '../frame/sizes.ts'

/** A condition in the one form that is looked at here. */
export type PolicyCondition =
  | { readonly operator: 'eq' | 'starts-with'; readonly field: string; readonly value: string }
  | { readonly operator: 'content-length-range'; readonly min: number; readonly max: number }

/**
 * Reads the value of `--condition`. The dollar sign of the field may be left out.
 *
 * @throws {@link CommandError} `USAGE`
 */
export function parseCondition(text: string): PostCondition {
  const [, operator, first = '', second] = /^([\w-]+),([^,]*),(.*)$/s.exec(text) ?? []
  if (operator === 'content-length-range' && second !== undefined) {
    return [operator, parseSize(first, '--condition'), parseSize(second, '--condition')]
  }
  const field = first.replace(/^\$/, '')
  const isOnField = operator === 'eq' || operator === 'starts-with'
  if (isOnField && second !== undefined && field !== '') return [operator, `$${field}`, second]
  throw new CommandError('USAGE', `--condition cannot be read: ${text}`, {
    why:
      isOnField && field === ''
        ? 'the field is missing: in double quotes the shell takes $name for a variable of its own'
        : 'it is eq, starts-with or content-length-range, with two values behind commas',
    fix: "write --condition 'starts-with,$key,user/' or --condition content-length-range,1,1MiB",
  })
}

/** Reads a condition of a policy, without a session token; nothing where it is none that S3 knows. */
export function readCondition(condition: unknown): PolicyCondition | undefined {
  if (!Array.isArray(condition)) {
    const [pair, ...more] = Object.entries(condition ?? {})
    return pair && more.length === 0 ? onField('eq', pair[0], String(pair[1])) : undefined
  }
  const [operator, first, second] = condition.map(String)
  if (operator?.toLowerCase() === 'content-length-range') {
    return { operator: 'content-length-range', min: Number(first), max: Number(second) }
  }
  const isExact = operator?.toLowerCase() === 'eq'
  return onField(isExact ? 'eq' : 'starts-with', String(first).replace(/^\$/, ''), String(second))
}

function onField(operator: 'eq' | 'starts-with', field: string, value: string): PolicyCondition {
  const isToken = field.toLowerCase() === 'x-amz-security-token'
  return { operator, field, value: isToken ? redact(value) : value }
}

/** A condition for people. */
export function describeCondition(condition: PolicyCondition): string {
  if (condition.operator === 'content-length-range') {
    return `the file has ${condition.min} to ${condition.max} bytes`
  }
  const { operator, field, value } = condition
  if (operator === 'eq') return `${field} is ${value}`
  return value === '' ? `${field} is anything` : `${field} begins with ${value}`
}

/** In seconds. */
const LONG = 24 * 3600

/**
 * What a policy allows that it most likely should not.
 *
 * @param secondsLeft until its end
 */
export function findWideRules(
  conditions: readonly PolicyCondition[],
  secondsLeft: number,
): readonly string[] {
  const isOn = (name: string): boolean =>
    conditions.some((one) => one.operator !== 'content-length-range' && one.field.toLowerCase() === name)
  const wide: string[] = []
  if (!conditions.some(({ operator }) => operator === 'content-length-range')) {
    wide.push('files of any size are taken: add content-length-range')
  }
  if (!isOn('bucket')) wide.push('no bucket is named: every bucket of the key may be meant')
  if (!isOn('key')) wide.push('no key is named: any object may be written')
  for (const condition of conditions) {
    if (condition.operator !== 'starts-with' || condition.value !== '') continue
    wide.push(WIDE_FIELDS.get(condition.field.toLowerCase()) ?? `${condition.field} may hold anything`)
  }
  if (secondsLeft > LONG) wide.push('it is open for more than a day, and as often as somebody likes')
  return wide
}

const WIDE_FIELDS: ReadonlyMap<string, string> = new Map([
  ['key', 'any object may be written over: let the key begin with a folder'],
  ['acl', 'any acl is taken, public-read too'],
  ['content-type', 'any Content-Type is taken, text/html too'],
])
