/**
 * The address that a server listens on, as people write it: `127.0.0.1:8080`, `[::1]:8080`, `8080`.
 *
 * @module
 */
import { isIPv4, isIPv6 } from 'node:net'
import type { Address } from './settings.ts'

const PARTS = /^(?:(\[[^[\]]+\]|[\w.-]+):)?(\d{1,5})$/
const NAME = /^(?!.*\.\.)[A-Za-z\d][\w.-]*$/
/** A dotted number that is no address would be looked up as a name. */
const DIGITS = /^[\d.]+$/
/** A port alone listens to this machine only; to be reached from others has to be said. */
const LOOPBACK = '127.0.0.1'

/** Reads an address; `undefined` for a text that is none. */
export function parseAddress(text: string): Address | undefined {
  const [, host = LOOPBACK, digits] = PARTS.exec(text) ?? []
  const port = Number(digits)
  if (!(port <= 65_535)) return undefined
  if (host.startsWith('[')) {
    const address = host.slice(1, -1)
    return isIPv6(address) ? { host: address, port } : undefined
  }
  const isHost = DIGITS.test(host) ? isIPv4(host) : NAME.test(host)
  return isHost ? { host, port } : undefined
}
