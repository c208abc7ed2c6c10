import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { connect, constants, type ClientHttp2Session } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { writeHttp2 } from '../../../../test/kit/raw-http2.ts'
import { settingsFor } from '../../test/running-gateway.ts'
import { serveHttp2, type Http2Sessions } from './http2.ts'
import { createListener } from './listener.ts'

const pem = (name: string): string =>
  readFileSync(new URL(`../../../cli/test/send/tls/${name}.pem`, import.meta.url), 'utf8')
const tls = { certificate: '', key: '', clientAuthority: undefined, http2: true }
const settings = settingsFor('http://x', { tls })

let handle: (request: IncomingMessage, response: ServerResponse) => void
let sessions: Http2Sessions
let close: () => void
let port: number
let client: ClientHttp2Session
beforeEach(async () => {
  const handlers = {
    request: (request: IncomingMessage, response: ServerResponse) => handle(request, response),
    upgrade: () => {},
  }
  const listener = createListener(settings, handlers, { cert: pem('server'), key: pem('server-key') })
  sessions = serveHttp2(listener, settings, handlers)
  await once(listener.listen(0, '127.0.0.1'), 'listening')
  close = () => listener.close()
  port = (listener.address() as AddressInfo).port
  client = connect(`https://localhost:${port}`, { ca: pem('ca') })
  client.on('error', () => {})
})
afterEach(() => {
  client.destroy()
  sessions.destroy()
  close()
})

interface Reading {
  /** Something of it has come in. */
  readonly begun: Promise<void>
  /** What was read of it, or the error that ended it. */
  readonly ended: Promise<string>
}

/** Reads the body of the next request. */
function readBody(respond = (_response: ServerResponse): void => {}): Reading {
  let begin = (): void => {}
  const begun = new Promise<void>((resolve) => (begin = resolve))
  const ended = new Promise<string>((resolve) => {
    handle = (request, response) => {
      request.on('error', () => {})
      void drain(request, begin).then(resolve, (error: unknown) => resolve(String(error)))
      respond(response)
    }
  })
  return { begun, ended }
}

async function drain(request: IncomingMessage, begin: () => void): Promise<string> {
  let read = ''
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    read += String(chunk)
    begin()
  }
  return read
}

const HEAD = { ':method': 'POST', ':scheme': 'https', ':authority': 'localhost', ':path': '/' }

/** A connection on which frames are written as bytes: Node's client ends a body before it takes it back. */
async function openRaw(): Promise<TLSSocket> {
  const socket = connectTls({ host: 'localhost', port, ca: pem('ca'), ALPNProtocols: ['h2'] })
  socket.on('error', () => {})
  await once(socket, 'secureConnect')
  return socket
}

async function beginUpload(): Promise<TLSSocket> {
  const socket = await openRaw()
  const bytes = writeHttp2(Object.entries(HEAD), Buffer.from('beginning'))
  socket.write(bytes.subarray(0, -LAST_FRAME))
  return socket
}

/** The preface, and the settings. */
const GREETING = 24 + 9

/** A stream that is opened, and broken off at once. */
function openAndReset(id: number): Buffer {
  const head = writeHttp2(Object.entries(HEAD)).subarray(GREETING)
  const reset = resetWith(constants.NGHTTP2_CANCEL)
  for (const frame of [head, reset]) frame.writeUInt32BE(id, 5)
  return Buffer.concat([head, reset])
}

const LAST_FRAME = 9
const resetWith = (code: number): Buffer => Buffer.from([0, 0, 4, 3, 0, 0, 0, 0, 1, 0, 0, 0, code])

describe('a body over HTTP/2', () => {
  it('ends where its client ends it', async () => {
    const { ended } = readBody((response) => void response.end())
    const stream = client.request({ ':method': 'POST', ':path': '/' })
    stream.write('beginning')
    stream.end(' and end')
    expect(await ended).toBe('beginning and end')
  })

  it.each([
    ['its stream', resetWith(constants.NGHTTP2_CANCEL)],
    ['its stream, as if all were well', resetWith(constants.NGHTTP2_NO_ERROR)],
    ['its connection', undefined],
  ])('that is broken off with %s is an error', async (_, frame) => {
    const { begun, ended } = readBody()
    const socket = await beginUpload()
    await begun
    if (frame) socket.write(frame)
    else socket.destroy()
    expect(await ended).toContain('Premature close')
    socket.destroy()
  })

  it('whose rest nobody waits for is an error, once the answer has gone out', async () => {
    const { ended } = readBody((response) => void response.end('enough'))
    const stream = client.request({ ':method': 'POST', ':path': '/' })
    stream.on('error', () => {})
    stream.write('beginning')
    const [headers] = (await once(stream, 'response')) as [Record<string, unknown>]
    expect(headers[':status']).toBe(200)
    stream.resume()
    expect(await ended).toContain('before the end of the body')
    if (!stream.closed) await once(stream, 'close')
    expect(stream.rstCode).toBe(constants.NGHTTP2_NO_ERROR)
  })
})

const GOAWAY = 7

/** Until the server has closed the connection, or said that it reads nothing more of it. */
function untilCutOff(socket: TLSSocket): Promise<void> {
  return new Promise((resolve) => {
    let rest = Buffer.alloc(0)
    socket.on('close', () => resolve())
    socket.on('data', (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk])
      while (rest.length >= 9 && rest.length >= 9 + rest.readUIntBE(0, 3)) {
        if (rest[3] === GOAWAY) resolve()
        rest = rest.subarray(9 + rest.readUIntBE(0, 3))
      }
    })
  })
}

it('a client that opens streams only to break them off is cut off, and nobody else', async () => {
  let handled = 0
  handle = (request) => {
    handled += 1
    request.on('error', () => {})
  }
  const socket = await openRaw()
  const ended = untilCutOff(socket)
  socket.write(writeHttp2(Object.entries(HEAD)).subarray(0, GREETING))
  const frames = Array.from({ length: 8000 }, (_, index) => openAndReset(2 * index + 1))
  socket.write(Buffer.concat(frames))
  await ended
  expect(handled).toBeLessThan(4000)
  socket.destroy()
  handle = (_request, response) => void response.end('served')
  const stream = client.request({ ':path': '/' })
  const [headers] = (await once(stream, 'response')) as [Record<string, unknown>]
  expect(headers[':status']).toBe(200)
})
