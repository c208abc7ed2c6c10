/**
 * Publishes the library to JSR, which takes the sources and not a build: stages them without their tests beside a
 * `jsr.json` made from the package's own manifest, and lets `deno publish` do the rest. `--dry-run` sends nothing and
 * needs no network: it is a check of `npm run check`, skipped in plain sight without Deno.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { runtimes } from '../test/runtimes/found.mjs'
import { readJson, root, run } from './lib/project.mjs'

const library = join(root, 'packages', 'countersign')
/** What the sources are compiled with; `undici-types` comes with Node's. */
const TYPES = ['@types/node', 'undici-types']

/** The manifest of JSR, whose entry points are the sources of npm's. @param {any} manifest */
export function manifestOf({ name, version, license, exports }) {
  const sources = Object.entries(exports)
    .filter(([path]) => path !== './package.json')
    .map(([path, file]) => [path, file.replace('/dist/', '/src/').replace(/\.js$/, '.ts')])
  return { name: `@${name}/${name}`, version, license, exports: Object.fromEntries(sources) }
}

/** @param {string} folder */
function stage(folder) {
  const manifest = readJson(join(library, 'package.json'))
  cpSync(join(library, 'src'), join(folder, 'src'), {
    recursive: true,
    filter: (path) => !/\.(test|fuzz|long)\.ts$/.test(path),
  })
  for (const file of ['README.md', 'LICENSE']) cpSync(join(library, file), join(folder, file))
  writeFileSync(join(folder, 'jsr.json'), JSON.stringify(manifestOf(manifest)))
  // Deno reads the versions of npm's packages from here.
  const { dependencies } = manifest
  const { devDependencies } = readJson(join(root, 'package.json'))
  const types = { '@types/node': devDependencies['@types/node'] }
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ type: 'module', dependencies, devDependencies: types }),
  )
  for (const name of [...Object.keys(dependencies), ...TYPES]) {
    const link = join(folder, 'node_modules', name)
    mkdirSync(dirname(link), { recursive: true })
    symlinkSync(join(root, 'node_modules', name), link)
  }
}

/** @param {string[]} args @returns {number} exit code */
function main(args) {
  const deno = runtimes.find(({ name }) => name === 'Deno')?.program
  if (deno === undefined) {
    console.log('Deno is not here, so nothing was tried; npm run test:runtimes installs it')
    return process.env['COUNTERSIGN_REQUIRE_TOOLS'] === '1' || !args.includes('--dry-run') ? 1 : 0
  }
  const folder = mkdtempSync(join(tmpdir(), 'countersign-jsr-'))
  try {
    stage(folder)
    const isDry = args.includes('--dry-run')
    const { code, output } = run(deno, ['publish', '--allow-dirty', ...(isDry ? ['--dry-run'] : [])], {
      cwd: folder,
      env: {
        ...process.env,
        NO_COLOR: '1',
        DENO_NO_UPDATE_CHECK: '1',
        ...(isDry ? { DENO_DIR: join(folder, 'deno') } : {}),
      },
    })
    console.log(output)
    return code
  } finally {
    rmSync(folder, { recursive: true })
  }
}

process.exitCode = main(process.argv.slice(2))
