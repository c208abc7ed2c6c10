/**
 * WebSockets that real clients open, before a real server whose upgrades our verifier looks at.
 */
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { WebSocket as UndiciSocket } from 'undici'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket as WsSocket, WebSocketServer } from 'ws'
import {
  createSignedWebSocket,
  type WebSocketClass,
} from '../../packages/countersign/src/adapters/web-socket.ts'
import { createSigner } from '../../packages/countersign/src/index.ts'
import { readNodeRequest } from '../../packages/countersign/src/servers/node.ts'
import {
  createVerifier,
  VerificationError,
  type Verifier,
  type VerifierOptions,
} from '../../packages/countersign/src/verify/index.ts'
import { startServer, type Listening } from '../kit/servers.ts'
import { KEY } from './stores.ts'

const TEMPORARY = { ...KEY, accessKeyId: 'ASIAEXAMPLE', sessionToken: 'to/ken+of=now' }
const REGION = 'eu-central-1'

type Socket = WsSocket | UndiciSocket

const CLASSES: readonly (readonly [string, WebSocketClass<Socket>])[] = [
  ['ws', WsSocket],
  ['undici', UndiciSocket],
]

let server: Listening<import('node:http').Server>
const opened: { target: string; protocol: string; mechanism: string }[] = []
const refused: string[] = []
const services = { 'execute-api': {}, iotdevicegateway: {} } as const

beforeAll(async () => {
  const sockets = new WebSocketServer({ noServer: true })
  const common: Omit<VerifierOptions, 'service'> = {
    secrets: (id) => [KEY, TEMPORARY].find(({ accessKeyId }) => accessKeyId === id),
    region: REGION,
  }
  const verifiers = new Map<string, Verifier>(
    Object.keys(services).map((service) => [service, createVerifier({ ...common, service })]),
  )
  server = await startServer((_request, response) => response.end())
  server.server.on('upgrade', (request: IncomingMessage, socket, head) => {
    const verifier = verifiers.get(request.url?.startsWith('/mqtt') ? 'iotdevicegateway' : 'execute-api')!
    verifier
      .verify(readNodeRequest(request))
      .then(({ mechanism }) =>
        sockets.handleUpgrade(request, socket, head, (peer) => {
          opened.push({ target: request.url ?? '', protocol: peer.protocol, mechanism })
          peer.on('message', (data) => peer.send(`heard ${(data as Buffer).toString()}`))
        }),
      )
      .catch((error: unknown) => {
        refused.push(error instanceof VerificationError ? error.code : String(error))
        socket.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\ncontent-length: 0\r\n\r\n')
      })
  })
})
afterAll(async () => server.close())
beforeEach(() => {
  opened.length = 0
  refused.length = 0
})

/** The URL of the server with another scheme. */
const at = (target: string): string => server.origin.replace('http', 'ws') + target

/** Says something and hears the answer. */
async function talk(socket: Socket): Promise<string> {
  const answer = await new Promise<string>((resolve, reject) => {
    const refuse = () => reject(new Error('refused'))
    if (socket instanceof WsSocket) {
      socket.on('open', () => socket.send('hello'))
      socket.on('message', (data) => resolve((data as Buffer).toString()))
      socket.on('error', refuse)
    } else {
      socket.addEventListener('open', () => socket.send('hello'))
      socket.addEventListener('message', ({ data }) => resolve(data as string))
      socket.addEventListener('error', refuse)
    }
  })
  socket.close()
  return answer
}

describe.each(CLASSES)('%s', (_, WebSocket) => {
  const options = { credentials: KEY, service: 'execute-api', region: REGION, WebSocket }

  it('opens sockets with a signature each', async () => {
    let asked = 0
    const credentials = async () => {
      asked++
      return TEMPORARY
    }
    const open = createSignedWebSocket({ ...options, credentials })
    const query = "?a=1&b=%20+&c='()&d=ü&a=0"
    const sockets = await Promise.all([open(at(`/live/${query}`)), open(at('/live'))])
    expect(await Promise.all(sockets.map(talk))).toEqual(['heard hello', 'heard hello'])
    expect(asked).toBe(1)
    expect(opened).toMatchObject([{ mechanism: 'query' }, { mechanism: 'query' }])
    for (const { target } of opened)
      expect(target).toMatch(/X-Amz-Security-Token=.*&X-Amz-Signature=[0-9a-f]{64}$/)
  })

  it('puts the token behind the signature for AWS IoT, and speaks a protocol', async () => {
    const open = createSignedWebSocket({ ...options, credentials: TEMPORARY, service: 'iotdevicegateway' })
    expect(await talk(await open(at('/mqtt'), 'mqtt'))).toBe('heard hello')
    expect(opened).toMatchObject([
      {
        protocol: 'mqtt',
        target: expect.stringMatching(
          /X-Amz-Signature=[0-9a-f]{64}&X-Amz-Security-Token=to%2Fken%2Bof%3Dnow$/,
        ) as string,
      },
    ])
  })

  it('is refused with the wrong secret, and when the time is over', async () => {
    const wrong = createSignedWebSocket({ ...options, credentials: { ...KEY, secretAccessKey: 'wrong' } })
    await expect(talk(await wrong(at('/live')))).rejects.toThrow('refused')
    const late = createSignedWebSocket({
      ...options,
      now: () => new Date(Date.now() - 600_000),
      expiresIn: 60,
    })
    await expect(talk(await late(at('/live')))).rejects.toThrow('refused')
    expect(refused).toEqual(['SIGNATURE_MISMATCH', 'EXPIRED'])
  })

  it.each([
    ['/a/../b', 'TRANSPORT_WOULD_ALTER'],
    ['/a/%2e%2e/b', 'TRANSPORT_WOULD_ALTER'],
  ])('opens nothing for %s', async (target, code) => {
    const opening = createSignedWebSocket(options)(at(target))
    await expect(opening).rejects.toMatchObject({ name: 'SigningError', code })
    expect([opened, refused]).toEqual([[], []])
  })
})

it('opens nothing over http, or without a class', async () => {
  const options = { credentials: KEY, service: 'execute-api', region: REGION }
  const open = createSignedWebSocket({ ...options, WebSocket: WsSocket })
  await expect(open('http://127.0.0.1/live')).rejects.toMatchObject({ code: 'URL_INVALID' })
  if ('WebSocket' in globalThis) return
  await expect(createSignedWebSocket(options)(at('/live'))).rejects.toMatchObject({ code: 'OPTION_INVALID' })
})

it('takes signed headers as well, from clients that can send them', async () => {
  const signer = createSigner({ credentials: TEMPORARY, service: 'execute-api', region: REGION })
  const { url, headers } = await signer.sign({ method: 'GET', url: at('/live?a=b') })
  const socket = new WsSocket(url, { headers: Object.fromEntries(headers) })
  await once(socket, 'open')
  socket.close()
  expect(opened).toMatchObject([{ target: '/live?a=b', mechanism: 'header' }])
})
