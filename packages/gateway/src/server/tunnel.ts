/**
 * A connection through a proxy that passes bytes on. Loaded where there is such a proxy on the way to an upstream.
 *
 * @module
 */
import { request } from 'node:http'
import { request as requestSecurely } from 'node:https'
import { isIP, type Socket } from 'node:net'
import type { SecureContext } from 'node:tls'
import { withoutBrackets, type OutgoingProxy } from './outgoing-proxy.ts'

/** As long as undici keeps connections alive. */
const KEEP_ALIVE_MILLISECONDS = 60_000

/** How the proxy is spoken to. */
export interface TunnelOptions {
  /** For the proxy's agreement, in seconds; 0 waits for ever. */
  readonly timeout: number
  /** Whom to trust, where the proxy is spoken to over TLS. */
  readonly secureContext?: SecureContext | undefined
}

/**
 * Asks a proxy for a connection.
 *
 * @param place host and port where it leads
 * @returns a connection on which nothing has been said yet
 */
export function openTunnel(
  { url, authorization }: OutgoingProxy,
  place: string,
  { timeout, secureContext }: TunnelOptions,
): Promise<Socket> {
  const send = url.protocol === 'https:' ? requestSecurely : request
  const name = withoutBrackets(url.hostname)
  const own = authorization === undefined ? {} : { 'proxy-authorization': authorization }
  const asked = send(url, {
    method: 'CONNECT',
    path: place,
    headers: { host: place, ...own },
    agent: false,
    auth: '',
    // Else it would be that of the Host header, which is where the tunnel leads.
    servername: isIP(name) === 0 ? name : '',
    ...(secureContext && { secureContext }),
  })
  return new Promise((resolve, reject) => {
    const timer = timeout > 0 ? setTimeout(giveUp, timeout * 1000) : undefined
    asked.once('error', (error) => {
      clearTimeout(timer)
      reject(error)
    })
    asked.once('connect', ({ statusCode }, socket: Socket, head) => {
      clearTimeout(timer)
      if (statusCode === 200) return resolve(prepare(socket, head))
      socket.destroy()
      reject(failure(`PROXY_REFUSED_${statusCode}`, `The proxy answered ${statusCode}`))
    })
    asked.end()
  })

  function giveUp(): void {
    asked.destroy(failure('UND_ERR_CONNECT_TIMEOUT', 'The proxy did not answer'))
  }
}

function prepare(socket: Socket, head: Buffer): Socket {
  if (head.length > 0) socket.unshift(head)
  return socket.setKeepAlive(true, KEEP_ALIVE_MILLISECONDS).setNoDelay(true)
}

function failure(code: string, message: string): Error {
  return Object.assign(new Error(message), { code })
}
