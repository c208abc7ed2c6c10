/**
 * Servers on loopback for tests that send something.
 *
 * @module
 */
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer, type Server as TlsServer, type ServerOptions } from 'node:https'
import {
  connect,
  createServer as createTcpServer,
  type AddressInfo,
  type Server as TcpServer,
} from 'node:net'
import { readRequests, type RawRequest } from './raw-http.ts'

/** A server that listens, and how to end it. */
export interface Listening<S> {
  readonly server: S
  readonly port: number
  /** `http://127.0.0.1:port`, or `https:` */
  readonly origin: string
  close(): Promise<void>
}

async function listen<S extends TcpServer>(
  server: S,
  cut: () => void,
  scheme = 'http',
): Promise<Listening<S>> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => resolve())
  })
  const { port } = server.address() as AddressInfo
  return {
    server,
    port,
    origin: `${scheme}://127.0.0.1:${port}`,
    async close() {
      cut()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Starts Node's own server. */
export async function startServer(listener: RequestListener): Promise<Listening<Server>> {
  const server = createServer({ maxHeaderSize: 4 * 1024 * 1024 }, listener)
  return listen(server, () => server.closeAllConnections())
}

/** Starts Node's own server for TLS. */
export async function startTlsServer(
  tls: ServerOptions & { readonly key: string; readonly cert: string },
  listener: RequestListener,
): Promise<Listening<TlsServer>> {
  const server = createTlsServer(tls, listener)
  return listen(server, () => server.closeAllConnections(), 'https')
}

/** A tap on the way to a server: it passes all bytes on, and keeps those that clients sent. */
export interface Tap extends Listening<TcpServer> {
  /** The requests since it was asked last, read off the bytes of their connections. */
  take(): RawRequest[]
}

/** Puts a tap before a server. Each connection is its own: its bytes are read from the start. */
export async function startTap(upstreamPort: number): Promise<Tap> {
  const connections = new Set<{ chunks: Buffer[] }>()
  const sockets = new Set<{ destroy(): void }>()
  const server = createTcpServer((client) => {
    const upstream = connect(upstreamPort, '127.0.0.1')
    const connection = { chunks: [] as Buffer[] }
    connections.add(connection)
    client.on('data', (chunk) => connection.chunks.push(chunk))
    client.pipe(upstream)
    upstream.pipe(client)
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => other.destroy())
      socket.on('close', () => {
        sockets.delete(socket)
        other.end()
      })
    }
  })
  const listening = await listen(server, () => {
    for (const socket of sockets) socket.destroy()
  })
  return {
    ...listening,
    take() {
      const fresh: RawRequest[] = []
      for (const connection of connections) {
        if (connection.chunks.length === 0) continue
        const { requests, rest } = readRequests(Buffer.concat(connection.chunks))
        connection.chunks = rest.length > 0 ? [rest] : []
        fresh.push(...requests)
      }
      return fresh
    },
  }
}

/**
 * Writes bytes to a server as they are, and reads until it closes the connection: one that shall not do so by itself
 * has to be asked to. After `patience` milliseconds it counts as one that does not.
 */
export async function exchangeBytes(
  port: number,
  bytes: string,
  patience = 5000,
): Promise<{ text: string; isClosed: boolean }> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    const finish = (isClosed: boolean): void => {
      clearTimeout(timer)
      resolve({ text: Buffer.concat(chunks).toString('latin1'), isClosed })
    }
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes, 'latin1'))
    const timer = setTimeout(() => {
      finish(false)
      socket.destroy()
    }, patience)
    socket.on('data', (chunk) => chunks.push(chunk))
    socket.on('error', () => {})
    socket.on('close', () => finish(true))
  })
}
