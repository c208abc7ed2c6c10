/**
 * The command in a process that is kept does what it does in one of its own: the other tests rely on it. One line at
 * least for each exit code that a run without a network can have, for each stream, and for what a run could leave behind.
 */
import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { countersign, KEY, makeHome, runCommand, TEMPORARY_KEY } from './kit/run-command.ts'
import { AT } from './kit/vectors.ts'

const SQS = 'https://sqs.eu-west-1.amazonaws.com/'
const REQUEST = 'GET / HTTP/1.1\nHost: sqs.eu-west-1.amazonaws.com\n\n'
const LATER = '20261122T133456Z'

it.each([
  ['nothing', [], {}, 0],
  ['a version', ['--version'], {}, 0],
  ['a signature', ['sign', '--at', AT, SQS], { env: KEY }, 0],
  ['notes on stderr', ['sign', '-vv', '--at', AT, SQS], { env: TEMPORARY_KEY }, 0],
  ['a request on stdin', ['canon', '--request', '-', '--at', AT], { env: KEY, input: REQUEST }, 0],
  [
    'bytes',
    ['sign', '--format', 'http', '--at', AT, '--data-binary', '@-', SQS],
    { env: KEY, input: Uint8Array.of(0, 10, 255) },
    0,
  ],
  ['two readers of stdin', ['sign', '-d', '@-', '-d', '@-', SQS], { env: KEY, input: 'x' }, 2],
  ['a file of the folder', ['verify', 'request.http'], { env: KEY }, 5],
  ['a file that is not there', ['verify', 'nowhere'], { env: KEY }, 2],
  ['an unknown verb', ['sgin'], {}, 2],
  ['no credentials', ['sign', '--at', AT, SQS], {}, 3],
  [
    'nobody who listens',
    ['send', '--region', 'a', '--service', 's3', 'http://127.0.0.1:1/'],
    { env: KEY },
    4,
  ],
  ['an unsigned request', ['verify', '--json'], { env: KEY, input: REQUEST }, 5],
  ['colours', ['sign', 'https://example.com/'], { env: { ...KEY, CLICOLOR_FORCE: '1' } }, 2],
  [
    'a wrong master key',
    ['keys', 'list', '--store', 'request.http'],
    { env: { COUNTERSIGN_MASTER_KEY: 'x' } },
    1,
  ],
] as const)('%s', async (_, args, options, code) => {
  const home = makeHome({ 'request.http': REQUEST })
  const { bytes, stderr, ...rest } = await runCommand(args, { home, ...options })
  const warm = await countersign(args, { home, ...options })
  expect(rest.code).toBe(code)
  expect(warm).toEqual({ bytes, stderr, ...rest })
  expect(warm.bytes.length + warm.stderr.length).toBeGreaterThan(0)
})

it('a clock that is off, and exit codes that do not stay', async () => {
  const { bytes } = await countersign(['sign', '--format', 'http', '--at', AT, SQS], { env: KEY })
  for (const run of [runCommand, countersign]) {
    expect((await run(['verify', '--at', LATER], { env: KEY, input: bytes })).code).toBe(6)
    expect((await run(['verify', '--at', AT], { env: KEY, input: bytes })).code).toBe(0)
  }
})

it('keeps neither variables nor folders of the run before', async () => {
  const env = { ...KEY, AWS_REGION: 'eu-central-1' }
  const line = ['sign', '--service', 's3', 'https://example.com/']
  expect((await countersign(line, { env })).code).toBe(0)
  expect((await countersign(line, { env: KEY })).code).toBe(2)
  expect((await countersign(line, {})).code).toBe(3)
})

it('is over when all is over, and not before', async () => {
  let isClosed = false
  const server = createServer((_, response) => {
    response.on('close', () => (isClosed = true))
    response.write('a')
    setTimeout(() => response.end('b'), 50)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const run = await countersign(['send', '--region', 'a', '--service', 's3', url], { env: KEY })
  expect([run.stdout, run.code, isClosed]).toEqual(['ab', 0, true])
  server.close()
})
