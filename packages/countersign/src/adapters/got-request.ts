/**
 * A request as got's hooks have it, and what is remembered of it from one attempt to the next.
 *
 * @module
 */
import { X_AMZ_DATE } from '../core/names.ts'
import type { Body, HttpRequest, SignedRequest } from '../sign/http-request.ts'
import { isStream, readBody } from '../sign/read-body.ts'
import { withContentType } from '../sign/sign-any-body.ts'
import type { Turn } from './exchange/turn.ts'
import { readGivenBody } from './given-body.ts'
import { joinHeaders } from './joined-headers.ts'

/** What hooks see of got's options, and set. */
export interface GotOptions {
  readonly method: string
  readonly url: URL
  headers: { readonly [name: string]: string | readonly string[] | undefined }
  body?: unknown
  context: { readonly [STATE]?: GotState; readonly [name: string]: unknown }
  retry: { readonly limit?: number; readonly statusCodes?: readonly number[] }
  readonly signal?: AbortSignal | undefined
}

/** Where it is remembered: got copies `context` to every attempt and redirect. */
export const STATE: unique symbol = Symbol('countersign')

/** What is remembered. */
export interface GotState extends Turn {
  /** What the signature has added to the headers, which is not the caller's. */
  readonly own?: ReadonlyMap<string, string>
  readonly sent?: SignedRequest | undefined
}

/** What is remembered of a request; nothing at first. */
export function stateOf({ context }: GotOptions): GotState {
  return context[STATE] ?? { request: { method: 'GET', url: '' }, retried: 0, redirects: 0 }
}

/** The next attempt: the caller's own headers, without the dates of an earlier one, and the body. */
export async function readGotTurn(options: GotOptions): Promise<Turn> {
  const { own, sent, ...turn } = stateOf(options)
  const headers = joinHeaders(options.headers)
  for (const [name, value] of own ?? []) if (headers.get(name) === value) headers.delete(name)
  if (sent) for (const name of [X_AMZ_DATE, 'date']) headers.delete(name)
  const given = readGivenBody(options.body)
  if (given.contentType !== '' && !headers.has('content-type')) headers.set('content-type', given.contentType)
  const { method, url } = options
  const request = await settle({ method, url: url.href, headers, body: given.body }, headers)
  return { ...turn, request }
}

/** Reads the body, once for all attempts; forms too, of which got 14 makes a stream of known length, and got 16 one of the web. */
async function settle(
  request: HttpRequest<Body>,
  headers: ReadonlyMap<string, string>,
): Promise<HttpRequest<Body>> {
  const { body } = request
  if (body === undefined) return request
  if (isStream(body)) {
    const isMultipart = headers.get('content-type')?.startsWith('multipart/form-data')
    const isForm = isMultipart && ('getReader' in body || headers.has('content-length'))
    return isForm && !('pipe' in body) && Symbol.asyncIterator in body
      ? { ...request, body: await collect(body) }
      : request
  }
  const { bytes, contentType } = await readBody(body)
  return contentType === undefined
    ? { ...request, body: bytes }
    : withContentType({ ...request, body: bytes }, contentType)
}

async function collect(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const pieces: Uint8Array<ArrayBuffer>[] = []
  for await (const piece of body) pieces.push(Uint8Array.from(piece))
  return new Uint8Array(await new Blob(pieces).arrayBuffer())
}
