/** Starts workerd, which is Cloudflare's runtime, with some workers. */
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/**
 * A worker, its bundle in the folder that workerd is started in.
 *
 * @typedef {{ name: string, file: string, compatibilityDate: string }} Worker
 */

/** Each worker listens on a port of its own; they may call what is on this machine. @param {readonly Worker[]} workers */
const configurationOf = (workers) => `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    ${workers
      .map(
        ({ name, file, compatibilityDate }) =>
          `(name = "${name}", worker = (modules = [(name = "worker", esModule = embed "${file}")],
            compatibilityDate = "${compatibilityDate}", globalOutbound = "network")),`,
      )
      .join('\n    ')}
    (name = "network", network = (allow = ["private"])),
  ],
  sockets = [
    ${workers.map(({ name }) => `(name = "${name}", address = "127.0.0.1:0", http = (), service = "${name}"),`).join('\n    ')}
  ],
);
`

/** @param {import('node:stream').Readable} control @param {number} count */
async function originsOf(control, count) {
  /** @type {Map<string, string>} */
  const origins = new Map()
  for await (const line of createInterface(control)) {
    const { event, socket, port } = JSON.parse(line)
    if (event === 'listen') origins.set(socket, `http://127.0.0.1:${port}`)
    if (origins.size === count) return origins
  }
  throw new Error('workerd ended before it listened')
}

/**
 * Starts it.
 *
 * @param {string} program
 * @param {string} folder
 * @param {readonly Worker[]} workers
 * @returns {Promise<{ origins: ReadonlyMap<string, string>, stop(): Promise<void> }>}
 */
export async function startWorkerd(program, folder, workers) {
  const file = join(folder, 'config.capnp')
  writeFileSync(file, configurationOf(workers))
  const child = spawn(program, ['serve', file, '--control-fd=3'], {
    cwd: folder,
    stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
  })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  const control = /** @type {import('node:stream').Readable} */ (child.stdio[3])
  const origins = await originsOf(control, workers.length)
  return {
    origins,
    async stop() {
      child.kill()
      await ended
    },
  }
}
