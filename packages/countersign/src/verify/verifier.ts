/**
 * The server's half: recreates a request's signature and so knows who sent it, and that nothing was altered.
 *
 * @see {@link https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html}
 * @module
 */
import { SigningKeyCache } from '../keys/signing-key-cache.ts'
import type { VerifyingKey } from '../keys/verifying-key.ts'
import { checkBody, readWholeBody, type CheckedBody } from './body.ts'
import { checkChunkedBody } from './chunked-body.ts'
import type { Claim } from './claim.ts'
import { expectedBody } from './expected-body.ts'
import type { SecretsLookup } from './found-key.ts'
import { checkKeyLife, checkToken } from './key-state.ts'
import { readMessage, type RequestMessage } from './message.ts'
import { mayBeSignedInForm, readClaim } from './read-claim.ts'
import { payloadHashOf, rebuildSteps } from './rebuild.ts'
import { refuse } from './refusals.ts'
import { AFTER_SIGNATURE, applyChecks, BEFORE_LOOKUP, BEFORE_SIGNATURE } from './rules.ts'
import { matchNothing, matchSignature } from './signature.ts'
import { Verified, type VerifiedRequest } from './verified-request.ts'
import { settleRules, type ServerRules } from './verifier-options.ts'

/** Options of {@link createVerifier}. */
export interface VerifierOptions<P = unknown> extends ServerRules {
  /** Looks up the secret of an access key id. An error that it throws is thrown on, and nothing is let in by it. */
  readonly secrets: SecretsLookup<P>
  /** Longest body that is taken, in bytes; unlimited by default, save for bodies that must be read whole. */
  readonly maxBytes?: number | undefined
  /** Bytes of a body that are held back until its hash is known; 1 MiB by default. */
  readonly maxBufferedBody?: number | undefined
}

/** Verifies any number of requests, also at the same time: nothing of a request is kept. */
export interface Verifier<P = unknown> {
  /**
   * Verifies a request.
   *
   * @throws {@link VerificationError} unless the signature is good
   */
  verify(message: RequestMessage): Promise<VerifiedRequest<P>>
}

const MEBIBYTE = 1024 * 1024
/** How many derived keys a verifier keeps. */
const CACHED_KEYS = 1000
const NO_BODY = new Uint8Array()

/**
 * Makes a verifier.
 *
 * @throws {@link SigningError} `OPTION_INVALID`
 */
export function createVerifier<P = unknown>(options: VerifierOptions<P>): Verifier<P> {
  const rules = settleRules(options)
  const { secrets, maxBytes = Infinity, maxBufferedBody = MEBIBYTE } = options
  const cache = new SigningKeyCache<VerifyingKey>(CACHED_KEYS)

  // Nothing is waited for that is at hand: an await costs as much as a hash.
  async function verify(given: RequestMessage): Promise<VerifiedRequest<P>> {
    const context = { rules, now: rules.now(), protocol: given.protocol }
    const read = readMessage(given, rules.limits)
    const isForm = given.body !== undefined && mayBeSignedInForm(read, rules)
    const body = isForm
      ? await readWholeBody(given, { maxBytes: Math.min(maxBytes, maxBufferedBody) })
      : undefined
    const message = body ? { ...given, body } : given
    const claim = readClaim(read, rules, context.now, body)
    applyChecks(BEFORE_LOOKUP, claim, context)
    const { date, region, service } = claim.scope
    const lookedUp = secrets(claim.accessKeyId, { algorithm: claim.algorithm.name, date, region, service })
    const found = isPromise(lookedUp) ? await lookedUp : lookedUp
    if (!found) throw unknownKey(claim)
    checkKeyLife(found, claim, context.now)
    applyChecks(BEFORE_SIGNATURE, claim, context)

    const expected = expectedBody(claim, maxBytes)
    const isComputed = claim.payload.kind === 'computed' && message.body !== undefined
    const whole = isComputed
      ? await readWholeBody(message, { ...expected, maxBytes: Math.min(maxBytes, maxBufferedBody) })
      : NO_BODY
    const steps = rebuildSteps(claim, payloadHashOf(claim.payload, whole))
    const match = matchSignature(claim, found, cache, steps)

    const token = checkToken(found, claim)
    if (token) await token
    applyChecks(AFTER_SIGNATURE, claim, context)
    const checked = isComputed
      ? wholeBody(whole)
      : claim.payload.kind === 'streaming'
        ? checkChunkedBody(message, claim, match, { rules: rules.streaming, maxBytes, maxBufferedBody })
        : checkBody(message, expected, maxBufferedBody)
    return new Verified(claim, found, isPromise(checked) ? await checked : checked, match)
  }

  return { verify }
}

function isPromise<T>(value: T | Promise<T>): value is Promise<T> {
  return typeof (value as { then?: unknown } | undefined)?.then === 'function'
}

function unknownKey(claim: Claim): Error {
  matchNothing(claim, rebuildSteps(claim, payloadHashOf(claim.payload, NO_BODY)))
  return refuse('KEY_UNKNOWN', 'There is no such access key', { accessKeyId: claim.accessKeyId })
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield bytes
}

function wholeBody(bytes: Uint8Array): CheckedBody {
  return { payload: 'verified', body: once(bytes) }
}
