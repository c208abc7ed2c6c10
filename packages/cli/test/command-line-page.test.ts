/** The examples of `docs/command-line.md` print what the page says, one after the other in one folder. */
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { expressionOf, readExamples } from './kit/documented.ts'
import { COMMAND, KEY, makeHome, runProgram } from './kit/run-command.ts'

const examples = readExamples(new URL('../../../docs/command-line.md', import.meta.url))
const home = makeHome()
const bin = makeHome()
writeFileSync(join(bin, 'countersign'), `#!/bin/sh\nexec "${process.execPath}" "${COMMAND}" "$@"\n`)
chmodSync(join(bin, 'countersign'), 0o755)

describe('the page of the command line', () => {
  it('has examples', () => {
    expect(examples.length).toBeGreaterThan(12)
  })

  it.each(examples.map((example) => [example.line, example] as const))('%s', async (line, example) => {
    const env = { ...KEY, PATH: `${bin}:${process.env['PATH']}` }
    const { stdout } = await runProgram('/bin/sh', ['-c', `exec 2>&1; ${line}`], { env, home })
    // Raw HTTP has line ends of its own.
    expect(stdout.replaceAll('\r\n', '\n')).toMatch(expressionOf(example))
  })
})
