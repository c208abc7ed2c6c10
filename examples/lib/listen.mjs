/** Starts servers on a free port of this machine. */
import { once } from 'node:events'

/**
 * Starts a server and tells its base URL.
 *
 * @param {import('node:http').Server} server
 */
export async function listen(server, port = 0) {
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const address = /** @type {import('node:net').AddressInfo} */ (server.address())
  return `http://127.0.0.1:${address.port}`
}
