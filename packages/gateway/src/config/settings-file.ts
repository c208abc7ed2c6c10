/**
 * The configuration file: YAML, in which every setting is known by line and column.
 *
 * @module
 */
import { readFileSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { LineCounter, isAlias, isMap, isNode, isScalar, isSeq, parseDocument, type Document } from 'yaml'
import { ConfigError } from '../errors.ts'
import type { SettingPath } from './settings-faults.ts'
import { isTree, type SettingsSource } from './settings-tree.ts'

const LARGEST = 1024 * 1024
/** Enough to share a value; too little to build a bomb of aliases that hold aliases. */
const ALIASES = 16

/**
 * Reads a configuration file.
 *
 * @throws {@link ConfigError} `CONFIG_UNREADABLE`, `CONFIG_MALFORMED`
 */
export function readSettingsFile(file: string): SettingsSource {
  const text = readText(file)
  const lines = new LineCounter()
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    stringKeys: true,
  })
  const place = (offset: number): string => {
    const { line, col } = lines.linePos(offset)
    return `${file}:${line}:${col}`
  }
  const faults = [...document.errors, ...document.warnings]
  if (faults.length > 0) {
    // YAML's own sentences repeat what stands in the file, secrets included.
    const seen = faults.map(({ pos, code }) => `${place(pos[0])}: this is not YAML: ${describeCode(code)}`)
    throw malformed(seen.join('\n'))
  }
  return {
    tree: anchorPaths(readTree(document, file), dirname(file)),
    locate: (path) => place(findOffset(document, path)),
  }
}

function readText(file: string): string {
  try {
    if (statSync(file).size > LARGEST) throw new Error('it is larger than 1 MiB')
    return readFileSync(file, 'utf8')
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown error'
    throw new ConfigError('CONFIG_UNREADABLE', `The configuration file ${file} cannot be read: ${reason}`, {
      cause: error,
    })
  }
}

function readTree(document: Document, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: ALIASES }) ?? {}
  } catch (error) {
    throw malformed(`${file}: an alias has no anchor, or there are too many of them`, error)
  }
}

/** Groups in which texts are paths, save those that are not. */
const WITH_PATHS = new Set(['store', 'tls', 'upstreamTls', 'clients'])
const NO_PATHS = new Set(['serverName', 'accessKeyId', 'principal', 'anyone'])

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

/** Where the name of a setting starts, or the entry of a list; the innermost part of the path that is there. */
function findOffset(document: Document, path: SettingPath): number {
  let node: unknown = document.contents
  let offset = startOf(node) ?? 0
  for (const name of path) {
    if (isAlias(node)) node = node.resolve(document)
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && key.value === name)
      offset = startOf(pair?.key) ?? offset
      node = pair?.value
    } else if (isSeq(node)) {
      node = node.items[Number(name)]
      offset = startOf(node) ?? offset
    }
  }
  return offset
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined
}

/** `BAD_INDENT` as words. */
function describeCode(code: string): string {
  return code.toLowerCase().replaceAll('_', ' ')
}

function malformed(message: string, cause?: unknown): ConfigError {
  return new ConfigError('CONFIG_MALFORMED', message, { cause })
}
