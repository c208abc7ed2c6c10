/** Which names of the API are shown on the pages of the documentation and in the examples. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { filesUnder, root } from './project.mjs'

/** @typedef {{ path: string, title: string, imports: Map<string, Set<string>> }} Use */

const IMPORT = /^import \{([^}]+)\} from '((?:@countersign\/)?[\w/-]+)'/gm

/** @returns {Use[]} programs, all of which run in the tests */
export function findUses() {
  const guides = filesUnder(join(root, 'docs/guides')).map((name) => `docs/guides/${name}`)
  const examples = filesUnder(join(root, 'examples')).map((name) => `examples/${name}`)
  return ['docs/how-it-works.md', ...guides, ...examples]
    .filter((path) => /\/(?:\d\d-)?[\w-]+\.(?:md|mjs)$/.test(path))
    .map(readUse)
}

/** @returns {Use[]} pages about a part of the library */
export function findTopics() {
  const pages = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md') && name !== 'README.md')
  return pages.toSorted().map((name) => readUse(`docs/${name}`))
}

/** @param {string} path @returns {Use} */
function readUse(path) {
  const text = readFileSync(join(root, path), 'utf8')
  const heading = path.endsWith('.md') ? /^# (.+)$/m.exec(text)?.[1] : undefined
  return { path, title: heading ?? path.replace(/^.*\/|\.mjs$/g, ''), imports: readImports(text) }
}

/** @param {string} text @returns {Map<string, Set<string>>} names by what they are imported from */
function readImports(text) {
  /** @type {Map<string, Set<string>>} */
  const imports = new Map()
  for (const [, names = '', entry = ''] of text.matchAll(IMPORT)) {
    const known = imports.get(entry) ?? new Set()
    for (const name of names.split(',')) known.add(name.trim().replace(/^type | as .*$/g, ''))
    known.delete('')
    imports.set(entry, known)
  }
  return imports
}

/**
 * Names that a page imports and that are not there.
 *
 * @param {string[]} pages from the root
 * @param {Map<string, Set<string>>} exported names of each entry point
 */
export function findMissing(pages, exported) {
  return pages.flatMap((page) =>
    [...readImports(readFileSync(join(root, page), 'utf8'))].flatMap(([entry, names]) => {
      if (!/^(?:@countersign|countersign)(?:\/|$)/.test(entry)) return []
      const there = exported.get(entry)
      if (!there) return [`${page} imports from ${entry}, which is no entry point`]
      return [...names].filter((name) => !there.has(name)).map((name) => `${page}: ${entry} has no ${name}`)
    }),
  )
}
