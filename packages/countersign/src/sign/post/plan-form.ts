/**
 * Plans an upload form: every field gets its condition, every exact condition its field, and what could never be
 * uploaded is refused before it is signed.
 *
 * @module
 */
import {
  FILENAME_VARIABLE,
  isExemptField,
  isMetBy,
  type FieldRule,
  type PostCondition,
} from '../../core/post-policy.ts'
import { SigningError } from '../../errors.ts'
import { readCondition } from './conditions.ts'
import { assertFieldValue, readFields, type FormField } from './form-fields.ts'
import type { PostForm } from './post-form.ts'

/** What stands in the form, and what is signed, without what the signature itself adds. */
export interface FormPlan {
  readonly fields: [name: string, value: string][]
  readonly conditions: PostCondition[]
}

/**
 * Plans a form. The caller's objects are only read.
 *
 * @throws {@link SigningError} `FORM_FIELD_INVALID`, `CONDITION_INVALID`, `CONDITION_CONTRADICTED`
 */
export function planForm({ bucket, key, keyStartsWith, ...form }: PostForm): FormPlan {
  const fields = readFields(form.fields)
  const given = Array.from(form.conditions ?? [], readCondition)
  const rules = given.flatMap(({ rule }) => rule ?? [])
  if (given.length - rules.length > 1) throw contradicted('content-length-range stands twice')

  const name = key ?? (keyStartsWith === undefined ? '' : keyStartsWith + FILENAME_VARIABLE)
  assertText('bucket', bucket)
  assertText('key', name)
  if (keyStartsWith !== undefined)
    assertMet({ field: 'key', operator: 'starts-with', value: keyStartsWith }, name)
  fields.set('bucket', { name: 'bucket', value: bucket })
  fields.set('key', { name: 'key', value: name })
  for (const rule of rules) mirrorRule(rule, fields)

  const covered = new Set(rules.map(({ field }) => field))
  fields.delete('bucket')
  fields.delete('key')
  const mirrored = [...fields].filter(([field]) => !covered.has(field) && !isExemptField(field))
  return {
    fields: [['key', name], ...Array.from(fields.values(), ({ name: of, value }) => pair(of, value))],
    conditions: [
      { bucket },
      keyStartsWith === undefined ? conditionFor('key', name) : ['starts-with', '$key', keyStartsWith],
      ...given.flatMap(({ condition, rule }) => (rule?.field === 'bucket' ? [] : [condition])),
      ...mirrored.map(([, field]) => conditionFor(field.name, field.value)),
    ],
  }
}

function pair(name: string, value: string): [string, string] {
  return [name, value]
}

/** A field without a value gets the one that a condition wants; one that has another value could never be sent. */
function mirrorRule(rule: FieldRule, fields: Map<string, FormField>): void {
  const field = fields.get(rule.field)
  if (field) assertMet(rule, field.value)
  else if (rule.operator === 'eq' && !isExemptField(rule.field)) {
    fields.set(rule.field, { name: rule.field, value: rule.value })
  }
}

// The file's name is known once it is uploaded; only what stands before it is sure.
function assertMet(rule: FieldRule, value: string): void {
  const variable = value.indexOf(FILENAME_VARIABLE)
  const isSure = variable < 0 || rule.operator === 'starts-with'
  if (isSure && isMetBy(rule, variable < 0 ? value : value.slice(0, variable))) return
  throw contradicted(`The field ${rule.field} does not meet its own condition (${rule.operator})`)
}

/** The condition that a field's own value is. */
function conditionFor(name: string, value: string): PostCondition {
  const variable = value.indexOf(FILENAME_VARIABLE)
  return variable < 0 ? { [name]: value } : ['starts-with', `$${name}`, value.slice(0, variable)]
}

function assertText(name: string, value: string): void {
  assertFieldValue(name, value)
  if (value === '') {
    const hint = name === 'key' ? 'key, or keyStartsWith' : name
    throw new SigningError('FORM_FIELD_INVALID', `A form needs a ${hint}`)
  }
}

function contradicted(message: string): Error {
  return new SigningError('CONDITION_CONTRADICTED', `${message}; nothing could be uploaded`)
}
