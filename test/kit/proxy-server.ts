/**
 * A proxy: it passes connections on for CONNECT, and reads plain requests in their absolute form. It remembers what it
 * was asked for.
 *
 * @module
 */
import { request as forward, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { startServer } from './servers.ts'

/** A proxy that listens. */
export interface ProxyServer {
  readonly origin: string
  readonly port: number
  /** Request lines, with the user if there was one. */
  readonly asked: string[]
  close(): Promise<void>
}

/**
 * Starts a proxy.
 *
 * @param status of its answer to CONNECT, where it shall not be 200
 */
export async function startProxy(status = 200): Promise<ProxyServer> {
  const asked: string[] = []
  const remember = ({ method, url, headers }: IncomingMessage): void => {
    const user = headers['proxy-authorization']
    asked.push(`${method} ${url}${user === undefined ? '' : ` ${user}`}`)
  }
  const { server, origin, port, close } = await startServer((request, response) => {
    remember(request)
    passOn(request, response)
  })
  server.on('connect', (request, client) => {
    remember(request)
    if (status !== 200) {
      client.end(`HTTP/1.1 ${status} No\r\n\r\n`)
      return
    }
    const [, name, number] = /^(.*):(\d+)$/.exec(request.url!)!
    // Whatever the name is, it is on this machine.
    const upstream = connect(Number(number), /^[\d.]+$/.test(name!) ? name! : '127.0.0.1', () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n')
      client.pipe(upstream).pipe(client)
    })
    upstream.on('error', () => client.destroy())
    client.on('error', () => upstream.destroy())
  })
  return { origin, port, asked, close }
}

function passOn(request: IncomingMessage, response: ServerResponse): void {
  const { host = '' } = request.headers
  const [, path = ''] = /^http:\/\/[^/]*(.*)$/.exec(request.url!) ?? []
  const headers = request.rawHeaders.filter(
    (_, i) => !/^(?:proxy-|connection$)/i.test(request.rawHeaders[i - (i % 2)]!),
  )
  const upstream = forward(
    {
      host: '127.0.0.1',
      port: Number(host.split(':')[1] ?? 80),
      method: request.method,
      path,
      headers,
      setHost: false,
    },
    (answer) => {
      response.writeHead(answer.statusCode!, answer.rawHeaders)
      answer.pipe(response)
    },
  )
  upstream.on('error', () => response.writeHead(502).end())
  request.pipe(upstream)
}
