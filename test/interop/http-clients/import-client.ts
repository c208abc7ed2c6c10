/**
 * Clients whose newest major needs a newer Node than 20: the trials take the one that runs on Node 20, and on Node 24
 * the current one, which is installed with the runtimes.
 *
 * @module
 */
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

/** Set for the Node 24 that tries the current majors. */
export const CURRENT = 'COUNTERSIGN_CURRENT_CLIENTS'

const home = process.env[CURRENT] === '1' ? new URL('../../runtimes/', import.meta.url) : import.meta.url
const { resolve } = createRequire(home)

/** Imports a client by its name. */
export async function importClient<T>(name: string): Promise<T> {
  return (await import(pathToFileURL(resolve(name)).href)) as T
}
