/**
 * Walks the links of the documentation: none may be dead, and every page must be two clicks from the README at most. A
 * folder of a package, or a dependency, that ARCHITECTURE.md does not name is a problem, too. `--root` looks at another project.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { faultOf, linksOf } from './lib/markdown-links.mjs'
import { conclude, filesUnder, readJson, root as ownRoot } from './lib/project.mjs'

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

/** @param {string} folder @returns {string[]} */
function foldersIn(folder) {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'node_modules')
    .map(({ name }) => name)
}

/** @param {string} root @returns {string[]} folders of the packages that ARCHITECTURE.md does not name */
function findUnnamed(root) {
  const text = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8')
  return readdirSync(join(root, 'packages')).flatMap((name) => {
    const source = join(root, 'packages', name, 'src')
    const section = text.split(`packages/${name}/src/`)[1]?.split('```')[0] ?? ''
    return foldersIn(source)
      .filter((folder) => !new RegExp(`\\b${folder}/`).test(section))
      .map((folder) => `ARCHITECTURE.md does not name packages/${name}/src/${folder}/`)
  })
}

/** @param {string} root @returns {string[]} dependencies that ARCHITECTURE.md does not name */
function findUnexplained(root) {
  const text = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8')
  const manifests = ['.', 'packages', 'bench', 'test', 'tools']
    .flatMap((folder) => [folder, ...foldersIn(join(root, folder)).map((name) => join(folder, name))])
    .map((folder) => join(root, folder, 'package.json'))
    .filter((file) => existsSync(file))
  const own = new Set(manifests.map((file) => readJson(file).name))
  const kinds = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies']
  const names = manifests.flatMap((file) => kinds.flatMap((kind) => Object.keys(readJson(file)[kind] ?? {})))
  return [...new Set(names)]
    .filter((name) => !own.has(name) && !text.includes(`\`${name}\``) && !text.includes(`\`${name} `))
    .map((name) => `ARCHITECTURE.md does not say why there is ${name}`)
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
  [...dead, ...far, ...findUnnamed(root), ...findUnexplained(root), ...none],
  `${count} links of ${pages.length} pages lead somewhere`,
)
