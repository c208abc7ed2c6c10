/**
 * Checks the library as people will get it: packs it, and looks at the tarball alone, with publint and attw, by
 * importing and requiring every entry point, and with each TypeScript that it supports.
 */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadProblems, typeProblems } from './lib/consumers.mjs'
import { conclude, root, runTool } from './lib/project.mjs'
import { contentProblems, packInto } from './lib/tarball.mjs'

/** @param {string} name @param {string[]} args @returns {string[]} problems */
function toolProblems(name, ...args) {
  const { code, output } = runTool(name, args)
  return code === 0 ? [] : [`${name}: ${output.trim()}`]
}

// macOS reaches its temporary folder through a link.
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'countersign-package-')))
try {
  const { tarball, installed, manifest } = packInto(join(root, 'packages', 'countersign'), folder)
  const subpaths = Object.keys(manifest.exports)
    .filter((path) => path !== './package.json')
    .map((path) => manifest.name + path.slice(1))
  const problems = [
    ...contentProblems(installed, manifest),
    ...toolProblems('publint', 'run', tarball, '--strict'),
    ...toolProblems('attw', tarball, '--profile', 'esm-only', '--no-definitely-typed', '--format', 'ascii'),
    ...loadProblems(folder, subpaths),
    ...typeProblems(folder, subpaths),
  ]
  if (subpaths.length === 0) problems.push('The package exports nothing')
  conclude(problems, `${subpaths.length} entry points`)
} finally {
  rmSync(folder, { recursive: true })
}
