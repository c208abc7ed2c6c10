/**
 * Requests before a guard that only looks: they are told of to a shadow, and go on, whatever it finds.
 *
 * @module
 */
import { VerificationError } from '../errors.ts'
import type { RequestMessage } from '../verify/message.ts'
import type { Observation, Shadow } from '../verify/shadow.ts'
import type { VerifiedRequest } from '../verify/verified-request.ts'
import type { TappedMessage } from './body-tap.ts'

/** What a guard knows of a request that it lets go on. */
export interface Watched {
  /** Absent unless the signature is good. It has no body: the handler reads that as it came. */
  readonly verified?: VerifiedRequest | undefined
  readonly refusal?: VerificationError | undefined
  /** The body as it came, where the request cannot be read for it any more. */
  readonly body?: AsyncIterable<Uint8Array> | undefined
}

const UNREADABLE: RequestMessage = { method: '', target: '', headers: [] }

/** Shows a shadow what `read` gives. Fails only where the client has gone, or a function that is told of something does. */
export async function watch(shadow: Shadow, read: () => TappedMessage): Promise<Watched> {
  let message: TappedMessage
  try {
    message = read()
  } catch (error) {
    shadow.tell(error, UNREADABLE)
    return error instanceof VerificationError ? { refusal: error } : {}
  }
  const { verified, refusal, body } = await observe(shadow, message)
  const seen: Watched = { verified: verified && withoutBody(verified), refusal }
  if (body === undefined) return seen
  if (message.body instanceof Uint8Array) await drain(body)
  else if (!message.handBack) return { ...seen, body }
  // Whatever becomes of it, the handler sees the same on its own.
  else void drain(body).catch(() => {})
  return seen
}

async function observe(shadow: Shadow, message: TappedMessage): Promise<Observation> {
  try {
    return await shadow.observe(message)
  } finally {
    message.handBack?.()
  }
}

async function drain(body: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of body);
}

/** The same, save for the body: the verifier's has been read, or is being read, by the shadow. */
function withoutBody(verified: VerifiedRequest): VerifiedRequest {
  const { body: _body, covered, ...others } = verified
  const { method, path, query, headers } = covered
  return { ...others, covered: { method, path, query, headers } }
}
