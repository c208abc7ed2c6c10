/**
 * The way to a server: straight, to another address (`--connect`, `--resolve`), or through a proxy (`--proxy`,
 * `HTTPS_PROXY`, `NO_PROXY`). Nothing of it changes what is signed.
 *
 * @module
 */
import { isIP } from 'node:net'
import {
  findProxy,
  parseProxy,
  portOf,
  withoutBrackets,
  type OutgoingProxy,
} from '@countersign/gateway/outgoing-proxy'
import { CommandError } from '../frame/command-error.ts'

/** A proxy on the way. */
export interface Proxy extends OutgoingProxy {
  /** Whether the proxy only passes bytes on; it else reads the request, which is for plain http alone. */
  readonly isTunnel: boolean
}

/** Where the connection goes. */
export interface Route {
  readonly hostname: string
  readonly port: number
  readonly proxy: Proxy | undefined
}

/** Flags about the way. */
export interface RouteFlags {
  readonly proxy?: string | undefined
  /** `HOST:PORT` */
  readonly connect?: string | undefined
  /** `HOST:PORT:ADDRESS`, any number. */
  readonly resolve?: readonly string[] | undefined
}

/** Names of variables, as they are in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>

/**
 * Finds the way to an origin.
 *
 * @param origin without path
 * @param isHostOwn whether the `Host` header is that of the URL
 * @throws {@link CommandError} `USAGE`
 */
export function resolveRoute(
  origin: URL,
  isHostOwn: boolean,
  flags: RouteFlags,
  environment: Environment,
): Route {
  const own = { hostname: origin.hostname, port: portOf(origin) }
  const other = connectTo(flags.connect) ?? resolvedTo(own, flags.resolve ?? [])
  const isTunnel = origin.protocol === 'https:' || other !== undefined || !isHostOwn
  const proxy = readProxy(flags.proxy ?? findProxy(origin, environment), isTunnel)
  const { hostname, port } = other ?? own
  return { hostname: withoutBrackets(hostname), port, proxy }
}

interface Place {
  readonly hostname: string
  readonly port: number
}

function connectTo(text: string | undefined): Place | undefined {
  if (text === undefined) return undefined
  const [, hostname, port] = /^(\[[\da-f:.]+\]|[^:\s]+):(\d{1,5})$/i.exec(text) ?? []
  if (hostname !== undefined && isPort(port)) return { hostname, port: Number(port) }
  throw new CommandError('USAGE', `--connect is no place: ${text}`, {
    why: 'it is a host and a port from 1 to 65535',
    fix: 'write --connect HOST:PORT',
  })
}

function resolvedTo({ hostname, port }: Place, entries: readonly string[]): Place | undefined {
  for (const entry of entries) {
    const [, name = '', number, address = ''] = /^\+?([^:]+|\*):(\d{1,5}):(.+)$/.exec(entry) ?? []
    const plain = withoutBrackets(address.split(',', 1)[0] ?? '')
    if (!isPort(number) || isIP(plain) === 0) {
      throw new CommandError('USAGE', `--resolve cannot be read: ${entry}`, {
        why: 'it is a host, a port and the address that they have',
        fix: 'write --resolve HOST:PORT:ADDRESS, such as example.com:443:127.0.0.1',
      })
    }
    const isMeant = name === '*' || name.toLowerCase() === hostname
    if (isMeant && Number(number) === port) return { hostname: plain, port }
  }
  return undefined
}

function isPort(text: string | undefined): boolean {
  return text !== undefined && Number(text) >= 1 && Number(text) <= 65_535
}

function readProxy(text: string | undefined, isTunnel: boolean): Proxy | undefined {
  if (!text) return undefined
  const proxy = parseProxy(text)
  if (proxy) return { ...proxy, isTunnel }
  throw new CommandError('USAGE', 'The proxy is none of http:// or https://', {
    why: 'it is given by --proxy, HTTP_PROXY, HTTPS_PROXY or ALL_PROXY',
    fix: 'write --proxy http://HOST:PORT, or --proxy "" for none',
  })
}
