/**
 * The proxies on the way to upstreams, as the environment names them. This machine is reached without any.
 *
 * @module
 */
import { isLoopback, type Address } from '../config/address.ts'
import { ConfigError } from '../errors.ts'
import { findProxy, parseProxy, portOf, withoutBrackets } from './outgoing-proxy.ts'
import type { OutgoingProxy, ProxyEnvironment } from './outgoing-proxy.ts'

const NAMES = ['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY']

/** Finds the proxy on the way to an origin; throws a {@link ConfigError} `CONFIG_INVALID` for one that cannot be used. */
export type ProxyFinder = (origin: URL) => OutgoingProxy | undefined

/**
 * Makes what finds them; `undefined` where the environment names none at all.
 *
 * @param listen where we listen: a proxy must not lead back to where it began
 */
export function createProxyFinder(environment: ProxyEnvironment, listen: Address): ProxyFinder | undefined {
  const isNamed = NAMES.some((name) => environment[name] || environment[name.toLowerCase()])
  if (!isNamed) return undefined
  return (origin) => {
    if (isHere(origin)) return undefined
    const text = findProxy(origin, environment)
    if (text === undefined) return undefined
    const proxy = parseProxy(text)
    if (!proxy) throw unusable(origin, 'it is none that is spoken to over http or https')
    if (isHere(proxy.url) && isLoopback(listen) && portOf(proxy.url) === listen.port)
      throw unusable(origin, 'it is this one itself')
    return proxy
  }
}

function isHere({ hostname }: URL): boolean {
  return isLoopback({ host: withoutBrackets(hostname), port: 0 })
}

// The URL of a proxy may have a password in it.
function unusable({ host }: URL, why: string): ConfigError {
  const text = `The proxy that the environment names on the way to ${host} cannot be used: ${why}: correct HTTPS_PROXY, HTTP_PROXY or ALL_PROXY, name the host in NO_PROXY, or set upstreamProxy: off`
  return new ConfigError('CONFIG_INVALID', text)
}
