/**
 * Settings as they were read from a file, the environment or flags: groups of names, and not looked at yet.
 *
 * @module
 */
import type { SettingPath } from './settings-faults.ts'

/** A group of settings. */
export interface SettingsTree {
  readonly [name: string]: unknown
}

/** Settings, and where they come from. */
export interface SettingsSource {
  /** A {@link SettingsTree}, or whatever stands in its place. */
  readonly tree: unknown
  /** Where a setting is given: `gateway.yaml:7:3`, `COUNTERSIGN_LISTEN`, `--listen`. */
  locate(path: SettingPath): string
}

/** Whether a value is a group of settings. */
export function isTree(value: unknown): value is SettingsTree {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A tree with one setting: `limits.body` becomes a group with `body` in it. */
export function growTree(path: string, value: unknown): SettingsTree {
  const tree = path.split('.').reduceRight<unknown>((inner, name) => ({ [name]: inner }), value)
  return isTree(tree) ? tree : {}
}

/** The settings of both; where both give one, that of the second. */
export function mergeTrees(first: SettingsTree, second: SettingsTree): SettingsTree {
  const merged = new Map(Object.entries(first))
  for (const [name, value] of Object.entries(second)) {
    const below = merged.get(name)
    merged.set(name, isTree(below) && isTree(value) ? mergeTrees(below, value) : value)
  }
  return Object.fromEntries(merged)
}

/** The paths of all settings in a tree; lists are one setting each. */
export function listPaths(tree: SettingsTree, group: readonly string[] = []): readonly (readonly string[])[] {
  return Object.entries(tree).flatMap(([name, value]) => {
    const path = [...group, name]
    return isTree(value) ? listPaths(value, path) : [path]
  })
}
