/**
 * The address that a server listens on, as people write it: `127.0.0.1:8080`, `[::1]:8080`, `8080`,
 * `unix:/run/proxy.sock`.
 *
 * @module
 */
import { isIPv4, isIPv6 } from 'node:net'

/** Where a server listens. */
export interface Address {
  /** Name or address, or the path of a socket as `unix:/run/proxy.sock`. */
  readonly host: string
  /** 0 takes any free port; of a socket it is always 0. */
  readonly port: number
}

const PARTS = /^(?:(\[[^[\]]+\]|[\w.-]+):)?(\d{1,5})$/
const NAME = /^(?!.*\.\.)[A-Za-z\d][\w.-]*$/
/** A dotted number that is no address would be looked up as a name. */
const DIGITS = /^[\d.]+$/
/** A port alone listens to this machine only; to be reached from others has to be said. */
const LOOPBACK = '127.0.0.1'

/** Begins the path of a socket in the file system. */
export const SOCKET_PREFIX = 'unix:'

/** Reads an address to listen on; `undefined` for a text that is none. */
export function parseListenAddress(text: string): Address | undefined {
  const isSocket = text.startsWith(SOCKET_PREFIX) && text.length > SOCKET_PREFIX.length
  return isSocket && !text.includes('\0') ? { host: text, port: 0 } : parseAddress(text)
}

/** Whether nobody but this machine can reach an address. */
export function isLoopback({ host }: Address): boolean {
  return (
    host.startsWith(SOCKET_PREFIX) || host === 'localhost' || host === '::1' || /^127\.[\d.]+$/.test(host)
  )
}

const MACHINE =
  /^(?:localhost|(?:[\w-]+\.)*localhost|127(?:\.\d+){3}|\[::1\]|host\.docker\.internal)(?::\d+)?$/i

/** Whether a `Host` names this machine: any other name may be one that was made to point here. */
export function namesMachine(host: string): boolean {
  return MACHINE.test(host)
}

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
