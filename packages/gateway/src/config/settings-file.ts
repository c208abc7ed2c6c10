/**
 * The configuration file of a gateway: YAML whose paths are relative to it.
 *
 * @module
 */
import { dirname, resolve } from 'node:path'
import { isTree, type SettingsSource } from './settings-tree.ts'
import { readYamlFile } from './yaml-file.ts'

/**
 * Reads a configuration file.
 *
 * @throws {@link ConfigError} `CONFIG_UNREADABLE`, `CONFIG_MALFORMED`
 */
export function readSettingsFile(file: string): SettingsSource {
  const { tree, locate } = readYamlFile(file)
  return { tree: anchorPaths(tree, dirname(file)), locate }
}

/** Groups in which texts are paths, save those that are not. */
const WITH_PATHS = new Set(['store', 'tls', 'upstreamTls', 'clients'])
const NO_PATHS = new Set(['serverName', 'accessKeyId', 'principal', 'anyone', 'http2'])

/** Paths are relative to the file, wherever the gateway is started. */
function anchorPaths(tree: unknown, folder: string): unknown {
  if (!isTree(tree)) return tree
  const anchored = Object.entries(tree).map(([name, value]) =>
    WITH_PATHS.has(name) ? [name, anchor(value, folder)] : [name, value],
  )
  return Object.fromEntries(anchored)
}

function anchor(value: unknown, folder: string): unknown {
  if (typeof value === 'string' && value !== '') return resolve(folder, value)
  if (Array.isArray(value)) return value.map((entry: unknown) => anchor(entry, folder))
  if (!isTree(value)) return value
  const entries = Object.entries(value).map(([name, entry]) =>
    NO_PATHS.has(name) ? [name, entry] : [name, anchor(entry, folder)],
  )
  return Object.fromEntries(entries)
}
