/**
 * Sends a request that asks for keys: once, without following anybody elsewhere, for a limited time and a limited
 * answer.
 *
 * @module
 */
import type { Bytes } from '../core/bytes.ts'
import type { Header } from '../core/canonical-headers.ts'

/** Sends a request; the runtime's own `fetch` is one. */
export type SendFunction = (url: string, init: RequestInit) => Promise<Response>

/** What is sent; a signed request is one. */
export interface OutgoingRequest {
  readonly method: string
  readonly url: string
  readonly headers: readonly Header[]
  readonly body?: Bytes | undefined
}

/** How it is sent. */
export interface SendTerms {
  /** By default the runtime's own. */
  readonly fetch: SendFunction | undefined
  /** How long all of it may take, in seconds. */
  readonly timeout: number
}

/** What came back. */
export interface Reply {
  readonly status: number
  /** Empty when it is longer than any that is expected, so that nothing can be read in what was cut off. */
  readonly text: string
}

/** Longest answer, in bytes; a usual one has 1,500. */
const MAX_BYTES = 65_536

/**
 * Sends the request and reads the answer, whatever its status.
 *
 * @param failure makes the error of `could not be reached` or `took longer than 10 s`. What fetch threw is not passed
 *   on: it may have the request in it, and with that a session token
 */
export async function sendOnce(
  { method, url, headers, body }: OutgoingRequest,
  { fetch: given, timeout }: SendTerms,
  failure: (why: string) => Error,
): Promise<Reply> {
  const controller = new AbortController()
  const timer = setTimeout(() => controller.abort(), timeout * 1000)
  const init: RequestInit = {
    method,
    // A new list: fetch writes the host itself.
    headers: headers
      .filter(([name]) => name !== 'host')
      .map(([name, value]): [string, string] => [name, value]),
    // Whoever answers in the place of AWS must not be able to name another host.
    redirect: 'manual',
    signal: controller.signal,
    ...(body === undefined ? {} : { body }),
  }
  try {
    const response = await untilAborted((given ?? fetch)(url, init), controller.signal)
    return { status: response.status, text: await untilAborted(readText(response), controller.signal) }
  } catch {
    throw failure(controller.signal.aborted ? `took longer than ${timeout} s` : 'could not be reached')
  } finally {
    clearTimeout(timer)
    // Ends what is still under way.
    controller.abort()
  }
}

/** For a `fetch` that does not know signals. */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return Promise.race([
    work,
    new Promise<never>((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true })
    }),
  ])
}

/** The body as text, as far as it may go. */
async function readText({ body }: Response): Promise<string> {
  const reader = body?.getReader()
  const decoder = new TextDecoder()
  let [text, length] = ['', 0]
  for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) {
    length += next.value.length
    if (length > MAX_BYTES) return ''
    text += decoder.decode(next.value, { stream: true })
  }
  return text + decoder.decode()
}
