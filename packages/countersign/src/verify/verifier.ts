/**
 * The server's half: recreates a request's signature and so knows who sent it, and that nothing was altered.
 *
 * @see {@link https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html}
 * @module
 */
import { SigningKeyCache } from '../keys/signing-key-cache.ts'
import { assertAmounts } from './assert-amounts.ts'
import type { EventStreams } from './event-streams.ts'
import type { SecretsLookup } from './found-key.ts'
import type { RequestMessage } from './message.ts'
import { createReplayCheck, type ReplayOptions } from './replay.ts'
import { Verification, type Eventual, type VerifierParts } from './verification.ts'
import type { VerifiedRequest } from './verified-request.ts'
import { settleRules, type ServerRules } from './verifier-options.ts'

/** Options of {@link createVerifier}. */
export interface VerifierOptions<P = unknown> extends ServerRules, ReplayOptions {
  /** Looks up the secret of an access key id. An error that it throws is thrown on, and nothing is let in by it. */
  readonly secrets: SecretsLookup<P>
  /** Longest body that is taken, in bytes; unlimited by default, save for bodies that must be read whole. */
  readonly maxBytes?: number | undefined
  /** Bytes of a body that are held back until its hash is known; 1 MiB by default. */
  readonly maxBufferedBody?: number | undefined
  /** Takes bodies of signed events: `eventStreams` of `countersign/streaming`. None are taken without it. */
  readonly eventStreams?: EventStreams | undefined
}

/** Verifies any number of requests, also at the same time: nothing of a request is kept. */
export interface Verifier<P = unknown> {
  /**
   * Verifies a request.
   *
   * @throws {@link VerificationError} unless the signature is good
   */
  verify(message: RequestMessage): Promise<VerifiedRequest<P>>
  /**
   * As {@link Verifier.verify}, for servers that count microseconds: gives the result itself, and throws at once, where
   * nothing has to be waited for.
   *
   * @throws {@link VerificationError} at once or by the promise, unless the signature is good
   */
  verifyAtOnce(message: RequestMessage): Eventual<VerifiedRequest<P>>
}

const MEBIBYTE = 1024 * 1024
/** How many derived keys a verifier keeps. */
const CACHED_KEYS = 1000

/**
 * Makes a verifier, to be shared by any number of concurrent requests. `service` and `region` say what is served here:
 * a signature that was made for anything else is refused, however good it is.
 *
 * ```js
 * const verifier = createVerifier({ service: 'execute-api', region: 'eu-west-1', secrets: (id) => keys.get(id) })
 * const { principal, covered, body } = await verifier.verify({ method, target, headers, body: request })
 * ```
 *
 * @throws {@link SigningError} `OPTION_INVALID`
 */
export function createVerifier<P = unknown>(options: VerifierOptions<P>): Verifier<P> {
  const { secrets, maxBytes = Infinity, maxBufferedBody = MEBIBYTE } = options
  assertAmounts({ maxBytes, maxBufferedBody })
  const parts: VerifierParts<P> = {
    rules: { ...settleRules(options), eventModes: options.eventStreams },
    eventStreams: options.eventStreams,
    secrets,
    maxBytes,
    maxBufferedBody,
    cache: new SigningKeyCache(CACHED_KEYS),
    checkReplay: createReplayCheck(options),
  }
  return {
    verify: async (message) => new Verification(parts, message).start(),
    verifyAtOnce: (message) => new Verification(parts, message).start(),
  }
}
