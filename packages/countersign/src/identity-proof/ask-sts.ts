/**
 * Sends a proof to STS: once, without following anybody elsewhere, for a limited time and a limited answer.
 *
 * @module
 */
import type { IdentityProofError } from '../errors.ts'
import type { ProofRequest } from './proof-request.ts'
import { refusal } from './refusal.ts'

/** Sends a request; the runtime's own `fetch` is one. */
export type ProofFetch = (url: string, init: RequestInit) => Promise<Response>

/** What STS answered with 200. */
export interface StsReply {
  /** Value of `content-type`. */
  readonly contentType: string
  readonly text: string
}

/** Longest answer, in bytes; a usual one has 500. */
const MAX_BYTES = 16_384

// Answers that say nothing about the proof.
const OVERLOADED = /^(?:Throttl|RequestLimit|TooManyRequests|ServiceUnavailable|InternalFailure)/
const ERROR_CODE = /(?:"Code"\s*:\s*"|<Code>)([A-Za-z.]{1,64})/

/**
 * Sends the request and reads the answer.
 *
 * @param seconds how long all of it may take
 * @throws {@link IdentityProofError} `STS_REFUSED`, `STS_UNAVAILABLE`, `STS_REPLY_INVALID`
 */
export async function askSts(
  { method, url, headers, body }: ProofRequest,
  send: ProofFetch,
  seconds: number,
): Promise<StsReply> {
  const controller = new AbortController()
  const init: RequestInit = {
    method,
    headers: [
      ...headers.map(([name, value]): [string, string] => [name, value]),
      ['accept', 'application/json'],
    ],
    // Whoever answers instead of STS must not be able to name another host.
    redirect: 'manual',
    signal: controller.signal,
    // Bytes, since fetch would add a content type of its own to a text.
    ...(body === undefined ? {} : { body: new TextEncoder().encode(body) }),
  }
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(refusal('STS_UNAVAILABLE', `STS took longer than ${seconds} s`)),
      seconds * 1000,
    )
  })
  try {
    return await Promise.race([readReply(() => send(url, init)), late])
  } finally {
    clearTimeout(timer)
    // Ends what is still under way.
    controller.abort()
  }
}

async function readReply(ask: () => Promise<Response>): Promise<StsReply> {
  let response: Response
  let text: string | undefined
  try {
    response = await ask()
    text = await readText(response)
  } catch {
    // The error may have the URL in it, and with that the signature and the session token.
    throw refusal('STS_UNAVAILABLE', 'STS could not be reached')
  }
  const { status, type, redirected } = response
  if (type === 'opaqueredirect' || redirected || (status >= 300 && status < 400)) {
    throw refusal('STS_REPLY_INVALID', 'STS answered with a redirect, which it never does')
  }
  if (status !== 200) throw refused(status, text ?? '')
  if (text === undefined) {
    throw refusal('STS_REPLY_INVALID', `The answer has more than ${MAX_BYTES} bytes`)
  }
  return { contentType: response.headers.get('content-type') ?? '', text }
}

/** The body as text; `undefined` when it is too long. */
async function readText({ body }: Response): Promise<string | undefined> {
  if (!body) return ''
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let [text, length] = ['', 0]
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return text + decoder.decode()
    length += value.length
    if (length > MAX_BYTES) return undefined
    text += decoder.decode(value, { stream: true })
  }
}

/** The code alone: the message of a mismatch quotes the request, session token included. */
function refused(status: number, text: string): IdentityProofError {
  const [, stsCode = ''] = ERROR_CODE.exec(text) ?? []
  const facts = { status: String(status), stsCode }
  const isAnswer = status >= 400 && status < 500 && status !== 429 && !OVERLOADED.test(stsCode)
  return isAnswer
    ? refusal('STS_REFUSED', `STS does not accept the proof: ${stsCode || status}`, facts)
    : refusal('STS_UNAVAILABLE', `STS answered ${status} ${stsCode}`.trim(), facts)
}
