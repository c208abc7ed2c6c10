/**
 * A handler of web-standard requests behind `node:http`.
 *
 * @module
 */
import type { IncomingMessage, ServerResponse } from 'node:http'

/** Reads the request whole, and answers it. */
export async function answerWith(
  handler: (request: Request) => Promise<Response>,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const { method = 'GET', url = '/', headersDistinct } = incoming
  const headers = Object.entries(headersDistinct).flatMap(([name, values = []]) =>
    values.map((value): [string, string] => [name, value]),
  )
  const pieces: Uint8Array<ArrayBuffer>[] = []
  for await (const piece of incoming) pieces.push(Uint8Array.from(piece as Uint8Array))
  const body = pieces.length > 0 ? new Blob(pieces) : null
  const origin = `http://${incoming.headers.host ?? ''}`
  const response = await handler(new Request(origin + url, { method, headers, body }))
  outgoing.writeHead(response.status, Object.fromEntries(response.headers))
  outgoing.end(new Uint8Array(await response.arrayBuffer()))
}
