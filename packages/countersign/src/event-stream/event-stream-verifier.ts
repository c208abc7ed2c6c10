/**
 * The server's half of a signed event stream: verifies the request or the presigned URL that begins it, then each
 * message before it comes out.
 *
 * @see {@link https://docs.aws.amazon.com/transcribe/latest/dg/streaming-setting-up.html}
 * @module
 */
import { EMPTY_SHA256 } from '../core/names.ts'
import { SigningKeyCache } from '../keys/signing-key-cache.ts'
import type { VerifyingKey } from '../keys/verifying-key.ts'
import type { CheckContext } from '../verify/checks/check.ts'
import type { Claim } from '../verify/claim.ts'
import { hintsOf, type Found, type SecretsLookup } from '../verify/found-key.ts'
import { checkKeyLife, checkToken } from '../verify/key-state.ts'
import type { VerificationSteps } from '../errors.ts'
import { readMessage, type RequestMessage } from '../verify/message.ts'
import { readClaim } from '../verify/read-claim.ts'
import { payloadHashOf, rebuildSteps } from '../verify/rebuild.ts'
import { refuse } from '../verify/refusals.ts'
import { applyChecks, BEFORE_LOOKUP, BEFORE_SIGNATURE } from '../verify/rules.ts'
import { matchSignature } from '../verify/signature.ts'
import { matchAlike, nobodysKey, refuseUnknownKey } from '../verify/unknown-key.ts'
import { Verified, type VerifiedRequest } from '../verify/verified-request.ts'
import { settleRules, type ServerRules } from '../verify/verifier-options.ts'
import { formatEventsMode } from './event-chain.ts'
import type { EventLimits, EventMessage } from './event-message.ts'
import { EventProof } from './event-proof.ts'
import { readVerifiedEvents } from './verified-events.ts'

/** Options of {@link createEventStreamVerifier}. */
export interface EventStreamVerifierOptions<P = unknown>
  extends Omit<ServerRules, 'unsignedPayload' | 'streaming'>, EventLimits {
  /**
   * Looks up the secret of an access key id; asked again when a stream runs into another day. An error that it throws
   * is thrown on, and nothing is let in by it.
   */
  readonly secrets: SecretsLookup<P>
}

/** A stream whose beginning is verified. */
export interface VerifiedEventStream<P = unknown> extends Omit<VerifiedRequest<P>, 'payload' | 'body'> {
  /**
   * The events, each once its signature is known to be good; to be read at most once. Throws
   * {@link VerificationError} at the first that is not as it was sent, and when the end is missing.
   */
  readonly events: AsyncIterable<EventMessage>
}

/** Verifies any number of streams, also at the same time: nothing of a stream is kept. */
export interface EventStreamVerifier<P = unknown> {
  /**
   * Verifies what begins a stream: a request that announces signed events, with them as its body, or the GET with which
   * a presigned URL opened a WebSocket, with the messages of the socket as `body`.
   *
   * @throws {@link VerificationError} unless the signature is good
   */
  verify(message: RequestMessage): Promise<VerifiedEventStream<P>>
}

/** How many derived keys a verifier keeps. */
const CACHED_KEYS = 1000
const NO_BODY = new Uint8Array()

/**
 * Makes a verifier of streams that begin with a signed request or with the presigned URL of a WebSocket.
 *
 * @throws {@link SigningError} `OPTION_INVALID`
 */
export function createEventStreamVerifier<P = unknown>(
  options: EventStreamVerifierOptions<P>,
): EventStreamVerifier<P> {
  const { secrets, maxPayload, maxHeaders, ...served } = options
  const rules = settleRules(served)
  const cache = new SigningKeyCache<VerifyingKey>(CACHED_KEYS)

  function stepsOf(claim: Claim): VerificationSteps {
    return rebuildSteps(claim, payloadHashOf(claim.payload, NO_BODY))
  }

  /** The key for the day of a message: its scope is another one than that of the request. */
  async function findOwner(claim: Claim, context: CheckContext): Promise<Found<P>> {
    const found = await secrets(claim.accessKeyId, hintsOf(claim))
    if (!found) throw refuseUnknownKey(claim, stepsOf(claim))
    checkKeyLife(found, claim, context.now)
    return found
  }

  return {
    async verify(message) {
      const context = { rules, now: rules.now(), protocol: message.protocol }
      const claim = readClaim(readMessage(message, rules.limits), rules, context.now)
      applyChecks(BEFORE_LOOKUP, claim, context)
      const found = await secrets(claim.accessKeyId, hintsOf(claim))
      const steps = stepsOf(claim)
      if (!found && !rules.hideUnknownKeys) throw refuseUnknownKey(claim, steps)
      applyChecks(BEFORE_SIGNATURE, claim, context)
      const owner = found ?? nobodysKey()
      const match = rules.hideUnknownKeys
        ? matchAlike(claim, found, cache, steps)
        : matchSignature(claim, owner, cache, steps)
      checkKeyLife(owner, claim, context.now)
      await checkToken(owner, claim)
      assertEvents(claim)

      const verified = new Verified(claim, owner, { payload: 'pending', isPending: true }, match)
      const proof = new EventProof({ claim, found: owner, cache, rules, findOwner })
      const events = readVerifiedEvents(message, proof, {
        limits: { maxPayload, maxHeaders },
        isSocket: claim.mechanism === 'query',
      })
      return Object.assign(verified, { events })
    },
  }
}

/** Refuses what announces no events that are signed as it is itself. */
function assertEvents({ payload, mechanism, algorithm }: Claim): void {
  const mode = formatEventsMode(algorithm.name)
  if (payload.kind === 'streaming' && payload.keyword === mode) return
  const isEmpty = payload.kind === 'computed' || (payload.kind === 'hashed' && payload.hash === EMPTY_SHA256)
  // A presigned URL opens a WebSocket with a GET that has no body.
  if (mechanism === 'query' && isEmpty) return
  throw refuse('PAYLOAD_MODE_UNSUPPORTED', `A stream of events needs x-amz-content-sha256: ${mode}`, { mode })
}
