/**
 * The public API as text, from the built declarations: every name that an entry point exports with its declaration,
 * and every type of ours that those mention. Compares it with the committed report; `--write` rewrites that.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { writeReport } from './lib/api-text.mjs'
import { entryPoints } from './lib/entry-points.mjs'
import { conclude, packages, root, run } from './lib/project.mjs'

/** @param {boolean} write @returns {{ problems: string[], count: number }} */
function main(write) {
  const published = packages().filter(({ manifest }) => !manifest.private && manifest.exports)
  const problems = []
  for (const pkg of published) {
    const entries = entryPoints(pkg)
    const missing = Object.values(entries).filter((file) => !existsSync(file))
    problems.push(...missing.map((file) => `${relative(root, file)} is missing`))
    if (missing.length > 0) continue
    const report = writeReport(pkg.name, entries)
    const committed = join(pkg.folder, 'api', `${pkg.name.replace(/^@.*\//, '')}.api.md`)
    if (write) {
      mkdirSync(dirname(committed), { recursive: true })
      writeFileSync(committed, report)
    } else if (!existsSync(committed) || readFileSync(committed, 'utf8') !== report) {
      const folder = mkdtempSync(join(tmpdir(), 'countersign-api-'))
      writeFileSync(join(folder, 'code'), report)
      const old = existsSync(committed) ? committed : '/dev/null'
      problems.push(run('git', ['diff', '--no-index', '--no-color', old, join(folder, 'code')]).output)
      problems.push('The public API is not what its report says; if that is meant, run: npm run api')
      rmSync(folder, { recursive: true })
    }
  }
  if (published.length === 0) problems.push('No package was looked at')
  return { problems, count: published.length }
}

const { problems, count } = main(process.argv.includes('--write'))
conclude(problems, `${count} report${count > 1 ? 's' : ''} up to date`)
