/** `node scripts/check-release.mjs v0.1.0`: whether a tag names the version of every package, and the changes are told. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { conclude, packages, root } from './lib/project.mjs'

const version = (process.argv[2] ?? '').replace(/^v/, '')
const problems = packages()
  .filter(({ manifest }) => manifest.version !== version)
  .map(({ name, manifest }) => `${name} is ${manifest.version}, and the tag says ${version || 'nothing'}`)
if (!readFileSync(join(root, 'CHANGELOG.md'), 'utf8').includes(`\n## ${version}\n`)) {
  problems.push(`CHANGELOG.md has no heading "## ${version}"`)
}
conclude(problems, `Everything is at ${version}`)
