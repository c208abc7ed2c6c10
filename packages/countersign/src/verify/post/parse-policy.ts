/**
 * Reads a POST policy: strictly, since it decides what a stranger may store.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html}
 * @module
 */
import { parseAmzDate } from '../../core/amz-date.ts'
import type { FieldRule } from '../../core/post-policy.ts'
import type { SizeRange } from './form-file.ts'
import { malformedPolicy } from './post-refusals.ts'
import { parseStrictJson } from './strict-json.ts'

/** A rule of a policy, and how it reads in a refusal. A field that is no field is met by nothing. */
export interface PolicyRule extends FieldRule {
  readonly text: string
}

/** A policy that was read. */
export interface PostPolicy extends SizeRange {
  readonly expiration: Date
  readonly rules: readonly PolicyRule[]
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/
const INSTANT = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d{1,9})?Z$/
const BYTES = /^\d{1,15}$/
const OPERATORS: ReadonlySet<string> = new Set(['eq', 'starts-with'])

/**
 * Reads a policy in base64, as the form carries it.
 *
 * @throws {@link VerificationError} `POLICY_MALFORMED`
 */
export function parsePostPolicy(base64: string): PostPolicy {
  const document = parseJson(base64)
  if (!isObject(document)) throw malformedPolicy('Invalid JSON.')
  const { expiration, conditions } = document
  if (expiration === undefined) throw malformedPolicy('Policy missing expiration.')
  if (conditions === undefined) throw malformedPolicy('Policy missing conditions.')
  if (!Array.isArray(conditions)) throw malformedPolicy("Invalid 'conditions' value: must be a List.")
  if (conditions.length === 0) throw malformedPolicy("Invalid 'conditions' value: must not be empty.")

  const rules: PolicyRule[] = []
  let minBytes = 0
  let maxBytes = Infinity
  for (const condition of conditions as unknown[]) {
    const read = readCondition(condition)
    if ('text' in read) rules.push(read)
    else {
      minBytes = Math.max(minBytes, read.minBytes)
      maxBytes = Math.min(maxBytes, read.maxBytes)
    }
  }
  return { expiration: parseExpiration(expiration), rules, minBytes, maxBytes }
}

function parseJson(base64: string): unknown {
  try {
    // The pattern lets unused bits be set, which would make one policy of two texts.
    const bytes = BASE64.test(base64) ? atob(base64) : ''
    if (bytes === '' || btoa(bytes) !== base64) throw new SyntaxError('This is no base64')
    const utf8 = Uint8Array.from(bytes, (character) => character.charCodeAt(0))
    return parseStrictJson(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(utf8))
  } catch {
    throw malformedPolicy('Invalid JSON.')
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function parseExpiration(value: unknown): Date {
  const [isInstant, year, month, day, hour, minute, second] = INSTANT.exec(String(value)) ?? []
  const date = isInstant && parseAmzDate(`${year}${month}${day}T${hour}${minute}${second}Z`)
  if (date) return date
  throw malformedPolicy(`Invalid 'expiration' value: '${String(value).slice(0, 100)}'`)
}

function readCondition(condition: unknown): PolicyRule | SizeRange {
  if (isObject(condition)) return readSimple(condition)
  if (!Array.isArray(condition)) throw malformedPolicy('Invalid Condition: must be a List or an Object.')
  const [given, first, second, ...more] = condition as unknown[]
  const operator = String(given).toLowerCase()
  const isRange = operator === 'content-length-range'
  if (!isRange && !OPERATORS.has(operator)) {
    throw malformedPolicy(`Invalid Condition: unknown operation '${operator.slice(0, 100)}'.`)
  }
  if (second === undefined || more.length > 0) {
    throw malformedPolicy(`Invalid ${operator}: wrong number of arguments.`)
  }
  if (isRange) return readRange(first, second)
  const name = assertText(first, operator)
  const field = name.startsWith('$') ? name.slice(1).toLowerCase() : ''
  return ruleOf(operator, field, name, assertText(second, operator))
}

function readSimple(condition: Readonly<Record<string, unknown>>): PolicyRule {
  const [pair, ...more] = Object.entries(condition)
  if (!pair || more.length > 0) {
    throw malformedPolicy(
      'Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.',
    )
  }
  const [name, value] = pair
  return ruleOf('eq', name.toLowerCase(), `$${name}`, assertText(value, 'Simple-Condition'))
}

function ruleOf(given: string, field: string, name: string, value: string): PolicyRule {
  // A session token is a secret, also in what goes to the log.
  const shown = field === 'x-amz-security-token' ? '[redacted]' : value
  const operator = given === 'eq' ? 'eq' : 'starts-with'
  return { field, operator, value, text: formatList([given, name, shown]) }
}

function readRange(min: unknown, max: unknown): PolicyRule | SizeRange {
  const [minBytes, maxBytes] = [Number(min), Number(max)]
  if (minBytes < 0 || maxBytes < 0)
    throw malformedPolicy('Invalid content-length-range: must not be negative.')
  if (BYTES.test(String(min)) && BYTES.test(String(max))) return { minBytes, maxBytes }
  // S3 takes it for a condition that does not hold.
  const text = formatList(['content-length-range', String(min), String(max)])
  return { field: '', operator: 'eq', value: '', text }
}

function assertText(value: unknown, where: string): string {
  if (typeof value === 'string') return value
  throw malformedPolicy(`Invalid ${where}: value must be a string.`)
}

function formatList(parts: readonly string[]): string {
  return `[${parts.map((part) => JSON.stringify(part.slice(0, 1000))).join(', ')}]`
}
