/**
 * Checks the packages as people will get them: packs them, and looks at the tarballs alone, with publint and attw, by
 * importing and requiring every entry point, and with each TypeScript that is supported; the command is run.
 */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadProblems, typeProblems } from './lib/consumers.mjs'
import { conclude, root, run, runTool } from './lib/project.mjs'
import { contentProblems, packInto } from './lib/tarball.mjs'

/** @param {string} name @param {string[]} args @returns {string[]} problems */
function toolProblems(name, ...args) {
  const { code, output } = runTool(name, args)
  return code === 0 ? [] : [`${name}: ${output.trim()}`]
}

/**
 * Packs a package into a folder of its own and looks at it there.
 *
 * @param {string} name the folder under `packages`
 * @param {(packed: ReturnType<typeof packInto>, folder: string, subpaths: string[]) => string[]} look
 * @returns {string[]} problems
 */
function inspect(name, look) {
  // macOS reaches its temporary folder through a link.
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'countersign-package-')))
  try {
    const packed = packInto(join(root, 'packages', name), folder)
    const subpaths = Object.keys(packed.manifest.exports ?? {})
      .filter((path) => path !== './package.json')
      .map((path) => packed.manifest.name + path.slice(1))
    const problems = [
      ...contentProblems(packed.installed, packed.manifest),
      ...toolProblems('publint', 'run', packed.tarball, '--strict'),
      ...look(packed, folder, subpaths),
    ]
    return problems.map((problem) => `${packed.manifest.name}: ${problem}`)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** @param {string[]} subpaths @returns {string[]} */
const exportProblems = (subpaths) => (subpaths.length > 0 ? [] : ['The package exports nothing'])

const problems = [
  ...inspect('countersign', ({ tarball }, folder, subpaths) => [
    ...exportProblems(subpaths),
    ...toolProblems('attw', tarball, '--profile', 'esm-only', '--no-definitely-typed', '--format', 'ascii'),
    ...loadProblems(folder, subpaths),
    ...typeProblems(folder, subpaths),
  ]),
  ...inspect('gateway', (_packed, folder, subpaths) => [
    ...exportProblems(subpaths),
    ...loadProblems(folder, subpaths),
  ]),
  ...inspect('cli', ({ installed, manifest }, folder) => {
    const bin = join(installed, manifest.bin.countersign)
    const version = run(process.execPath, [bin, '--version'], { cwd: folder })
    // Its bundle finds SQLite among the packages of the gateway.
    const store = ['--store', 'keys.db', '--master-key-file', 'master.key']
    const keys = run(process.execPath, [bin, 'keys', 'create', '--principal', 'ada', ...store], {
      cwd: folder,
    })
    return [
      ...(version.code === 0 && version.output.trim() === manifest.version
        ? []
        : [`--version: ${version.output}`]),
      ...(keys.code === 0 ? [] : [`keys create: ${keys.output}`]),
    ]
  }),
]
conclude(problems, 'countersign, @countersign/gateway and @countersign/cli can be published')
