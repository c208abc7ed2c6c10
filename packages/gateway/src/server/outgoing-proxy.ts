/**
 * The proxy on the way to a server, where `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` name one, read as
 * curl reads them.
 *
 * @see {@link https://curl.se/docs/manpage.html#ENVIRONMENT}
 * @module
 */
import { BlockList, isIP } from 'node:net'

/** A proxy on the way. */
export interface OutgoingProxy {
  readonly url: URL
  /** Value of `Proxy-Authorization`, when the proxy's URL has a user. */
  readonly authorization: string | undefined
}

/** Names of variables, as they are in `process.env`. */
export type ProxyEnvironment = Readonly<Record<string, string | undefined>>

/**
 * The URL of the proxy that the environment names for an origin, as it is written there; `undefined` for none. Names in
 * lower case go first.
 */
export function findProxy(origin: URL, environment: ProxyEnvironment): string | undefined {
  const read = (name: string): string | undefined =>
    environment[name.toLowerCase()] || environment[name] || undefined
  const proxy = read(origin.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY') ?? read('ALL_PROXY')
  return proxy && isExcepted(origin, read('NO_PROXY') ?? '') ? undefined : proxy
}

/** Reads the URL of a proxy; `undefined` for one that is spoken to by another protocol than HTTP. */
export function parseProxy(text: string): OutgoingProxy | undefined {
  const written = text.includes('://') ? text : `http://${text}`
  const url = URL.canParse(written) ? new URL(written) : undefined
  if (!url || !/^https?:$/.test(url.protocol) || !url.hostname) return undefined
  const hasPort = /^[a-z]+:\/\/[^/]*:\d+\/*$/i.test(written)
  // Port 1080 is what curl takes for a proxy without one.
  if (!hasPort && url.protocol === 'http:') url.port = '1080'
  const user = `${decode(url.username)}:${decode(url.password)}`
  const authorization = user === ':' ? undefined : `Basic ${Buffer.from(user).toString('base64')}`
  return { url, authorization }
}

/** The port of an origin. */
export function portOf({ port, protocol }: URL): number {
  return Number(port) || (protocol === 'https:' ? 443 : 80)
}

/** A host as it is looked up: an IPv6 address without its brackets. */
export function withoutBrackets(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '')
}

// A lone % is what people write who do not know that it has to be encoded.
function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function isExcepted(origin: URL, list: string): boolean {
  const hostname = withoutBrackets(origin.hostname)
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => {
      // An IPv6 address without brackets has no port.
      const isBareAddress = isIP(entry.split('/', 1)[0] ?? '') === 6
      const [, name = entry, port] = isBareAddress ? [] : (/^(.*?)(?::(\d+))?$/.exec(entry) ?? [])
      if (port !== undefined && Number(port) !== portOf(origin)) return false
      const plain = withoutBrackets(name.replace(/^\*?\./, ''))
      return (
        plain === '*' || hostname === plain || hostname.endsWith(`.${plain}`) || isInside(hostname, plain)
      )
    })
}

/** Whether an address is in a network written as `10.0.0.0/8`. */
function isInside(address: string, network: string): boolean {
  const [start = '', bits = ''] = network.split('/')
  const version = isIP(address)
  const isNetwork = /^\d{1,3}$/.test(bits) && Number(bits) <= (version === 6 ? 128 : 32)
  if (version === 0 || isIP(start) !== version || !isNetwork) return false
  const family = version === 6 ? 'ipv6' : 'ipv4'
  const list = new BlockList()
  list.addSubnet(start, Number(bits), family)
  return list.check(address, family)
}
