/**
 * The built command in a process that is kept for the next command line: `warm-runs.ts` starts it and says what to run.
 * Each run has arguments, an environment, a folder and streams of its own, and it is over when nothing is left of it
 * that would keep a process alive.
 *
 * @module
 */
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'

const require = createRequire(import.meta.url)

/** The bundle that a command line starts with, as `bin/countersign.js` finds it. @param {string} [verb] */
function load(verb) {
  const path = fileURLToPath(new URL(`../../dist/chunks/${verb}-start.cjs`, import.meta.url))
  return require(
    verb && /^[a-z-]+$/.test(verb) && existsSync(path) ? path : '../../dist/chunks/help-start.cjs',
  )
}

/** @returns {{ stream: Writable, bytes: () => Buffer }} a stream that keeps what is written to it */
function collector() {
  /** @type {Buffer[]} */
  const chunks = []
  const stream = new Writable({
    write(chunk, _, done) {
      chunks.push(chunk)
      done()
    },
  })
  return { stream, bytes: () => Buffer.concat(chunks) }
}

/** @param {Record<string, unknown>} streams such as `stdin` */
function setStreams(streams) {
  for (const [name, value] of Object.entries(streams)) {
    Object.defineProperty(process, name, { value, configurable: true, enumerable: true })
  }
}

/** @param {Readonly<Record<string, string>>} env */
function setEnvironment(env) {
  for (const name of Object.keys(process.env)) delete process.env[name]
  Object.assign(process.env, env)
}

/** @param {number} delay in milliseconds @returns {Promise<number>} how many things keep the process alive */
const countHeld = (delay) =>
  new Promise((resolve) => {
    setTimeout(() => resolve(process.getActiveResourcesInfo().length), delay)
  })

/** @param {import('./warm-runs.ts').Order} order */
async function run({ args, env, home, input }) {
  const [out, err] = [collector(), collector()]
  const pieces = input.length > 0 ? [Buffer.from(input)] : []
  setStreams({
    stdin: Readable.from(pieces, { objectMode: false }),
    stdout: out.stream,
    stderr: err.stream,
  })
  setEnvironment(env)
  process.chdir(home)
  process.exitCode = 0
  await load(args[0]).main(args)
  for (const signal of ['SIGINT', 'SIGTERM']) process.removeAllListeners(signal)
  // A process ends when nothing of the command is under way any more, and not when its main function does.
  for (let delay = 0; (await countHeld(delay)) > idle; delay = 1);
  const code = process.exitCode
  process.exitCode = 0
  process.send?.({ code, stdout: out.bytes(), stderr: err.bytes() })
}

process.on('message', (/** @type {import('./warm-runs.ts').Order} */ order) => void run(order))
const idle = await countHeld(0)
process.send?.('ready')
