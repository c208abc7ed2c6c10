/**
 * Holds the sources against the import diagrams (`lib/layers.mjs`), and the library's against what would make them
 * unusable somewhere: default and star exports, top-level await (no `require()`), import cycles, `node:` modules.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { entryMayImport, layers, nodeAllowed, packagesAllowed, programs, typesOnly } from './lib/layers.mjs'
import { readModule } from './lib/module-facts.mjs'
import { conclude, filesUnder, isMain, readJson, root } from './lib/project.mjs'

/** @param {string} file relative to `src` */
const layerOf = (file) => file.split('/')[0]?.replace(/\.ts$/, '') ?? ''

/**
 * What a package's modules may import.
 *
 * @typedef {{ layer: (from: string, to: string, isType: boolean) => string | undefined,
 *   package: (file: string, specifier: string) => string | undefined }} Rules
 */

/** @param {string} from @param {string} to @param {boolean} isType @returns {string | undefined} */
function layerProblem(from, to, isType) {
  const [mine, other] = [layerOf(from), layerOf(to)]
  if (mine === other) return undefined
  const allowed = layers.get(mine) ?? (from.includes('/') ? undefined : entryMayImport)
  if (allowed === undefined) return `the folder ${mine} is in no layer; give it one in scripts/lib/layers.mjs`
  if (!allowed.includes(other)) return `${mine} must not import ${other} (${to})`
  if (!isType && typesOnly.get(mine)?.includes(other))
    return `${mine} may import types only of ${other} (${to})`
  return undefined
}

/** @param {string} specifier the package that it names */
const packageOf = (specifier) => specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')

/** @param {string} file @param {string} specifier @returns {string | undefined} */
function packageProblem(file, specifier) {
  if (specifier.startsWith('node:')) {
    return nodeAllowed.some((where) => where.test(file)) ? undefined : `must not import ${specifier}`
  }
  const allowed = packagesAllowed.get(packageOf(specifier))
  return allowed?.includes(layerOf(file)) ? undefined : `must not import ${specifier} here`
}

/** @type {Rules} */
const library = { layer: layerProblem, package: packageProblem }

/**
 * Rules of a program: its own diagram, and the packages of its manifest.
 *
 * @param {Map<string, string[]>} diagram @param {any} manifest @returns {Rules}
 */
const rulesOf = (diagram, manifest) => ({
  layer(from, to) {
    const [mine, other] = [layerOf(from), layerOf(to)]
    return mine === other || diagram.get(mine)?.includes(other)
      ? undefined
      : `${mine} must not import ${other} (${to})`
  },
  package: (_file, specifier) =>
    specifier.startsWith('node:') || manifest.dependencies[packageOf(specifier)]
      ? undefined
      : `${specifier} is not a dependency`,
})

/** @param {Map<string, string[]>} graph @returns {string[]} each cycle once, written from its first file by name */
function cyclesIn(graph) {
  const found = new Set()
  const done = new Set()
  /** @param {string} file @param {string[]} path */
  const visit = (file, path) => {
    const at = path.indexOf(file)
    if (at >= 0) {
      const cycle = path.slice(at)
      const first = cycle.indexOf(cycle.toSorted()[0] ?? '')
      found.add([...cycle.slice(first), ...cycle.slice(0, first + 1)].join(' -> '))
    }
    if (at >= 0 || done.has(file)) return
    for (const next of graph.get(file) ?? []) visit(next, [...path, file])
    done.add(file)
  }
  for (const file of graph.keys()) visit(file, [])
  return [...found].map((cycle) => `import cycle: ${cycle}`)
}

/**
 * @param {string} src the folder to check
 * @param {Rules} [rules]
 * @returns {{ files: number, imports: number, problems: string[] }}
 */
export function checkLayers(src, rules = library) {
  const files = filesUnder(src).filter(
    (file) => /\.[cm]?tsx?$/.test(file) && !/\.(test|fuzz|long)\.ts$/.test(file),
  )
  /** @type {string[]} */
  const problems = []
  const graph = new Map()
  let count = 0
  for (const file of files) {
    /** @param {string | undefined} problem */
    const report = (problem) => problem && problems.push(`${file}: ${problem}`)
    const facts = readModule(file, readFileSync(join(src, file), 'utf8'))
    for (const error of facts.errors) report(error)
    if (facts.hasStarExport) report('export *: list the names')
    if (facts.hasDefault) report('default export: give it a name')
    if (facts.hasTopLevelAwait) report('top-level await: it breaks require()')
    const targets = new Set()
    for (const { specifier, isType } of facts.imports) {
      count += 1
      const target = posix.join(posix.dirname(file), specifier)
      if (!specifier.startsWith('.')) report(rules.package(file, specifier))
      else if (!specifier.endsWith('.ts')) report(`the import of ${specifier} must end in .ts`)
      else if (!existsSync(join(src, target)) || target.startsWith('..')) report(`${specifier} is not in src`)
      else if (/\.(test|fuzz|long)\.ts$/.test(target)) report(`must not import a test (${target})`)
      else report(rules.layer(file, targets.add(target) && target, isType))
    }
    graph.set(file, [...targets])
  }
  return { files: files.length, imports: count, problems: [...problems, ...cyclesIn(graph)] }
}

/** Checks every package. @returns {{ files: number, imports: number, problems: string[] }} */
function checkPackages() {
  /** @param {string} name */
  const folderOf = (name) => join(root, 'packages', name)
  const all = [...programs].map(([name, diagram]) => ({
    name,
    rules: rulesOf(diagram, readJson(join(folderOf(name), 'package.json'))),
  }))
  const results = [{ name: 'countersign', rules: library }, ...all].map(({ name, rules }) => {
    const { files, imports, problems } = checkLayers(join(folderOf(name), 'src'), rules)
    if (files === 0 || imports === 0) problems.push(`Nothing was checked: ${files} files, ${imports} imports`)
    return { files, imports, problems: problems.map((problem) => `${name}: ${problem}`) }
  })
  return {
    files: results.reduce((sum, { files }) => sum + files, 0),
    imports: results.reduce((sum, { imports }) => sum + imports, 0),
    problems: results.flatMap(({ problems }) => problems),
  }
}

if (isMain(import.meta.url)) {
  const { files, imports, problems } = checkPackages()
  conclude(problems, `${files} files, ${imports} imports`)
}
