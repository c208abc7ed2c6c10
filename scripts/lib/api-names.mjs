/** Every name that the API reference tells, once: what entry points export, and the types of ours that those mention. */
import { relative } from 'node:path'
import { findExport, findName, readDeclarations } from './declarations.mjs'
import { readDocstrings } from './docstrings.mjs'
import { root } from './project.mjs'

/**
 * @typedef {import('./declarations.mjs').Place} Place
 * @typedef {import('./docstrings.mjs').Documented} Documented
 * @typedef {{ entry: string, page: string, file: string }} Entry a module with its page
 * @typedef {{ entry: Entry, name: string, place: Place, isExported: boolean, documented: Documented }} Told
 */

/** @param {Place} place */
export const keyOf = ({ file, name }) => `${file}#${name}`

/** The source of a declaration, from the root. @param {string} file */
export const sourceOf = (file) =>
  relative(root, file)
    .replace('/dist/', '/src/')
    .replace(/\.d\.ts$/, '.ts')

/** @param {Entry[]} entries @returns {Map<string, Told>} every name once, where it is told */
export function collectNames(entries) {
  /** @type {Map<string, Told>} */
  const told = new Map()
  /** @param {Entry} entry @param {string} name @param {Place | undefined | { specifier: string }} place @param {boolean} isExported */
  const tell = (entry, name, place, isExported) => {
    if (!place || !('file' in place) || told.has(keyOf(place))) return
    const documented = readDocstrings(place.file).get(place.name)
    if (documented) told.set(keyOf(place), { entry, name, place, isExported, documented })
  }
  for (const entry of entries) {
    for (const name of readDeclarations(entry.file).exports.keys()) {
      tell(entry, name, findExport(entry.file, name), true)
    }
  }
  // A map visits what is added while it is walked.
  for (const { entry, place } of told.values()) {
    const mentioned = readDeclarations(place.file).declarations.get(place.name)?.refersTo ?? []
    for (const name of mentioned) tell(entry, name, findName(place.file, name), false)
  }
  return told
}
