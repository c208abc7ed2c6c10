/**
 * The loop behind every adapter: signs each attempt anew and sends it; after a failure that may pass, after a refusal
 * that tells the right time or region, and after a redirect within the host, it does so again.
 *
 * @module
 */
import { CountersignError } from '../../errors.ts'
import type { Body, HttpRequest } from '../../sign/http-request.ts'
import { isStream, readBody } from '../../sign/read-body.ts'
import { withContentType } from '../../sign/sign-any-body.ts'
import { signWith } from '../any-signer.ts'
import { jitter, pause, untilAborted } from './pause.ts'
import { isRepeatable, undated, type Exchange, type Turn } from './turn.ts'

/**
 * Sends a request, and hands back the answer that is the last: a good one, or a refusal that nothing can be done about.
 *
 * @throws {@link SigningError}, {@link CredentialsError}; what the transport throws; the reason of the signal
 */
export async function exchange<Answer>(given: HttpRequest<Body>, means: Exchange<Answer>): Promise<Answer> {
  const { signer, transport, memory, retries = 2, maxDelay = 20 } = means
  const signal = means.signal ?? undefined
  let turn: Turn = { request: await settle(given), retried: 0, redirects: 0 }
  for (;;) {
    // Most requests do without these two parts, and a page loads them when they are needed.
    if (memory.clock || memory.regions) turn = (await import('./prepare.ts')).prepare(turn, memory)
    const signed = await untilAborted(signWith(signer, turn.request, turn.region), signal)
    try {
      const answer = await transport.send(signed)
      if (transport.headOf(answer).status < 300) return answer
      const next = await (await import('./recover.ts')).recover(turn, signed, answer, means)
      if (!next) return answer
      turn = next
    } catch (error) {
      const isFinal = error instanceof CountersignError || signal?.aborted
      if (isFinal || !(turn.retried < retries) || !isRepeatable(turn)) throw error
      await pause(Math.min(maxDelay, jitter(turn.retried, Math.random())), signal)
      turn = { ...turn, retried: turn.retried + 1 }
    }
    // Each attempt is of its own instant.
    turn = { ...turn, request: undated(turn.request) }
  }
}

/** A request whose body has been read, once for all attempts, unless it is a stream. */
async function settle(request: HttpRequest<Body>): Promise<HttpRequest<Body>> {
  const { body } = request
  if (body === undefined || isStream(body)) return request
  const { bytes, contentType } = await readBody(body)
  const typed = contentType === undefined ? request : withContentType(request, contentType)
  return { ...typed, body: bytes }
}
