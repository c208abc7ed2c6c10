/**
 * HTTP clients as people use them, each sending one request to the tap whatever host its URL names.
 *
 * @module
 */
import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { Agent, fetch as undiciFetch, request as undiciRequest } from 'undici'
import { createSignedFetch } from '../../packages/countersign/src/adapters/fetch.ts'
import type { Signer } from '../../packages/countersign/src/index.ts'
import { splitUrl } from '../kit/http-message.ts'

/** What is sent: a signed request, or a presigned URL with its headers. */
export interface Sendable {
  readonly method: string
  readonly url: string
  readonly headers: [name: string, value: string][]
  readonly body?: Uint8Array | undefined
}

/** What came back. */
export interface Answer {
  readonly status: number
  readonly body: string
}

/** A client that is handed what was signed. */
export interface WireClient {
  readonly name: ClientName
  send(request: Sendable, port: number): Promise<Answer>
}

export type ClientName =
  | 'node:http'
  | 'undici'
  | 'undici request(url)'
  | 'undici fetch'
  | 'fetch'
  | 'signed fetch'

/** They put the URL through a `URL`, which takes dot segments out. */
export const URL_CLASS: readonly ClientName[] = ['undici request(url)', 'undici fetch', 'fetch']
/** They put the headers into `Headers`, which joins those of one name with a comma and a blank. */
export const HEADERS_CLASS: readonly ClientName[] = ['undici fetch', 'fetch']

const agents = new Map<number, Agent>()

/** An agent whose connections all lead to the tap, so that any host can be signed for. TLS is left out. */
function agentTo(port: number): Agent {
  let agent = agents.get(port)
  if (!agent) {
    agent = new Agent({
      connect(_options, callback) {
        const socket = connect(port, '127.0.0.1', () => callback(null, socket))
        socket.on('error', (error) => callback(error, null))
      },
    })
    agents.set(port, agent)
  }
  return agent
}

/** Ends all connections. */
export async function closeAgents(): Promise<void> {
  await Promise.all([...agents.values()].map((agent) => agent.destroy()))
  agents.clear()
}

/** Path and query as they stand in the URL; a fragment is never sent. */
export function targetOf(url: string): string {
  const { path, query } = splitUrl(url.split('#', 1)[0]!)
  return `${path}${query && '?'}${query}`
}

/** As Node takes them: several values of a name as a list, and the host as a text. */
function headersByName(headers: Sendable['headers']): Map<string, string | string[]> {
  const byName = new Map<string, string | string[]>()
  for (const [name, value] of headers) {
    const earlier = byName.get(name)
    byName.set(name, earlier === undefined ? value : [earlier, value].flat())
  }
  return byName
}

/** `http.request` with the signed target as `path`. Node frames the body of a DELETE only where its length is told. */
const nodeHttp: WireClient = {
  name: 'node:http',
  async send({ method, url, headers, body }, port) {
    const named = headersByName(headers)
    if (!named.has('host')) named.set('host', splitUrl(url.split('#', 1)[0]!).authority)
    if (body) named.set('content-length', String(body.length))
    return new Promise((resolve, reject) => {
      const request = httpRequest(
        {
          host: '127.0.0.1',
          port,
          method,
          path: targetOf(url),
          headers: Object.fromEntries(named),
          agent: false,
          setHost: false,
        },
        (response) => {
          text(response).then((answer) => resolve({ status: response.statusCode ?? 0, body: answer }), reject)
        },
      )
      request.on('error', reject)
      request.end(body)
    })
  },
}

/** undici with origin and path given apart. */
const undici: WireClient = {
  name: 'undici',
  async send({ method, url, headers, body }, port) {
    const { scheme, authority } = splitUrl(url.split('#', 1)[0]!)
    const response = await agentTo(port).request({
      origin: `${scheme}://${authority}`,
      path: targetOf(url),
      method,
      headers: headers.flat(),
      body: body ?? null,
    })
    return { status: response.statusCode, body: await response.body.text() }
  },
}

/** undici with the URL as one. */
const undiciByUrl: WireClient = {
  name: 'undici request(url)',
  async send({ method, url, headers, body }, port) {
    const response = await undiciRequest(url, {
      dispatcher: agentTo(port),
      method,
      headers: headers.flat(),
      body: body ?? null,
    })
    return { status: response.statusCode, body: await response.body.text() }
  },
}

/** undici's `fetch`, called as the documentation of `signRequest` says. */
const undiciFetching: WireClient = {
  name: 'undici fetch',
  async send(signed, port) {
    const response = await undiciFetch(signed.url, {
      method: signed.method,
      headers: signed.headers,
      body: signed.body ?? null,
      dispatcher: agentTo(port),
    })
    return { status: response.status, body: await response.text() }
  },
}

/** Node's own `fetch` that reaches the tap. */
function fetchTo(port: number): (url: string, init?: RequestInit) => Promise<Response> {
  return async (url, init) => fetch(url, { ...init, dispatcher: agentTo(port) } as RequestInit)
}

/** Node's own `fetch`: `fetch(signed.url, signed)`. */
const fetching: WireClient = {
  name: 'fetch',
  async send(signed, port) {
    const response = await fetchTo(port)(signed.url, signed as RequestInit)
    return { status: response.status, body: await response.text() }
  },
}

/** The clients that are handed what was signed. */
export const CLIENTS: readonly WireClient[] = [nodeHttp, undici, undiciByUrl, undiciFetching, fetching]

/** A signed fetch that reaches the tap. */
export function signedFetchTo(port: number, signer: Signer): ReturnType<typeof createSignedFetch> {
  return createSignedFetch(signer, { fetch: fetchTo(port) })
}
