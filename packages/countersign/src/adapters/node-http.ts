/**
 * Signs what goes out by `node:http` and `node:https`: the path as it stands, to whichever address, with whichever agent.
 *
 * ```ts
 * const signedRequest = createSignedHttp(signer)
 * const message = await signedRequest('https://sqs.eu-west-1.amazonaws.com/?Action=ListQueues')
 * for await (const chunk of message) …
 * ```
 *
 * @module
 */
import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http'
import { isIP } from 'node:net'
import { readAwsError } from '../answers/aws-error.ts'
import { readAnswerHeaders } from '../answers/headers.ts'
import type { HeadersLike, SignedBody, SignedRequest } from '../sign/http-request.ts'
import { readHeaders } from '../sign/read-headers.ts'
import { assertSigner, type AnySigner } from './any-signer.ts'
import { exchange } from './exchange/exchange.ts'
import type { ExchangeMemory, ExchangeOptions, Transport } from './exchange/turn.ts'
import { readGivenBody } from './given-body.ts'
import { discardMessage, openRequest, peekMessage } from './node-http-message.ts'

/** Options of {@link createSignedHttp}. */
export interface SignedHttpOptions extends ExchangeOptions {
  /** Whether an answer from 400 on is thrown as an {@link AwsError}; else it is handed back, as Node does. */
  readonly throwOnError?: boolean | undefined
}

/** What goes beside the URL: a request, and Node's own options for the connection. */
export interface SignedHttpInit extends Omit<
  RequestOptions,
  'method' | 'headers' | 'path' | 'protocol' | 'auth' | 'signal' | 'setHost'
> {
  /** `GET` by default. */
  readonly method?: string | undefined
  readonly headers?: HeadersLike | undefined
  /** Anything that `fetch` takes, streams of Node, and forms of `form-data`. */
  readonly body?: unknown
  readonly signal?: AbortSignal | undefined
  /** Certificates and keys, as `node:https` takes them. */
  readonly ca?: string | Uint8Array | readonly (string | Uint8Array)[] | undefined
  readonly servername?: string | undefined
  readonly rejectUnauthorized?: boolean | undefined
}

/** Sends a request, and gives the message whose head has come; its body is to be read, or the message destroyed. */
export type SignedHttp = (url: string | URL, init?: SignedHttpInit) => Promise<IncomingMessage>

/**
 * Makes a function that signs and sends. The path goes out as it stands, dot segments included. `host` and `port`, or
 * `socketPath`, are what is connected to, while the URL, or a header `host`, is what is signed for; the certificate has
 * to be that of the URL.
 *
 * @throws from the function: what the signer throws; what Node throws where nothing is answered; {@link AwsError} with
 *   `throwOnError`
 */
export function createSignedHttp(signer: AnySigner, options: SignedHttpOptions = {}): SignedHttp {
  assertSigner(signer)
  const memory: ExchangeMemory = { clock: options.clock }
  return async (url, init = {}) => {
    const { method = 'GET', headers: given, body: givenBody, signal, ...connection } = init
    const { body, contentType } = readGivenBody(givenBody)
    const headers = readHeaders(given)
    if (contentType !== '' && !headers.some(([name]) => name === 'content-type')) {
      headers.push(['content-type', contentType])
    }
    const request = { method, url, headers, body }
    const transport = createTransport(connection, signal)
    const message = await exchange(request, { ...options, signer, memory, transport, signal })
    if (options.throwOnError && (message.statusCode ?? 0) >= 400) {
      const error = await readAwsError(message)
      message.destroy()
      throw error
    }
    return message
  }
}

function createTransport(
  connection: RequestOptions & { readonly servername?: string | undefined },
  signal: AbortSignal | undefined,
): Transport<IncomingMessage> {
  return {
    async send(signed) {
      const [, scheme = '', host = '', port = '', target = ''] =
        /^(\w+):\/\/(\[[^\]]*\]|[^/?#:]*)(?::(\d+))?([^#]*)/.exec(signed.url) ?? []
      const hostname = host.replace(/^\[|\]$/g, '')
      const isSecure = scheme === 'https'
      const named = isSecure && isIP(hostname) === 0 ? { servername: hostname } : {}
      return openRequest(isSecure, writer(signed.body), {
        host: hostname,
        port: port === '' ? (isSecure ? 443 : 80) : Number(port),
        ...named,
        ...connection,
        method: signed.method,
        path: target.startsWith('/') ? target : `/${target}`,
        headers: wireHeaders(signed),
        setHost: false,
        ...(signal && { signal }),
      })
    },
    headOf: ({ statusCode = 0, headers }) => ({ status: statusCode, header: readAnswerHeaders(headers) }),
    peek: peekMessage,
    discard: discardMessage,
  }
}

/** One list, repeats kept; a length wherever it is known, since Node sends chunks where it is told none. */
function wireHeaders({ method, headers, body }: SignedRequest<SignedBody>): string[] {
  const list = headers.flat()
  const isTold = headers.some(([name]) => name === 'content-length' || name === 'transfer-encoding')
  if (isTold) return list
  if (body instanceof Uint8Array) return [...list, 'content-length', String(body.length)]
  if (body !== undefined) return [...list, 'transfer-encoding', 'chunked']
  return /^(?:PUT|POST|PATCH)$/.test(method) ? [...list, 'content-length', '0'] : list
}

/** Writes a body as fast as the connection takes it. */
function writer(body: SignedBody | undefined): (request: ClientRequest) => Promise<void> {
  return async (request) => {
    if (body === undefined || body instanceof Uint8Array) {
      request.end(body)
      return
    }
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      if (request.destroyed) return
      if (!request.write(chunk)) await drained(request)
    }
    request.end()
  }
}

async function drained(request: ClientRequest): Promise<void> {
  await new Promise<void>((resolve) => {
    const go = (): void => {
      request.off('drain', go).off('close', go)
      resolve()
    }
    request.on('drain', go).on('close', go)
  })
}
