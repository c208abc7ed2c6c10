/**
 * The current majors of clients that have left Node 20 behind, on Node 24: the same trials, in a process of its own.
 */
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { describeOn } from '../../runtimes/describe-on.ts'
import { runtimes } from '../../runtimes/found.mjs'
import { ON_NODE_24 } from './clients.ts'
import { CURRENT } from './import-client.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const vitest = join(root, 'node_modules/vitest/vitest.mjs')
const run = promisify(execFile)

interface Summary {
  readonly numPassedTests: number
  readonly numTotalTests: number
  readonly testResults: readonly {
    readonly name: string
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[]
  }[]
}

const program = runtimes.find(({ name }) => name === 'Node 24')?.program

describeOn('Node 24', program, (node) => {
  it(`tries ${ON_NODE_24.join(', ')}`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'countersign-majors-'))
    const output = join(folder, 'summary.json')
    const files = ON_NODE_24.map((name) => `test/interop/http-clients/${name}.test.ts`)
    const options = { cwd: root, env: { ...process.env, [CURRENT]: '1' } }
    const args = [vitest, 'run', '--reporter=json', `--outputFile=${output}`, ...files]
    // What failed stands in the summary.
    await run(node, args, options).catch(() => undefined)
    const { numPassedTests, numTotalTests, testResults } = JSON.parse(readFileSync(output, 'utf8')) as Summary
    rmSync(folder, { recursive: true })
    const failed = testResults.flatMap(({ assertionResults }) =>
      assertionResults.filter(({ status }) => status !== 'passed').map(({ fullName }) => fullName),
    )
    expect(failed).toEqual([])
    expect(numPassedTests).toBe(numTotalTests)
    expect(numPassedTests).toBeGreaterThan(80 * files.length)
  }, 120_000)
})
