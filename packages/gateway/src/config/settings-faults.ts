/**
 * What is wrong with settings, in sentences that say what to write instead.
 *
 * @module
 */
import type { z } from 'zod'
import { buildSettingsJsonSchema, settingsSchema } from './given-settings.ts'
import { findNearestName } from './nearest-name.ts'

/** The names that lead to a setting: `['limits', 'body']`. */
export type SettingPath = readonly PropertyKey[]

/** What is wrong with a setting. */
export interface Fault {
  readonly path: SettingPath
  /** Goes behind the setting's name: `must be true or false`. */
  readonly message: string
}

/** Everything that is wrong with settings as they were read. */
export function listFaults(tree: unknown): readonly Fault[] {
  const { error } = settingsSchema.safeParse(tree)
  return error?.issues.flatMap((issue) => describeIssue(issue, tree)) ?? []
}

/** `limits.body`, `service[1]`. What is not spelt like a name is quoted, and cut. */
export function formatPath(path: SettingPath): string {
  const parts = path.map((name) => {
    if (typeof name === 'number') return `[${name}]`
    const text = String(name)
    return /^[\w-]{1,40}$/.test(text) ? `.${text}` : `.${JSON.stringify(text.slice(0, 40))}`
  })
  return parts.join('').replace(/^\./, '')
}

function describeIssue(issue: z.core.$ZodIssue, tree: unknown): Fault[] {
  const { path, message } = issue
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((name) => ({ path: [...path, name], message: describeUnknown(path, name) }))
  }
  const isEmpty = readPath(tree, path) === null
  return [{ path, message: isEmpty ? 'has no value: give it one, or leave it out' : message }]
}

function describeUnknown(group: SettingPath, name: string): string {
  const nearest = findNearestName(name, listNames(group))
  return nearest === undefined
    ? 'is not a setting'
    : `is not a setting; did you mean ${formatPath([...group, nearest])}?`
}

/** The names of a group's settings. */
function listNames(group: SettingPath): readonly string[] {
  let schema: z.core.JSONSchema._JSONSchema | undefined = buildSettingsJsonSchema()
  for (const name of group) {
    if (typeof schema !== 'object') return []
    const inner: z.core.JSONSchema.JSONSchema['items'] =
      typeof name === 'number' ? schema.items : schema.properties?.[String(name)]
    schema = Array.isArray(inner) ? undefined : inner
  }
  return typeof schema === 'object' ? Object.keys(schema.properties ?? {}) : []
}

function readPath(tree: unknown, path: SettingPath): unknown {
  let value = tree
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
    value = Reflect.get(value, name)
  }
  return value
}
