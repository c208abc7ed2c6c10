/**
 * Two processes that do the same, one with verifying or signing on and one without it: small signed GETs, in turns, and what
 * processor time a request takes of each.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { signRequest } from 'countersign'
import { Pool } from 'undici'
import { credentials, region, service } from './gateway/settings.mjs'

/** How fast a process is depends on where its code and its memory happen to lie, by a tenth: so there are several. */
const PAIRS = 6
const ROUNDS = 20
const REQUESTS = 2000
const CONNECTIONS = 32

/**
 * Starts a process that tells the port that it listens on.
 *
 * @param {URL} script
 * @param {readonly string[]} [args]
 */
export async function start(script, args) {
  const child = fork(script, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const [{ port }] = await once(child, 'message')
  return { child, port }
}

/** @param {import('node:child_process').ChildProcess} child */
async function usage(child) {
  child.send('usage')
  const [used] = await once(child, 'message')
  return used
}

/** @param {Pool} pool @param {string} origin @param {number} count */
async function load(pool, origin, count) {
  const worker = async () => {
    for (; count > 0;) {
      count -= 1
      const signed = signRequest(
        { method: 'GET', url: `${origin}/notes/${count}?prefix=a` },
        { credentials, service, region },
      )
      const { statusCode, body } = await pool.request({
        method: 'GET',
        path: signed.url.slice(origin.length),
        headers: signed.headers.flat(),
      })
      await body.dump()
      if (statusCode !== 200) throw new Error(`The answer was ${statusCode}`)
    }
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, worker))
}

/** @param {{ port: number, child: import('node:child_process').ChildProcess, pool: Pool }} process */
async function round({ port, child, pool }) {
  const before = await usage(child)
  const began = performance.now()
  await load(pool, `http://127.0.0.1:${port}`, REQUESTS)
  const seconds = (performance.now() - began) / 1000
  const after = await usage(child)
  return { cpu: (after.cpu - before.cpu) / REQUESTS, rate: REQUESTS / seconds }
}

/**
 * Measures both, and prints it; `--json` prints figures for machines.
 *
 * @template {string} [Mode='verifying']
 * @param {(mode: 'open' | Mode) => ReturnType<typeof start>} startMode
 * @param {string} name of what is measured
 * @param {Mode} on what one of them does, and the other does not
 */
export async function comparePair(startMode, name, on = /** @type {Mode} */ ('verifying')) {
  // To wake a sleeping processor up takes microseconds, which whoever sends to it would be charged with: the more,
  // the more pauses it leaves.
  const awake = await Promise.all(
    Array.from({ length: availableParallelism() }, () => start(new URL('awake.mjs', import.meta.url))),
  )
  const modes = [
    { mode: 'open', start: () => startMode('open'), cpu: Infinity, rate: 0 },
    { mode: on, start: () => startMode(on), cpu: Infinity, rate: 0 },
  ]
  for (let i = 0; i < PAIRS; i += 1) await measurePair(modes)
  print(modes, name)
  for (const { child } of awake) child.disconnect()
}

/**
 * A mode, and what was measured of it: the best, as anything else that runs on the machine only takes away.
 *
 * @typedef {{ mode: string, start: () => ReturnType<typeof start>, cpu: number, rate: number }} Measured
 */

/**
 * Measures a process of each mode, in turns.
 *
 * @param {Measured[]} modes are brought up to date
 */
async function measurePair(modes) {
  const processes = await Promise.all(
    modes.map(async (mode) => {
      const started = await mode.start()
      const pool = new Pool(`http://127.0.0.1:${started.port}`, { connections: CONNECTIONS })
      return { ...started, mode, pool }
    }),
  )
  for (const one of processes) await round(one)
  for (let i = 0; i < ROUNDS; i += 1) {
    for (const one of processes) {
      const { cpu, rate } = await round(one)
      one.mode.cpu = Math.min(one.mode.cpu, cpu)
      one.mode.rate = Math.max(one.mode.rate, rate)
    }
  }
  for (const { child, pool } of processes) {
    await pool.destroy()
    child.disconnect()
  }
}

/** @param {Measured[]} best @param {string} name */
function print(best, name) {
  const rows = Object.fromEntries(
    best.map(({ mode, cpu, rate }) => [
      mode,
      {
        'processor microseconds per request': Number(cpu.toFixed(1)),
        'requests per second': Math.round(rate),
      },
    ]),
  )
  const share = (best[0]?.cpu ?? NaN) / (best[1]?.cpu ?? NaN)
  if (process.argv.includes('--json')) {
    console.log(JSON.stringify({ name, node: process.version, rows, share }, undefined, 2))
    return
  }
  console.log(
    `${name}, Node ${process.version}; best of ${PAIRS} processes each, ${ROUNDS} rounds of ${REQUESTS} requests, ${CONNECTIONS} connections`,
  )
  console.table(rows)
  console.log(
    `With ${best[1]?.mode} on, a request gets ${(share * 100).toFixed(1)} % of the throughput by processor time`,
  )
}
