/**
 * Same inputs, same bytes: the portable suite on every runtime, from the packed package, each held against the Node
 * that runs the tests. `npm run test:runtimes` installs the runtimes first; one that is not here is skipped.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Printed } from '../../packages/countersign/test/portable/hosts/script.ts'
import type { Row } from '../../packages/countersign/test/portable/suite.ts'
import { assemble, type Assembly } from './assemble.ts'
import { describeOn } from './describe-on.ts'
import { chromium, runtimes, workerd } from './found.mjs'
import { openPage, type OpenPage } from './run-chromium.ts'
import { runScript, runSuiteWith } from './run-script.ts'
import { startWorkers, type RunningWorkerd, type Worker } from './run-workerd.ts'

const MOST = 60_000
let assembly: Assembly
let reference: Printed = { rows: [], imported: {} }

beforeAll(async () => {
  assembly = await assemble()
  reference = await runSuiteWith(process.execPath, ['script.mjs'], assembly.folder)
}, MOST)
afterAll(() => assembly.remove())

/** Fails with what differs, and not with two long tables. */
function expectSame(rows: readonly Row[]): void {
  const names = rows.map(({ name }) => name)
  expect(names).toEqual(reference.rows.map(({ name }) => name))
  expect(new Set(names).size).toBe(names.length)
  const different = reference.rows.flatMap((expected, index) => {
    const { name, digest, excerpt, isOk } = rows[index]!
    return isOk && digest === expected.digest ? [] : [{ name, here: excerpt, onThisNode: expected.excerpt }]
  })
  expect(different).toEqual([])
}

/** Every entry point, required, by a process that has imported none. */
function requiresEverything({ run }: { run(script: string): string[] }, program: string): void {
  it('requires every entry point', async () => {
    const { folder, entryPoints } = assembly
    const pairs = entryPoints.map((path) => `['${path}', Object.keys(require('${path}')).length]`)
    writeFileSync(join(folder, 'load.cjs'), `console.log(JSON.stringify([${pairs.join(', ')}]))\n`)
    const printed = await runScript(program, run('load.cjs'), folder)
    expect(Object.fromEntries(JSON.parse(printed) as [string, number][])).toEqual(reference.imported)
  })
}

describe(`Node ${process.versions.node}`, () => {
  it('passes the suite', () => {
    expect(reference.rows.length).toBeGreaterThan(100)
    expect(reference.rows.filter(({ isOk }) => !isOk)).toEqual([])
  })
  it('imports every entry point', () => {
    expect(Object.keys(reference.imported)).toEqual(assembly.entryPoints)
    expect(Object.values(reference.imported).every((names) => names > 0)).toBe(true)
  })
  requiresEverything({ run: (script) => [script] }, process.execPath)
})

for (const runtime of runtimes) {
  describeOn(runtime.name, runtime.program, (program) => {
    it(
      'gives the same bytes',
      async () => {
        const { rows, imported } = await runSuiteWith(program, runtime.run('script.mjs'), assembly.folder)
        expectSame(rows)
        expect(imported).toEqual(reference.imported)
      },
      MOST,
    )
    requiresEverything(runtime, program)
  })
}

describeOn('workerd', workerd, (program) => {
  let running: RunningWorkerd
  beforeAll(async () => {
    running = await startWorkers(program, assembly.folder)
  })
  afterAll(() => running.stop())

  it.each<[string, Worker]>([
    ['a plain worker', 'plain'],
    ['a worker with what Node has', 'node'],
  ])('gives the same bytes: %s', async (_name, worker) => expectSame(await running.run(worker)), MOST)
})

describeOn('Chromium', chromium, (program) => {
  let page: OpenPage
  beforeAll(async () => {
    page = await openPage(program, assembly.folder)
  }, MOST)
  afterAll(() => page.close())

  it('gives the same bytes in a page', async () => expectSame(await page.call('inPage')), MOST)
  it(
    'gives the same bytes in a service worker',
    async () => expectSame(await page.call('inServiceWorker')),
    MOST,
  )
  it('signs in a page what its service worker verifies', async () => {
    const [status, text] = await page.call('throughServiceWorker')
    expect([status, JSON.parse(text)]).toEqual([
      200,
      expect.objectContaining({ principal: 'alice', payload: 'verified' }),
    ])
  })
})
