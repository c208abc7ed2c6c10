/**
 * Walks the links of the documentation: none may be dead, and every page must be two clicks from the README at most. A
 * folder of a package that ARCHITECTURE.md does not name is a problem, too. `--root` looks at another project.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { faultOf, linksOf } from './lib/markdown-links.mjs'
import { conclude, filesUnder, root as ownRoot } from './lib/project.mjs'

/** @param {string} root @returns {string[]} pages from the root */
function findPages(root) {
  const top = readdirSync(root).filter((name) => name.endsWith('.md'))
  const docs = filesUnder(join(root, 'docs')).filter((name) => name.endsWith('.md'))
  const packages = readdirSync(join(root, 'packages')).map((name) => `packages/${name}/README.md`)
  return [
    ...top,
    ...docs.map((name) => `docs/${name}`),
    ...packages.filter((name) => existsSync(join(root, name))),
  ]
}

/** @param {Map<string, string[]>} targets of each page @returns {Map<string, number>} clicks from the README */
function countClicks(targets) {
  const clicks = new Map([['README.md', 0]])
  // A map visits what is added while it is walked.
  for (const [page, count] of clicks) {
    for (const to of targets.get(page) ?? []) if (!clicks.has(to)) clicks.set(to, count + 1)
  }
  return clicks
}

/** @param {string} root @returns {string[]} folders of the packages that ARCHITECTURE.md does not name */
function findUnnamed(root) {
  const text = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8')
  return readdirSync(join(root, 'packages')).flatMap((name) => {
    const source = join(root, 'packages', name, 'src')
    const entries = existsSync(source) ? readdirSync(source, { withFileTypes: true }) : []
    const section = text.split(`packages/${name}/src/`)[1]?.split('```')[0] ?? ''
    return entries
      .filter((entry) => entry.isDirectory() && !new RegExp(`\\b${entry.name}/`).test(section))
      .map((entry) => `ARCHITECTURE.md does not name packages/${name}/src/${entry.name}/`)
  })
}

const at = process.argv.indexOf('--root')
const root = at < 0 ? ownRoot : (process.argv[at + 1] ?? '')
const pages = findPages(root)
const links = new Map(pages.map((page) => [page, linksOf(root, page)]))
const dead = [...links].flatMap(([page, all]) =>
  all.flatMap((link) => {
    const fault = faultOf(root, link)
    return fault ? [`${page}: the link to ${link.to}${link.anchor && `#${link.anchor}`} ${fault}`] : []
  }),
)
const clicks = countClicks(new Map([...links].map(([page, all]) => [page, all.map(({ to }) => to)])))
const far = pages
  .filter((page) => (clicks.get(page) ?? Infinity) > 2)
  .map((page) => `${page} is ${clicks.get(page) ?? 'no'} clicks from the README`)
const count = [...links.values()].flat().length
const none = count === 0 ? ['No link was looked at'] : []
conclude(
  [...dead, ...far, ...findUnnamed(root), ...none],
  `${count} links of ${pages.length} pages lead somewhere`,
)
