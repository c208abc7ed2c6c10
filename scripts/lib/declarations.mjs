/** Reads declaration files (`.d.ts`): what a module exports, where that is declared, and what it refers to. */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseSync, Visitor } from 'oxc-parser'

/**
 * @typedef {{ file: string, name: string }} Place a name in a module
 * @typedef {{ specifier: string, name: string }} Elsewhere a name in another module, as an import spells it
 * @typedef {{ texts: string[], refersTo: Set<string> }} Declaration of a name, with its overloads
 * @typedef {{ declarations: Map<string, Declaration>, imports: Map<string, Elsewhere>,
 *   exports: Map<string, string | Elsewhere> }} Module
 */

/** @type {Map<string, Module>} */
const modules = new Map()

/** @param {string} file @returns {Module} */
export function readDeclarations(file) {
  const known = modules.get(file)
  if (known) return known
  const source = readFileSync(file, 'utf8')
  const { program, module: records, comments, errors } = parseSync(file, source)
  if (errors.length > 0) throw new Error(`${file}: ${errors.map(({ message }) => message).join(', ')}`)
  /** @type {Module} */
  const module = { declarations: new Map(), imports: new Map(), exports: new Map() }

  /** Without comments, so that no reworded sentence looks like a change of the API. @param {any} node */
  const textOf = ({ start, end }) => {
    const inside = comments.filter((comment) => comment.start >= start && comment.end <= end)
    const starts = [start, ...inside.map((comment) => comment.end)]
    const ends = [...inside.map((comment) => comment.start), end]
    const text = starts.map((from, index) => source.slice(from, ends[index])).join('')
    return text.replaceAll(/[ \t]+$/gm, '').replaceAll(/\n{2,}/g, '\n')
  }

  /** @param {string} name @param {any} node */
  const declare = (name, node) => {
    const { texts, refersTo } = module.declarations.get(name) ?? { texts: [], refersTo: new Set() }
    new Visitor({ Identifier: (identifier) => void refersTo.add(identifier.name) }).visit({
      ...program,
      body: [node],
    })
    module.declarations.set(name, { texts: [...texts, textOf(node).replace(/^declare /, '')], refersTo })
  }

  for (const statement of program.body) {
    /** @type {any} */
    const node =
      statement.type === 'ExportNamedDeclaration' ? (statement.declaration ?? statement) : statement
    if (node.type === 'VariableDeclaration') for (const { id } of node.declarations) declare(id.name, node)
    else if (node.id) declare(node.id.name, node)
  }
  for (const { moduleRequest, entries } of records.staticImports) {
    for (const { importName, localName } of entries) {
      module.imports.set(localName.value, { specifier: moduleRequest.value, name: importName.name ?? '*' })
    }
  }
  for (const { moduleRequest, importName, exportName, localName } of records.staticExports.flatMap(
    (e) => e.entries,
  )) {
    if (exportName.name === null) {
      if (moduleRequest !== null) throw new Error(`${file}: export * from ${moduleRequest.value}`)
      continue // `export {}`
    }
    const name = importName.name ?? localName.name ?? exportName.name
    module.exports.set(exportName.name, moduleRequest ? { specifier: moduleRequest.value, name } : name)
  }
  modules.set(file, module)
  return module
}

/** @param {string} file @param {Elsewhere} elsewhere @returns {Place | Elsewhere} a place when the module is ours */
function locate(file, { specifier, name }) {
  const target = join(dirname(file), specifier.replace(/\.([cm]?)[jt]s$/, '.d.$1ts'))
  return specifier.startsWith('.') && existsSync(target) ? findExport(target, name) : { specifier, name }
}

/** Where a name that a module exports is declared. @param {string} file @param {string} name @returns {Place | Elsewhere} */
export function findExport(file, name) {
  const target = readDeclarations(file).exports.get(name)
  if (target === undefined) throw new Error(`${file} does not export ${name}`)
  return typeof target === 'string'
    ? (findName(file, target) ?? { specifier: '?', name })
    : locate(file, target)
}

/** Where a name that is used inside of a module is declared; nothing for a global. @param {string} file
 * @param {string} name @returns {Place | Elsewhere | undefined} */
export function findName(file, name) {
  const { declarations, imports } = readDeclarations(file)
  if (declarations.has(name)) return { file, name }
  const imported = imports.get(name)
  return imported && locate(file, imported)
}
