import { once } from 'node:events'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { expect, it } from 'vitest'
import { settingsFor } from '../../test/running-gateway.ts'
import type { RouteSettings } from '../config/route-settings.ts'
import { createUpstreamPool } from './upstream-pool.ts'

function routeTo(server: Server): RouteSettings {
  return settingsFor(`http://127.0.0.1:${(server.address() as AddressInfo).port}`).routes[0]!
}

// An assertion within undici would be an uncaught exception, which fails the run.
it('a connection that is reset while its response waits for the client is an error of that response alone', async () => {
  let reset: (() => void) | undefined
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => {
      socket.write('HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nbeginning')
      reset = () => void socket.resetAndDestroy()
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const pool = createUpstreamPool(routeTo(server), settingsFor('http://x'), { tls: () => ({}) })
  const error = await new Promise<Error>((resolve, reject) => {
    pool.dispatch(
      { method: 'GET', path: '/' },
      {
        onRequestStart: () => {},
        onResponseStart: () => {},
        onResponseData(controller) {
          controller.pause()
          reset?.()
        },
        onResponseEnd: () => reject(new Error('Half a response was taken for the whole')),
        onResponseError: (_controller, cause) => resolve(cause),
      },
    )
  })
  expect(error).toMatchObject({ code: 'UND_ERR_SOCKET' })
  await pool.destroy()
  server.close()
})

it('a connection that ends with the last of a response that waits for the client ends it whole', async () => {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nall of it'))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const pool = createUpstreamPool(routeTo(server), settingsFor('http://x'), { tls: () => ({}) })
  const pieces: string[] = []
  await new Promise<void>((resolve, reject) => {
    pool.dispatch(
      { method: 'GET', path: '/' },
      {
        onRequestStart: () => {},
        onResponseStart: () => {},
        onResponseData(controller, chunk) {
          pieces.push(chunk.toString())
          controller.pause()
        },
        onResponseEnd: () => resolve(),
        onResponseError: (_controller, cause) => reject(cause),
      },
    )
  })
  expect(pieces.join('')).toBe('all of it')
  await pool.destroy()
  server.close()
})
