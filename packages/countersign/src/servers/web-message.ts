/**
 * Web-standard requests, of which a runtime has lost something: dot segments of the path are gone, what no URL may hold
 * is escaped, and repeated headers are joined. What is verified is what the handler sees, so the loss lets nobody in; but a
 * request that was signed with something that is lost does not verify.
 *
 * @module
 */
import type { RequestMessage } from '../verify/message.ts'
import { refuse } from '../verify/refusals.ts'
import type { ErrorResponse } from '../verify/responses/response.ts'
import { bodyAlreadyRead } from './guard.ts'

const URL_PARTS = /^(https?):\/\/([^/?#]+)([^#]*)(#?)/i
const DEFAULT_PORT: ReadonlyMap<string, string> = new Map([
  ['http', ':80'],
  ['https', ':443'],
])

/**
 * Reads a request, from the text of its URL.
 *
 * @throws {@link VerificationError} `REQUEST_MALFORMED` for a URL that is not the one of the Host
 * @throws {@link CountersignError} `BODY_ALREADY_READ`
 */
export function readWebRequest(request: Request, remoteAddress: string | undefined): RequestMessage {
  const [, scheme = '', authority = '', target = '', fragment = ''] = URL_PARTS.exec(request.url) ?? []
  const protocol = scheme.toLowerCase() === 'https' ? 'https' : 'http'
  const headers = [...request.headers]
  const host = request.headers.get('host')
  if (host === null) headers.push(['host', authority])
  // Of a target in absolute form, the runtime takes the URL; the client may have signed another Host.
  else if (portless(host, protocol) !== portless(authority, protocol)) {
    throw refuse('REQUEST_MALFORMED', 'the URL of the request is not one of its Host')
  }
  if (fragment !== '') throw refuse('REQUEST_MALFORMED', 'the request target has a fragment')
  if (request.bodyUsed || request.body?.locked) throw bodyAlreadyRead()
  return {
    method: request.method,
    target: target.startsWith('/') ? target : `/${target}`,
    headers,
    body: request.body ? chunksOf(request.body) : undefined,
    protocol,
    remoteAddress,
  }
}

function portless(host: string, protocol: string): string {
  const lower = host.toLowerCase()
  const port = DEFAULT_PORT.get(protocol) ?? ''
  return lower.endsWith(port) ? lower.slice(0, -port.length) : lower
}

// Not every runtime can iterate over its streams.
async function* chunksOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = stream.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield value
    }
  } finally {
    reader.releaseLock()
  }
}

/** The response that refuses. */
export function refusalResponse(method: string, { status, headers, body }: ErrorResponse): Response {
  return new Response(method === 'HEAD' ? null : body, { status, headers })
}
