/**
 * Servers of single tests, which run at the same time: they are closed when all tests of the file are done.
 *
 * @module
 */
import { afterAll } from 'vitest'

/** What can be closed. */
interface Closable {
  close(): Promise<void>
}

const servers: Closable[] = []

afterAll(async () => {
  for (const server of servers.splice(0)) await server.close()
})

/** Keeps a server until the end. */
export function kept<T extends Closable>(server: T): T {
  servers.push(server)
  return server
}
