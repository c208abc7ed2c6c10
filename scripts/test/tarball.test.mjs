import { expect, it } from 'vitest'
import { contentProblems } from '../lib/tarball.mjs'
import { temporaryFolder } from './temporary.mjs'

const good = {
  'package.json': '{}',
  'README.md': '',
  LICENSE: '',
  'dist/index.js': '',
  'dist/index.d.ts': '',
}

/** @param {Record<string, string>} files @param {object} [manifest] */
const problems = (files, manifest = {}) =>
  contentProblems(temporaryFolder(files), { files: ['dist'], ...manifest })

it('accepts a build with its README and licence', () => {
  const map = JSON.stringify({ sources: ['index.js'] })
  expect(problems({ ...good, 'dist/index.js.map': map }, { scripts: { build: 'tsc' } })).toEqual([])
})

it.each([
  ['no README.md', { 'package.json': '{}', LICENSE: '', 'dist/index.js': '' }],
  ['no dist', { 'package.json': '{}', LICENSE: '', 'README.md': '' }],
  ['src/index.js should not be published', { ...good, 'src/index.js': '' }],
  ['dist/index.test.js is a test', { ...good, 'dist/index.test.js': '' }],
  ["dist/index.ts is not a build's output", { ...good, 'dist/index.ts': '' }],
  ['points to ../src/index.ts', { ...good, 'dist/index.js.map': '{ "sources": ["../src/index.ts"] }' }],
  ['points to ../../other.js', { ...good, 'dist/index.js.map': '{ "sources": ["../../other.js"] }' }],
])('reports %s', (expected, files) => {
  const found = problems(files)
  expect(found).toHaveLength(1)
  expect(found[0]).toContain(expected)
})

it('reports scripts that run at installation', () => {
  expect(problems(good, { scripts: { postinstall: 'node x.js' } })).toHaveLength(1)
})
