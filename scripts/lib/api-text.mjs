/** The text of a report about a package's public API. */
import { findExport, findName, readDeclarations } from './declarations.mjs'

/** @typedef {import('./declarations.mjs').Place} Place */

/** @param {Place} place */
const keyOf = ({ file, name }) => `${file}#${name}`

/** @param {Place} place */
const declarationAt = ({ file, name }) =>
  readDeclarations(file).declarations.get(name) ?? { texts: [], refersTo: new Set() }

/** @param {string[]} blocks */
const fenced = (blocks) => ['```ts', blocks.join('\n\n'), '```', '']

/**
 * @param {string} name the package's
 * @param {Record<string, string>} entries declaration file of each entry point's name
 * @returns {string}
 */
export function writeReport(name, entries) {
  /** @type {Map<string, Place>} */
  const told = new Map()
  const report = [`# Public API of ${name}`, '']
  report.push('Written by `npm run api`; `npm run check` holds it against the code.', '')

  for (const [entry, file] of Object.entries(entries)) {
    const blocks = [...readDeclarations(file).exports.keys()].toSorted().map((exported) => {
      const place = findExport(file, exported)
      if (!('file' in place)) return `export { ${place.name} as ${exported} } from '${place.specifier}'`
      const alias = place.name === exported ? '' : `// as ${exported}\n`
      if (told.has(keyOf(place))) return `${alias}export { ${place.name} } // see above`
      told.set(keyOf(place), place)
      return (
        alias +
        declarationAt(place)
          .texts.map((text) => `export ${text}`)
          .join('\n')
      )
    })
    report.push(`## ${entry}`, '', ...fenced(blocks.length > 0 ? blocks : ['// exports nothing']))
  }

  const exported = told.size
  // A map visits what is added while it is walked.
  for (const place of told.values()) {
    for (const mentioned of declarationAt(place).refersTo) {
      const target = findName(place.file, mentioned)
      if (target && 'file' in target) told.set(keyOf(target), target)
    }
  }
  const mentioned = [...told.values()].slice(exported).map((place) => declarationAt(place).texts.join('\n'))
  if (mentioned.length > 0) {
    report.push('## Mentioned above, exported nowhere', '', ...fenced(mentioned.toSorted()))
  }
  return `${report.join('\n').trimEnd()}\n`
}
