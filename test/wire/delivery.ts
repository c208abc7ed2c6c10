/**
 * One request on its way: signed, sent by a client, tapped, and verified twice, off the raw bytes and by a real
 * Node server with the guard before it.
 *
 * @module
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { CountersignError } from '../../packages/countersign/src/errors.ts'
import {
  createSigner,
  type HttpRequest,
  type SignedRequest,
  type Signer,
  type PresignedUrl,
} from '../../packages/countersign/src/index.ts'
import { requireSignature, verifiedOf } from '../../packages/countersign/src/servers/node.ts'
import {
  createVerifier,
  VerificationError,
  type ServerRules,
  type VerifiedRequest,
} from '../../packages/countersign/src/verify/index.ts'
import { messageOfRaw, type RawRequest } from '../kit/raw-http.ts'
import { startServer, startTap } from '../kit/servers.ts'
import { closeAgents, signedFetchTo, type Sendable, type WireClient } from './clients.ts'
import type { Carrier, Service } from './rows.ts'

export const CREDENTIALS = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
}

/** How it went. */
export interface Delivery {
  /** What was handed to the client; not known of a fetch that signs by itself. */
  readonly signed?: SignedRequest | PresignedUrl
  /** Why the signer, or the client in its place, did not let it go. */
  readonly refusedBySigner?: CountersignError
  readonly status?: number
  /** What was on the wire. */
  readonly raw?: RawRequest
  /** Verdict on the raw bytes. */
  readonly verdict?: VerifiedRequest | VerificationError
  /** Verdict of the server, if it let the request in. */
  readonly served?: VerifiedRequest
  readonly servedBody?: Uint8Array
  /** Why the server did not. */
  readonly refusedByServer?: VerificationError
}

/** How a request gets from a caller to the wire. */
export type Sender = (
  request: HttpRequest,
  signer: Signer,
  carrier: Carrier,
  port: number,
) => Promise<{ signed?: SignedRequest | PresignedUrl; status: number }>

/** A client that is handed what was signed. */
export function handing(client: WireClient): Sender {
  return async (request, signer, carrier, port) => {
    if (carrier === 'header') {
      const signed = (await signer.sign(request)) as SignedRequest
      return { signed, status: (await client.send(signed, port)).status }
    }
    const signed = await signer.presign(request)
    const sendable: Sendable = { ...signed, body: await bytesOf(request.body) }
    return { signed, status: (await client.send(sendable, port)).status }
  }
}

/** `createSignedFetch` with the caller's own request. */
export const signedFetching: Sender = async (request, signer, _carrier, port) => {
  const { method, url, headers, body } = request
  const response = await signedFetchTo(port, signer)(url, { method, headers, body } as RequestInit)
  await response.arrayBuffer()
  return { status: response.status }
}

async function bytesOf(body: HttpRequest['body']): Promise<Uint8Array | undefined> {
  if (body === undefined) return undefined
  return new Uint8Array(await new Response(body as BodyInit).arrayBuffer())
}

/** A server with its tap. */
export interface Way {
  readonly port: number
  deliver(send: Sender, request: HttpRequest, service: Service, carrier: Carrier): Promise<Delivery>
  /** The clock of signers and servers; the system's own by default. */
  setClock(now: Date | undefined): void
  close(): Promise<void>
}

/** Opens a way. */
export async function openWay(rules: Partial<ServerRules> = {}): Promise<Way> {
  let clock: Date | undefined
  const now = (): Date => clock ?? new Date()
  const verifier = createVerifier({
    secrets: (id) => (id === CREDENTIALS.accessKeyId ? CREDENTIALS : undefined),
    service: ['s3', 'execute-api'],
    region: '*',
    now,
    ...rules,
  })
  let fate: Pick<Delivery, 'served' | 'servedBody' | 'refusedByServer'> = {}
  const guard = requireSignature(verifier, { onRefused: (error) => (fate = { refusedByServer: error }) })
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const served = verifiedOf(request)
    fate = { served, servedBody: await collect(served.body) }
    response.end(request.method === 'HEAD' ? undefined : 'let in')
  }
  const server = await startServer((request, response) => {
    guard(request, response, (error) => {
      if (error === undefined) void serve(request, response)
      else response.writeHead(500).end()
    })
  })
  const tap = await startTap(server.port)

  async function readWire(protocol: 'http' | 'https'): Promise<Pick<Delivery, 'raw' | 'verdict'>> {
    const [raw, ...more] = tap.take()
    if (!raw || more.length > 0) throw new Error(`${more.length + (raw ? 1 : 0)} requests were sent, not one`)
    const verdict = await verifier.verify(messageOfRaw(raw, protocol)).catch((error: unknown) => {
      if (error instanceof VerificationError) return error
      throw error
    })
    return { raw, verdict }
  }

  return {
    port: tap.port,
    setClock(instant) {
      clock = instant
    },
    async deliver(send, request, service, carrier) {
      fate = {}
      const signer = createSigner({ credentials: CREDENTIALS, service, region: 'us-east-1', now })
      try {
        const sent = await send(request, signer, carrier, tap.port)
        const protocol = String(request.url).startsWith('https:') ? 'https' : 'http'
        return { ...sent, ...(await readWire(protocol)), ...fate }
      } catch (error) {
        if (!(error instanceof CountersignError)) throw error
        if (tap.take().length > 0) throw new Error('It was sent all the same', { cause: error })
        return { refusedBySigner: error }
      }
    },
    async close() {
      await closeAgents()
      await tap.close()
      await server.close()
    },
  }
}

async function collect(body: AsyncIterable<Uint8Array> | undefined): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body ?? []) chunks.push(chunk)
  return new Uint8Array(Buffer.concat(chunks))
}
