/**
 * How long each verb of the command line takes to start, beside an empty `node -e 0`: `node bench/start-up.mjs [rounds]`.
 * All take turns in each round, because how fast a machine is changes by the second, and medians are compared. The
 * environment is bare: a variable such as NODE_EXTRA_CA_CERTS slows the empty program down, too, and hides half of it.
 */
import { spawnSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROUNDS = Number(process.argv[2] ?? 30)
const COMMAND = fileURLToPath(new URL('../packages/cli/bin/countersign.js', import.meta.url))
const AT = ['--at', '20261122T123456Z']
const OBJECT = 'https://my-bucket.s3.eu-west-1.amazonaws.com/a.png'
const QUEUES = 'https://sqs.eu-west-1.amazonaws.com/'

const home = mkdtempSync(join(tmpdir(), 'countersign-start-up-'))
const env = {
  PATH: process.env['PATH'] ?? '',
  HOME: home,
  AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
}

/** @param {readonly string[]} args */
function run(args) {
  const start = process.hrtime.bigint()
  const { status } = spawnSync(process.execPath, args, { cwd: home, env, stdio: 'ignore' })
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}`)
  return Number(process.hrtime.bigint() - start) / 1e6
}

/** @param {string} name @param {readonly string[]} args */
function make(name, args) {
  const { stdout } = spawnSync(process.execPath, [COMMAND, ...args], { cwd: home, env })
  writeFileSync(join(home, name), stdout)
  return stdout.toString().trim()
}

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
writeFileSync(join(home, 'private.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }))
const url = make('url', ['presign', ...AT, OBJECT])
make('key', ['keys', 'create', '--principal', 'ada'])
make('request.http', ['sign', ...AT, '--format', 'http', QUEUES])
make('form.json', ['post-policy', '--json', ...AT, '--key', 'a', `${new URL(OBJECT).origin}/`])
writeFileSync(join(home, 'events.jsonl'), '{"headers":[],"payload":"one"}\n')
const cloudfront = ['--key', 'private.pem', '--key-pair-id', 'K2JCJMDEHXQW5F']
const film = 'https://d111111abcdef8.cloudfront.net/film.mp4'
const opened = make('cloudfront', ['cloudfront', 'sign', ...AT, ...cloudfront, film])

/** @type {readonly (readonly string[])[]} */
const LINES = [
  ['help'],
  ['sign', QUEUES],
  ['presign', OBJECT],
  ['presign', 'check', ...AT, url],
  ['post-policy', '--key', 'a', `${new URL(OBJECT).origin}/`],
  ['post-policy', 'check', ...AT, 'form.json'],
  ['cloudfront', 'sign', ...cloudfront, film],
  ['cloudfront', 'check', ...AT, opened],
  ['token', 'rds', '--hostname', 'db.eu-west-1.rds.amazonaws.com', '--port', '3306', '--username', 'ada'],
  ['identity-proof', 'make', '--audience', 'a.example.com', '--region', 'eu-west-1'],
  ['events', 'encode', 'events.jsonl'],
  ['verify', ...AT, 'request.http'],
  ['canon', QUEUES],
  ['send', '--dry-run', QUEUES],
  ['keys', 'list'],
]

/** @param {readonly number[]} times */
const median = (times) => times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? NaN

const rows = [['-e', '0'], ...LINES.map((line) => [COMMAND, ...line])].map((args) => ({
  args,
  times: /** @type {number[]} */ ([]),
}))
try {
  for (let round = 0; round < ROUNDS; round++) for (const { args, times } of rows) times.push(run(args))
} finally {
  rmSync(home, { recursive: true })
}
const empty = median(rows[0]?.times ?? [])
console.log(`node -e 0: ${empty.toFixed(1)} ms, median of ${ROUNDS}\n`)
for (const [index, { times }] of rows.slice(1).entries()) {
  const words = LINES[index] ?? []
  const second = words[1] ?? ''
  const name = /^[a-z]+$/.test(second) && words.length > 1 ? `${words[0]} ${second}` : words[0]
  console.log(`${(name ?? '').padEnd(20)} ${(median(times) / empty).toFixed(2)}`)
}
