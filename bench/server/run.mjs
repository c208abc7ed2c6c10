/**
 * What verifying costs a gateway: the same proxy with it and without it, small GETs, in turns; by the processor time
 * that its process takes for a request. `--json` prints figures for machines.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { signRequest } from 'countersign'
import { Pool } from 'undici'
import { credentials, region, service } from '../gateway/settings.mjs'

const ROUNDS = 40
const REQUESTS = 2000
const CONNECTIONS = 32

/** @param {string} name @param {string[]} args */
async function start(name, ...args) {
  const child = fork(new URL(name, import.meta.url), args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
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
      if (statusCode !== 200) throw new Error(`The gateway answered ${statusCode}`)
    }
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, worker))
}

/** @param {{ port: number, child: import('node:child_process').ChildProcess, pool: Pool }} gateway */
async function round({ port, child, pool }) {
  const before = await usage(child)
  const began = performance.now()
  await load(pool, `http://127.0.0.1:${port}`, REQUESTS)
  const seconds = (performance.now() - began) / 1000
  const after = await usage(child)
  return { cpu: (after.cpu - before.cpu) / REQUESTS, rate: REQUESTS / seconds }
}

const gateways = await Promise.all(
  ['open', 'verifying'].map(async (mode) => {
    const started = await start('server.mjs', mode)
    const pool = new Pool(`http://127.0.0.1:${started.port}`, { connections: CONNECTIONS })
    return { ...started, mode, pool, cpu: [Infinity], rate: [0] }
  }),
)
for (const gateway of gateways) await round(gateway)
for (let i = 0; i < ROUNDS; i += 1) {
  for (const gateway of gateways) {
    const { cpu, rate } = await round(gateway)
    gateway.cpu.push(cpu)
    gateway.rate.push(rate)
  }
}
// The best of each, as anything else that runs on the machine only takes away.
const best = gateways.map(({ mode, cpu, rate }) => ({ mode, cpu: Math.min(...cpu), rate: Math.max(...rate) }))
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
  console.log(JSON.stringify({ node: process.version, rows, share }, undefined, 2))
} else {
  console.log(
    `Node ${process.version}; best of ${ROUNDS} rounds of ${REQUESTS} requests, ${CONNECTIONS} connections`,
  )
  console.table(rows)
  console.log(
    `With verifying on, a request gets ${(share * 100).toFixed(1)} % of the throughput by processor time`,
  )
}
for (const { child, pool } of gateways) {
  await pool.destroy()
  child.disconnect()
}
