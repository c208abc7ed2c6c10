/** Which names of the API are shown in use by the guides and the examples, all of which run in the tests. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { filesUnder, root } from './project.mjs'

/** @typedef {{ path: string, title: string, imports: Map<string, Set<string>> }} Use */

const IMPORT = /^import \{([^}]+)\} from '((?:@countersign\/)?[\w/-]+)'/gm

/** @returns {Use[]} */
export function findUses() {
  const guides = filesUnder(join(root, 'docs/guides')).map((name) => `docs/guides/${name}`)
  const pages = ['docs/how-it-works.md', ...guides]
  const examples = filesUnder(join(root, 'examples')).map((name) => `examples/${name}`)
  const shown = [...pages, ...examples].filter((path) => /\/(?:\d\d-)?[\w-]+\.(?:md|mjs)$/.test(path))
  return shown.map((path) => {
    const text = readFileSync(join(root, path), 'utf8')
    /** @type {Map<string, Set<string>>} */
    const imports = new Map()
    for (const [, names = '', entry = ''] of text.matchAll(IMPORT)) {
      const known = imports.get(entry) ?? new Set()
      for (const name of names.split(',')) known.add(name.trim())
      imports.set(entry, known)
    }
    const heading = path.endsWith('.md') ? /^# (.+)$/m.exec(text)?.[1] : undefined
    return { path, title: heading ?? path.replace(/^.*\/|\.mjs$/g, ''), imports }
  })
}
