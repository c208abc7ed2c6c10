/** The workflows of GitHub: they can be read, run only what is pinned, and call only what is there. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { packages, readJson, root } from '../lib/project.mjs'

const folder = join(root, '.github', 'workflows')
const files = readdirSync(folder)

/** @typedef {{ uses?: string, run?: string }} Step */
/** @typedef {{ uses?: string, steps?: Step[] }} Job */

/** @param {string} file @returns {{ on: unknown, permissions: unknown, jobs: Record<string, Job> }} */
const read = (file) => parse(readFileSync(join(folder, file), 'utf8'), { strict: true, uniqueKeys: true })

/** @param {string} file */
const stepsOf = (file) => Object.values(read(file).jobs).flatMap(({ steps = [] }) => steps)

it('are a test of every change and a release', () => {
  expect(files.toSorted()).toEqual(['ci.yml', 'release.yml'])
})

describe.each(files)('%s', (file) => {
  it('may read and no more, unless a job says so', () => {
    expect(read(file)).toMatchObject({ on: expect.anything(), permissions: { contents: 'read' } })
  })

  it('runs actions that nobody can change afterwards', () => {
    const lines = readFileSync(join(folder, file), 'utf8').split('\n')
    const foreign = lines.filter((line) => /uses: (?!\.\/)/.test(line))
    expect(foreign.length).toBeGreaterThan(0)
    for (const line of foreign) expect(line).toMatch(/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/)
  })

  it('calls scripts that are there', () => {
    const commands = stepsOf(file)
      .map(({ run = '' }) => run)
      .join('\n')
    const { scripts } = readJson(join(root, 'package.json'))
    const called = [...commands.matchAll(/npm (?:run )?(build|test|[\w:]+)\b/g)].map(([, name = '']) => name)
    const known = new Set(['ci', 'pkg', 'publish', ...Object.keys(scripts)])
    expect(called.filter((name) => !known.has(name))).toEqual([])
    const paths = [...commands.matchAll(/(?:^|\s)((?:\.ci|scripts)\/[\w./-]+)/g)].map(([, path = '']) => path)
    expect(paths.length).toBeGreaterThan(file === 'ci.yml' ? 0 : 2)
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([])
  })
})

it('publish every package, each after those it needs', () => {
  const text = stepsOf('release.yml')
    .map(({ run = '' }) => run)
    .join('\n')
  const published = [...text.matchAll(/npm publish --provenance --access public --workspace (\S+)/g)]
  expect(published.map(([, name]) => name)).toEqual(packages().map(({ name }) => name))
})
