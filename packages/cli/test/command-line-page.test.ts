/** The examples of `docs/command-line.md` print what the page says, one after the other in one folder. */
import { generateKeyPairSync } from 'node:crypto'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { expressionOf, readExamples } from './kit/documented.ts'
import { COMMAND, KEY, makeHome, runProgram } from './kit/run-command.ts'

const examples = readExamples(new URL('../../../docs/command-line.md', import.meta.url))
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const home = makeHome({
  'private.pem': privateKey.export({ type: 'pkcs8', format: 'pem' }),
  'public.pem': publicKey.export({ type: 'spki', format: 'pem' }),
})
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
