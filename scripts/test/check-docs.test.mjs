import { join } from 'node:path'
import { expect, it } from 'vitest'
import { root, run } from '../lib/project.mjs'
import { temporaryFolder } from './temporary.mjs'

const good = {
  'README.md': '# A\n\n[docs](docs/README.md), [away](https://example.com/x), `[code](nowhere.md)`\n',
  'ARCHITECTURE.md': '```\npackages/one/src/\n  core/  this\n```\n',
  'docs/README.md': '[page](page.md#a-heading-of-its-own), [plan](../ARCHITECTURE.md)\n',
  'docs/page.md': '## A heading, of its own\n\n[back](../README.md#a) [below](#a-heading-of-its-own)\n',
  'packages/one/src/core/a.ts': '',
}

/** @param {Record<string, string>} files */
const check = (files) =>
  run(process.execPath, [join(root, 'scripts/check-docs.mjs'), '--root', temporaryFolder(files)])

it('follows every link', () => {
  expect(check(good)).toEqual({ code: 0, output: '5 links of 4 pages lead somewhere\n' })
})

it('tells of dead links, pages that are far away, and folders without a word', () => {
  const { code, output } = check({
    ...good,
    'docs/page.md': '## Another heading\n\n[gone](gone.md) [far](far.md)\n',
    'docs/far.md': '[lost](../../etc/passwd)\n',
    'docs/orphan.md': 'nobody comes here\n',
    'packages/one/src/extra/b.ts': '',
    'packages/one/package.json': '{"name":"one","dependencies":{"left-pad":"1","one":"1"}}',
  })
  expect(code).toBe(1)
  expect(output.split('\n').filter((line) => line !== '' && !line.endsWith('problems'))).toEqual([
    'docs/README.md: the link to docs/page.md#a-heading-of-its-own names no heading of that page',
    'docs/far.md: the link to ../etc/passwd leads nowhere',
    'docs/page.md: the link to docs/gone.md leads nowhere',
    'docs/far.md is 3 clicks from the README',
    'docs/orphan.md is no clicks from the README',
    'ARCHITECTURE.md does not name packages/one/src/extra/',
    'ARCHITECTURE.md does not say why there is left-pad',
  ])
})

it('fails where there is nothing to check', () => {
  const { code, output } = check({
    'README.md': '',
    'ARCHITECTURE.md': '',
    'packages/x/a': '',
  })
  expect([code, output]).toEqual([1, expect.stringContaining('No link was looked at')])
})
