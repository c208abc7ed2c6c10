/**
 * What a verifier needs to take signed event streams. It is passed in like an algorithm, so that whoever has no event
 * streams has none of their code.
 *
 * @module
 */
import type { SigningKeyCache } from '../keys/signing-key-cache.ts'
import type { VerifyingKey } from '../keys/verifying-key.ts'
import type { CheckContext, EventModes } from './checks/check.ts'
import type { Claim } from './claim.ts'
import type { Found } from './found-key.ts'
import type { RequestMessage } from './message.ts'
import type { SettledRules } from './verifier-options.ts'

/** What a stream was begun with, once its beginning is verified. */
export interface EventStreamStart {
  readonly message: RequestMessage
  readonly claim: Claim
  readonly found: Found
  readonly cache: SigningKeyCache<VerifyingKey>
  readonly rules: SettledRules
  /** Most bytes of all events that are taken. */
  readonly maxBytes: number
  /** Asks for the key anew, for another day. */
  findOwner(claim: Claim, context: CheckContext): Promise<Found>
}

/** Reads event streams; `eventStreams` of `countersign/streaming` does. */
export interface EventStreams extends EventModes {
  /** Gives the messages as bytes, each once its signature is known to be good. */
  readonly read: (start: EventStreamStart) => AsyncIterable<Uint8Array>
}
