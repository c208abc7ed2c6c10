/**
 * What each verb of the command line takes to start, beside an empty `node -e 0`: `node bench/start-up.mjs [rounds]`. An
 * empty program runs before each verb and is what it is compared with, because how fast a machine is changes by the
 * second. Of these ratios the medians are shown: of the time on the clock, and of the processor time, which does not
 * count what else the machine does. The environment is bare: a variable such as NODE_EXTRA_CA_CERTS slows the empty
 * program down, too, and hides half of it.
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

const HOOK = join(home, 'hook.cjs')
writeFileSync(
  HOOK,
  `process.on('exit', () => {
  const { user, system } = process.cpuUsage()
  require('fs').writeSync(3, String((user + system) / 1000))
})`,
)

/** @param {readonly string[]} args @returns {{ clock: number, processor: number }} in milliseconds */
function run(args) {
  const start = process.hrtime.bigint()
  const stdio = /** @type {const} */ (['ignore', 'ignore', 'ignore', 'pipe'])
  const { status, output } = spawnSync(process.execPath, ['-r', HOOK, ...args], {
    cwd: home,
    env,
    stdio: [...stdio],
  })
  // What `explain` ends with names the kind of refusal.
  if (status !== 0 && !args.includes('explain')) throw new Error(`${args.join(' ')} ended with ${status}`)
  return { clock: Number(process.hrtime.bigint() - start) / 1e6, processor: Number(String(output[3])) }
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
// What an answer says by itself: to search for a cause is work of its own.
writeFileSync(join(home, 'answer.xml'), '<Error><Code>ExpiredToken</Code></Error>')
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
  ['explain', 'answer.xml'],
  ['doctor', '--region', 'eu-west-1'],
  ['completion', 'bash'],
  ['send', '--dry-run', QUEUES],
  ['keys', 'list'],
]

/** @typedef {ReturnType<typeof run>} Times */

/** @typedef {{ verb: Times, empty: Times }} Pair */

/** @param {readonly number[]} values */
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN

const rows = LINES.map((line) => ({ line, pairs: /** @type {Pair[]} */ ([]) }))
try {
  for (const { line } of rows) run([COMMAND, ...line])
  for (let round = 0; round < ROUNDS; round++) {
    for (const { line, pairs } of rows) pairs.push({ empty: run(['-e', '0']), verb: run([COMMAND, ...line]) })
  }
} finally {
  rmSync(home, { recursive: true })
}
const all = rows.flatMap(({ pairs }) => pairs.map(({ empty }) => empty))
const [clock, processor] = [all.map((time) => time.clock), all.map((time) => time.processor)]
console.log(
  `node -e 0: ${median(clock).toFixed(1)} ms, of them ${median(processor).toFixed(1)} ms processor; medians of ${ROUNDS}\n`,
)
console.log(`${''.padEnd(20)} clock  processor`)
for (const { line, pairs } of rows) {
  const [verb = '', second = ''] = line
  const name = /^[a-z]+$/.test(second) ? `${verb} ${second}` : verb
  const [byClock, byProcessor] = /** @type {const} */ (['clock', 'processor']).map((which) =>
    median(pairs.map((pair) => pair.verb[which] / pair.empty[which])).toFixed(2),
  )
  console.log(`${name.padEnd(20)} ${byClock}   ${byProcessor}`)
}
