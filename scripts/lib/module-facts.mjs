/** What a TypeScript module imports and exports, read from its text. TypeScript 7 has no JS API, so oxc parses. */
import { parseSync, Visitor } from 'oxc-parser'

/**
 * One import or re-export. `isType` when nothing of it is left at run time; `import { type A }` leaves an import.
 *
 * @typedef {{ specifier: string, isType: boolean }} Import
 * @typedef {{ imports: Import[], exportNames: string[], hasStarExport: boolean, hasDefault: boolean,
 *   hasTopLevelAwait: boolean, errors: string[] }} ModuleFacts
 */

const FUNCTIONS = [
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
  'PropertyDefinition',
]

/** @param {import('oxc-parser').Program} program */
function walk(program) {
  /** @type {Import[]} */
  const imports = []
  let depth = 0
  let hasTopLevelAwait = false
  let hasStarExport = false
  const awaits = () => void (hasTopLevelAwait ||= depth === 0)
  /** @param {string} specifier @param {boolean} isType */
  const add = (specifier, isType) => void imports.push({ specifier, isType })
  new Visitor({
    ...Object.fromEntries(FUNCTIONS.map((name) => [name, () => void (depth += 1)])),
    ...Object.fromEntries(FUNCTIONS.map((name) => [`${name}:exit`, () => void (depth -= 1)])),
    AwaitExpression: awaits,
    ForOfStatement: (node) => node.await && awaits(),
    VariableDeclaration: ({ kind }) => kind === 'await using' && awaits(),
    ImportDeclaration: ({ source, importKind }) => add(source.value, importKind === 'type'),
    ExportNamedDeclaration: ({ source, exportKind }) => source && add(source.value, exportKind === 'type'),
    ExportAllDeclaration({ source, exportKind }) {
      hasStarExport = true
      add(source.value, exportKind === 'type')
    },
    ImportExpression: ({ source }) =>
      add(source.type === 'Literal' ? String(source.value) : '(computed)', false),
    TSImportType: ({ source }) => add(source.value, true),
    TSExternalModuleReference: ({ expression }) => add(expression.value, false),
  }).visit(program)
  return { imports, hasTopLevelAwait, hasStarExport }
}

/**
 * @param {string} file its name, which says which language it is in
 * @param {string} text
 * @returns {ModuleFacts}
 */
export function readModule(file, text) {
  const { program, module, errors } = parseSync(file, text)
  const exported = module.staticExports.flatMap(({ entries }) => entries.map(({ exportName }) => exportName))
  return {
    ...walk(program),
    exportNames: exported.flatMap(({ name }) => name ?? []),
    hasDefault: exported.some(({ kind, name }) => kind === 'Default' || name === 'default'),
    errors: errors.map(({ message }) => message),
  }
}
