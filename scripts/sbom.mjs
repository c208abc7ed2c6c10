/**
 * `node scripts/sbom.mjs folder`: a bill of materials (CycloneDX) of each package, as people get it: the packed tarball
 * with what it brings along, and nothing that only the project needs. For the release.
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { packages, run } from './lib/project.mjs'
import { prepare } from './prepare.mjs'

/** @param {string} command @param {string[]} args @param {string} cwd */
function must(command, args, cwd) {
  const { code, output } = run(command, args, { cwd, stdio: ['ignore', 'pipe', 'ignore'] })
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${output}`)
  return output
}

const target = resolve(process.argv[2] ?? 'sbom')
if (!prepare({ quiet: true })) throw new Error('The packages could not be built')
mkdirSync(target, { recursive: true })
const folder = mkdtempSync(join(tmpdir(), 'countersign-sbom-'))
try {
  for (const { name, folder: from, manifest } of packages()) {
    must('npm', ['pack', '--silent', `--pack-destination=${folder}`], from)
    const own = join(folder, manifest.version + name.replaceAll('/', '-'))
    mkdirSync(own)
    const tarballs = readdirSync(folder).filter((file) => file.endsWith('.tgz'))
    const fileName = `${name.replace('@', '').replace('/', '-')}-${manifest.version}`
    must('tar', ['-xzf', join(folder, `${fileName}.tgz`), '--strip-components=1', '-C', own], folder)
    // Those of ours that it needs are not published yet.
    const ours = tarballs.filter((file) => file !== `${fileName}.tgz`).map((file) => join(folder, file))
    must(
      'npm',
      ['install', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--no-save', ...ours],
      own,
    )
    const bill = must('npm', ['sbom', '--sbom-format=cyclonedx', '--omit=dev'], own)
    writeFileSync(join(target, `${fileName}.cdx.json`), bill)
    console.log(`${fileName}.cdx.json: ${JSON.parse(bill).components.length} components`)
  }
} finally {
  rmSync(folder, { recursive: true })
}
