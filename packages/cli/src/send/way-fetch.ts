/**
 * A `fetch` for requests that come before the one that was asked for, such as that for a session: it goes the way that
 * the flags say, with its proxy and its authorities.
 *
 * @module
 */
import { CommandError } from '../frame/command-error.ts'
import { describeNetworkError } from './network-error.ts'
import { createBody } from './request-body.ts'
import { exchange, type Way, type WireResponse } from './transport.ts'
import type { Header } from './wire-request.ts'

/** Sends small requests, and remembers why that failed. */
export interface WayFetch {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>
  /** What the network did to the last request, if it did. */
  failure(): CommandError | undefined
}

/** Answers are documents; what is longer than this, in bytes, is cut off, and read by nobody. */
const MAX_BYTES = 128 * 1024
/** Statuses whose answers have no body. */
const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 205, 304])

/** Makes a `fetch`. Redirects are handed back. */
export function createWayFetch(wayOf: (url: string) => Way): WayFetch {
  let failure: CommandError | undefined
  return {
    async fetch(url, init) {
      failure = undefined
      const host = /^[a-z]+:\/\/([^/?#]*)/i.exec(url)?.[1] ?? ''
      try {
        return await sendOver(url, host, init, wayOf(url))
      } catch (error) {
        const described = describeNetworkError(error, host)
        if (described instanceof CommandError) failure = described
        throw error
      }
    },
    failure: () => failure,
  }
}

async function sendOver(
  url: string,
  host: string,
  { method = 'GET', headers, body, signal }: RequestInit,
  way: Way,
): Promise<Response> {
  const own: Header[] = [...new Headers(headers)].filter(([name]) => name !== 'content-length')
  const wire = {
    method,
    target: url.replace(/^[a-z]+:\/\/[^/?#]*/i, ''),
    headers: [['host', host] as const, ...own],
    body: body instanceof Uint8Array ? createBody([body]) : undefined,
  }
  const answer = await exchange(wire, way, signal ?? new AbortController().signal, () => {})
  try {
    const bytes = await readBeginning(answer)
    const kept = WITHOUT_BODY.has(answer.status) ? null : bytes
    return new Response(kept, { status: answer.status, headers: headersOf(answer) })
  } finally {
    await answer.close()
  }
}

async function readBeginning({ body }: WireResponse): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    chunks.push(chunk)
    size += chunk.byteLength
    if (size > MAX_BYTES) break
  }
  return Uint8Array.from(Buffer.concat(chunks))
}

/** Those that somebody asks for. */
function headersOf({ headers }: WireResponse): [string, string][] {
  return headers
    .filter(([name]) => /^(?:content-type|date|x-amzn-errortype)$/i.test(name))
    .map(([name, value]): [string, string] => [name, value])
}
