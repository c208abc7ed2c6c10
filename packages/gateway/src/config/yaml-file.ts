/**
 * A file of settings in YAML, in which every setting is known by line and column: `gateway.yaml:7:3`.
 *
 * @module
 */
import { readFileSync, statSync } from 'node:fs'
import {
  LineCounter,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  parseDocument,
  visit,
  type Alias,
  type Document,
} from 'yaml'
import { ConfigError } from '../errors.ts'
import type { SettingPath } from './settings-faults.ts'
import type { SettingsSource } from './settings-tree.ts'

const LARGEST = 1024 * 1024
/** Enough to share a value; too little to build a bomb of aliases that hold aliases. */
const ALIASES = 16

/**
 * Reads a file of settings. Nothing of what stands in it is repeated in an error: it may be a secret.
 *
 * @param shown what the file is called in messages and places
 * @throws {@link ConfigError} `CONFIG_UNREADABLE`, also above 1 MiB; `CONFIG_MALFORMED`
 */
export function readYamlFile(file: string, shown: string = file): SettingsSource {
  const text = readText(file, shown)
  const lines = new LineCounter()
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    stringKeys: true,
  })
  const place = (offset: number): string => {
    const { line, col } = lines.linePos(offset)
    return `${shown}:${line}:${col}`
  }
  const faults = [...document.errors, ...document.warnings]
  if (faults.length > 0) {
    // YAML's own sentences repeat what stands in the file, secrets included.
    const seen = faults.map(({ pos, code }) => `${place(pos[0])}: this is not YAML: ${describeCode(code)}`)
    throw malformed(seen.join('\n'))
  }
  return {
    tree: readTree(document, place),
    locate: (path) => place(findOffset(document, path)),
  }
}

function readText(file: string, shown: string): string {
  try {
    if (statSync(file).size > LARGEST) throw new Error('it is larger than 1 MiB')
    return readFileSync(file, 'utf8')
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown error'
    throw new ConfigError('CONFIG_UNREADABLE', `The configuration file ${shown} cannot be read: ${reason}`, {
      cause: error,
    })
  }
}

function readTree(document: Document, place: (offset: number) => string): unknown {
  try {
    return document.toJS({ maxAliasCount: ALIASES }) ?? {}
  } catch (error) {
    let last: Alias | undefined
    visit(document, {
      Alias(_key, alias) {
        last = alias
        return alias.resolve(document) ? undefined : visit.BREAK
      },
    })
    const reason = last?.resolve(document)
      ? 'there are too many aliases'
      : 'this alias has no anchor before it'
    throw malformed(`${place(startOf(last) ?? 0)}: ${reason}`, error)
  }
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
