/**
 * What the machine has: programs, and ports that are free.
 */
import { once } from 'node:events'
import { access, constants } from 'node:fs/promises'
import { createServer } from 'node:net'
import { delimiter, join } from 'node:path'

/**
 * Which of some programs are nowhere on the path.
 *
 * @param {readonly string[]} programs
 * @returns {Promise<string[]>}
 */
export async function missingPrograms(programs) {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  const isThere = (/** @type {string} */ name) =>
    Promise.any(folders.map((folder) => access(join(folder, name), constants.X_OK))).then(
      () => true,
      () => false,
    )
  const found = await Promise.all(programs.map(isThere))
  return programs.filter((_, at) => !found[at])
}

/**
 * Ports of loopback that nobody listens at.
 *
 * @param {number} count
 * @returns {Promise<number[]>}
 */
export async function freePorts(count) {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, '127.0.0.1')
      await once(server, 'listening')
      return server
    }),
  )
  const ports = servers.map((server) => /** @type {import('node:net').AddressInfo} */ (server.address()).port)
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))))
  return ports
}
