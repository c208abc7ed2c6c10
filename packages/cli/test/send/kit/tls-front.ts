/**
 * A server of TLS by the names of hosts of AWS, which passes on what it reads to a plain server.
 *
 * @module
 */
import { readFileSync } from 'node:fs'
import { connect, type AddressInfo } from 'node:net'
import { createServer, type TLSSocket } from 'node:tls'
import { tlsFile } from './signed-server.ts'

/** The authority of its certificate, as a file. */
export const AUTHORITY: string = tlsFile('aws-hosts.pem')

/** A server that listens. */
export interface TlsFront {
  /** For `--connect`. */
  readonly place: string
  close(): Promise<void>
}

/** Starts a server before another one of this machine. */
export async function startTlsFront(port: number): Promise<TlsFront> {
  const clients = new Set<TLSSocket>()
  const server = createServer(
    { cert: readFileSync(AUTHORITY), key: readFileSync(tlsFile('aws-hosts-key.pem')) },
    (client) => {
      clients.add(client)
      const upstream = connect(port, '127.0.0.1')
      client.pipe(upstream).pipe(client)
      client.on('error', () => upstream.destroy())
      client.on('close', () => upstream.destroy())
      upstream.on('error', () => client.destroy())
    },
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    place: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      for (const client of clients) client.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
