/**
 * Asks S3 for a session: once, without following anybody elsewhere, for a limited time and a limited answer.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateSession.html}
 * @module
 */
import type { Header } from '../core/canonical-headers.ts'
import type { Credentials, KeyCredentials } from '../credentials/credentials.ts'
import { CredentialsError } from '../errors.ts'
import type { SignedRequest } from '../sign/http-request.ts'
import { signRequest } from '../sign/sign-request.ts'
import { parseSession, readElement, type ExpressSession } from './session.ts'

/** Sends a request; the runtime's own `fetch` is one. */
export type SessionFetch = (url: string, init: RequestInit) => Promise<Response>

/** How sessions are asked for. */
export interface SessionTerms {
  readonly service: string
  readonly region: string | undefined
  /** Sent and signed. */
  readonly headers: readonly Header[]
  readonly fetch: SessionFetch | undefined
  /** How long it may take, in seconds. */
  readonly timeout: number
  readonly now: () => Date
}

/** Longest answer, in bytes; a usual one has 1,500. */
const MAX_BYTES = 65_536

/**
 * Asks for the session of a bucket.
 *
 * @param bucketUrl ends in `/`
 * @throws {@link CredentialsError} `SESSION_REFUSED`, `SESSION_UNAVAILABLE`, `SESSION_INVALID`
 * @throws {@link SigningError} `SCOPE_UNKNOWN`
 */
export async function createSession(
  bucketUrl: string,
  credentials: Credentials | KeyCredentials,
  { service, region, headers, now, ...transport }: SessionTerms,
): Promise<ExpressSession> {
  const signed = signRequest(
    { method: 'GET', url: `${bucketUrl}?session`, headers },
    { credentials, service, region, date: now() },
  )
  const { status, text } = await send(signed, transport)
  if (status === 200) return parseSession(text, now())
  // The code alone: the message of a mismatch quotes the request, session token included.
  const code = /^[A-Za-z.]{1,64}$/.exec(readElement(text, 'Code') ?? '')?.[0] ?? ''
  const isRefusal = status < 500 && status !== 429 && code !== 'SlowDown'
  throw new CredentialsError(
    isRefusal ? 'SESSION_REFUSED' : 'SESSION_UNAVAILABLE',
    `S3 gave no session: ${`${status} ${code}`.trim()}`,
  )
}

async function send(
  { method, url, headers }: SignedRequest,
  { fetch: given, timeout }: Pick<SessionTerms, 'fetch' | 'timeout'>,
): Promise<{ status: number; text: string }> {
  const controller = new AbortController()
  const timer = setTimeout(() => controller.abort(), timeout * 1000)
  const init: RequestInit = {
    method,
    headers: headers.filter(([name]) => name !== 'host'),
    // Whoever answers instead of S3 must not be able to name another host.
    redirect: 'manual',
    signal: controller.signal,
  }
  try {
    const response = await untilAborted((given ?? fetch)(url, init), controller.signal)
    return { status: response.status, text: await untilAborted(readText(response), controller.signal) }
  } catch {
    // The error may have the request in it, and with that the session token of the credentials.
    const why = controller.signal.aborted ? `took longer than ${timeout} s` : 'could not be reached'
    throw new CredentialsError('SESSION_UNAVAILABLE', `S3 ${why} when it was asked for a session`)
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

/** The body as text, as far as it may go: what is cut off cannot be read as a session. */
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
