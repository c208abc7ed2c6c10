import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeWithTool } from '../../../../test/kit/tools.ts'
import { COMMAND, KEY, makeHome, runProgram } from '../kit/run-command.ts'
import { startSignedServer, type SignedServer } from './kit/signed-server.ts'

const TEXT = readFileSync(new URL('../../../../docs/send.md', import.meta.url), 'utf8')
const EXAMPLES = [...TEXT.matchAll(/^```sh\n([^]*?)^```$/gm)].flatMap(([, block = '']) =>
  block.split(/(?<!\\)\n/).filter((line) => line !== ''),
)

let server: SignedServer
beforeAll(async () => {
  server = await startSignedServer({
    tls: 'plain',
    service: ['s3', 'sts', 'es', 'dynamodb', 'sqs', 'iam'],
    region: '*',
    answer: ({ target }, response) => {
      if (target === '/not-there') response.statusCode = 404
      response.end('ok')
    },
  })
})
afterAll(() => server.close())

describeWithTool('bash', 'docs/send.md', (bash) => {
  it('has examples', () => {
    expect(EXAMPLES.length).toBeGreaterThan(10)
  })

  // Every host of AWS's is this server.
  it.each(EXAMPLES)('%s', async (example) => {
    const alias = `countersign() { node '${COMMAND}' "$@" -k --connect 127.0.0.1:${server.port}; }`
    const home = makeHome({ 'report.pdf': 'report' })
    const before = server.seen.length
    const run = await runProgram(bash, ['-c', `${alias}\n${example}`], { home, env: KEY })
    expect([run.code, run.stderr, server.refused]).toEqual([0, '', []])
    const isShown = /--dry-run|--print-curl/.test(example)
    expect(server.seen.length - before).toBe(isShown ? 0 : 1)
  })
})
