/**
 * The conditions of a policy as its author gives them.
 *
 * @module
 */
import type { FieldRule, PostCondition } from '../../core/post-policy.ts'
import { SigningError } from '../../errors.ts'
import { assertFieldValue, readFieldName } from './form-fields.ts'

/** A condition that was read: the copy that goes into the policy, and the rule in it unless it is about the size. */
export interface ReadCondition {
  readonly condition: PostCondition
  readonly rule?: FieldRule
}

/**
 * Reads one condition.
 *
 * @throws {@link SigningError} `CONDITION_INVALID`, `FORM_FIELD_INVALID`
 */
export function readCondition(given: PostCondition): ReadCondition {
  if (!isList(given)) return readSimple(given)
  const [operator, first, second] = given
  if (given.length === 3 && operator === 'content-length-range') return readRange(first, second)
  if (given.length === 3 && (operator === 'eq' || operator === 'starts-with')) {
    const [, name, value] = given
    if (typeof name !== 'string' || !name.startsWith('$')) {
      throw invalid(`The field of a condition is written with a dollar sign: ["${operator}", "$key", …]`)
    }
    return { condition: [operator, name, value], rule: readRule(operator, name.slice(1), value) }
  }
  throw invalid(
    'A list is [eq, $field, value], [starts-with, $field, value] or [content-length-range, min, max]',
  )
}

function isList(given: PostCondition): given is Extract<PostCondition, readonly unknown[]> {
  return Array.isArray(given)
}

function readSimple(given: Extract<PostCondition, { readonly [field: string]: string }>): ReadCondition {
  const [pair, ...more] = Object.entries(given ?? {})
  if (!pair || more.length > 0) throw invalid('An object has exactly one field and its value')
  const [name, value] = pair
  return { condition: { [name]: value }, rule: readRule('eq', name, value) }
}

function readRule(operator: FieldRule['operator'], name: string, value: string): FieldRule {
  const field = readFieldName(name)
  assertFieldValue(name, value)
  return { field, operator, value }
}

function readRange(min: unknown, max: unknown): ReadCondition {
  const isRange = Number.isSafeInteger(min) && Number.isSafeInteger(max)
  if (!isRange || Number(min) < 0 || Number(min) > Number(max)) {
    throw invalid('content-length-range has two whole numbers of bytes, the smaller one first')
  }
  return { condition: ['content-length-range', Number(min), Number(max)] }
}

function invalid(message: string): Error {
  return new SigningError('CONDITION_INVALID', message)
}
