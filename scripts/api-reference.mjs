/**
 * Makes `docs/api`, the reference of the public API, of the docstrings in the built declarations. Compares it with the
 * committed pages; `--write` rewrites them. A name without a docstring is a problem,
 * and so is a page that imports what is not there.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { writePages } from './lib/api-pages.mjs'
import { entryPoints } from './lib/entry-points.mjs'
import { readDeclarations } from './lib/declarations.mjs'
import { findMissing, findTopics, findUses } from './lib/uses.mjs'
import { conclude, filesUnder, packages, root } from './lib/project.mjs'

/** Pages with code on them, from the root. */
const findPages = () => [
  'README.md',
  ...filesUnder(join(root, 'docs'))
    .filter((name) => name.endsWith('.md') && !name.startsWith('api/'))
    .map((name) => `docs/${name}`),
  ...packages().map(({ folder }) => relative(root, join(folder, 'README.md'))),
]

const FOLDER = join(root, 'docs/api')
const published = packages().filter(({ manifest }) => !manifest.private && manifest.exports)
const files = Object.fromEntries(published.flatMap((pkg) => Object.entries(entryPoints(pkg))))
const problems = Object.values(files)
  .filter((file) => !existsSync(file))
  .map((file) => `${file} is missing`)
let count = 0
if (problems.length === 0) {
  const { pages, undocumented } = writePages(files, { uses: findUses(), topics: findTopics() })
  count = pages.size
  const exported = Object.entries(files).map(
    ([entry, file]) => /** @type {const} */ ([entry, new Set(readDeclarations(file).exports.keys())]),
  )
  problems.push(...findMissing(findPages(), new Map(exported)))
  problems.push(...undocumented)
  const stale = filesUnder(FOLDER).filter((name) => !pages.has(name))
  if (process.argv.includes('--write')) {
    mkdirSync(FOLDER, { recursive: true })
    for (const name of stale) rmSync(join(FOLDER, name))
    for (const [name, text] of pages) writeFileSync(join(FOLDER, name), text)
  } else {
    const outdated = [...pages].filter(([name, text]) => {
      const path = join(FOLDER, name)
      return !existsSync(path) || readFileSync(path, 'utf8') !== text
    })
    const names = [...stale, ...outdated.map(([name]) => name)]
    if (names.length > 0) {
      problems.push(`docs/api is not what the docstrings say (${names.join(', ')}); run: npm run api`)
    }
  }
}
if (published.length === 0) problems.push('No package was looked at')
conclude(problems, `${count} pages of the API up to date`)
