/**
 * One verification, step by step. Every step gives the next one at once where there is nothing to wait for: no body,
 * and a look-up that answers at once. A promise costs as much as a hash.
 *
 * @module
 */
import type { SigningKeyCache } from '../keys/signing-key-cache.ts'
import type { VerifyingKey } from '../keys/verifying-key.ts'
import { checkBody, readWholeBody, type CheckedBody } from './body.ts'
import type { CheckContext } from './checks/check.ts'
import { checkChunkedBody } from './chunked-body.ts'
import type { Claim } from './claim.ts'
import { assertDigests, readDigests, type ExpectedDigest } from './body-digests.ts'
import type { EventStreams } from './event-streams.ts'
import { assertLength, expectedBody, type ExpectedBody } from './expected-body.ts'
import { hintsOf, type Found, type MatchedKey, type SecretsLookup } from './found-key.ts'
import { checkKeyLife, checkToken } from './key-state.ts'
import { readMessage, type ReadMessage, type RequestMessage } from './message.ts'
import { mayBeSignedInForm, readClaim } from './read-claim.ts'
import { payloadHashOf, rebuildSteps } from './rebuild.ts'
import { refuse } from './refusals.ts'
import type { ReplayCheck } from './replay.ts'
import { AFTER_SIGNATURE, applyChecks, BEFORE_LOOKUP, BEFORE_SIGNATURE } from './rules.ts'
import { matchSignature } from './signature.ts'
import { matchAlike, nobodysKey, refuseUnknownKey } from './unknown-key.ts'
import { Verified, type VerifiedRequest } from './verified-request.ts'
import type { SettledRules } from './verifier-options.ts'

/** What all verifications of a verifier share. */
export interface VerifierParts<P> {
  readonly rules: SettledRules
  readonly secrets: SecretsLookup<P>
  /** Longest body that is taken, in bytes. */
  readonly maxBytes: number
  /** Bytes of a body that are held back until its hash is known. */
  readonly maxBufferedBody: number
  readonly cache: SigningKeyCache<VerifyingKey>
  readonly checkReplay: ReplayCheck | undefined
  readonly eventStreams: EventStreams | undefined
}

/** A value, or the promise of one where it has to be waited for. */
export type Eventual<T> = T | Promise<T>

/** What the signature has proved. */
interface Proof<P> {
  readonly owner: Found<P>
  readonly match: MatchedKey
  readonly stringToSign: string
}

const NO_BODY = new Uint8Array()

/** A verification under way. */
export class Verification<P> {
  readonly #parts: VerifierParts<P>
  readonly #context: CheckContext
  #message: RequestMessage

  constructor(parts: VerifierParts<P>, message: RequestMessage) {
    this.#parts = parts
    this.#message = message
    this.#context = { rules: parts.rules, now: parts.rules.now(), protocol: message.protocol }
  }

  /** @throws {@link VerificationError} at once, or by the promise */
  start(): Eventual<VerifiedRequest<P>> {
    const { rules } = this.#parts
    const read = readMessage(this.#message, rules.limits)
    if (this.#message.body === undefined || !mayBeSignedInForm(read, rules)) return this.#checkHead(read)
    const maxBytes = this.#maxWhole()
    assertLength(read, maxBytes)
    return readWholeBody(this.#message, { maxBytes }).then((form) => {
      this.#message = { ...this.#message, body: form }
      return this.#checkHead(read, form)
    })
  }

  #checkHead(read: ReadMessage, form?: Uint8Array): Eventual<VerifiedRequest<P>> {
    const { rules, secrets } = this.#parts
    const claim = readClaim(read, rules, this.#context.now, form)
    applyChecks(BEFORE_LOOKUP, claim, this.#context)
    const found = secrets(claim.accessKeyId, hintsOf(claim))
    if (!isPromise(found)) return this.#checkKey(claim, found)
    // What a database gives may have a `then` and be no Promise; nobody may take it for a result.
    return Promise.resolve(found).then((key) => this.#checkKey(claim, key))
  }

  #checkKey(claim: Claim, found: Found<P> | undefined): Eventual<VerifiedRequest<P>> {
    if (!found && !this.#parts.rules.hideUnknownKeys) {
      throw refuseUnknownKey(claim, rebuildSteps(claim, payloadHashOf(claim.payload, NO_BODY)))
    }
    applyChecks(BEFORE_SIGNATURE, claim, this.#context)
    if (claim.payload.kind !== 'computed' || this.#message.body === undefined) {
      return this.#checkSignature(claim, found, expectedBody(claim, this.#parts.maxBytes))
    }
    const expected = expectedBody(claim, this.#maxWhole())
    // Nothing is read for the sake of a head that no good body can follow. Elsewhere the signature comes first.
    const digests = readDigests(claim, this.#parts.rules.verifyDigests)
    return readWholeBody(this.#message, expected).then((whole) =>
      this.#checkSignature(claim, found, { ...expected, digests }, whole),
    )
  }

  #checkSignature(
    claim: Claim,
    found: Found<P> | undefined,
    expected: ExpectedBody,
    whole?: Uint8Array,
  ): Eventual<VerifiedRequest<P>> {
    const steps = rebuildSteps(claim, payloadHashOf(claim.payload, whole ?? NO_BODY))
    const { rules, cache } = this.#parts
    const owner = found ?? nobodysKey()
    const match = rules.hideUnknownKeys
      ? matchAlike(claim, found, cache, steps)
      : matchSignature(claim, owner, cache, steps)
    // Only its owner learns that a key is past its end.
    checkKeyLife(owner, claim, this.#context.now)
    const token = checkToken(owner, claim)
    const proof = { owner, match, stringToSign: steps.stringToSign }
    if (!token) return this.#checkRest(claim, proof, expected, whole)
    return token.then(() => this.#checkRest(claim, proof, expected, whole))
  }

  #checkRest(
    claim: Claim,
    proof: Proof<P>,
    expected: ExpectedBody,
    whole: Uint8Array | undefined,
  ): Eventual<VerifiedRequest<P>> {
    applyChecks(AFTER_SIGNATURE, claim, this.#context)
    const body = whole ? wholeBody(whole, expected.digests) : this.#checkBody(claim, proof, expected)
    return isPromise(body)
      ? body.then((checked) => this.#letIn(claim, proof, checked))
      : this.#letIn(claim, proof, body)
  }

  /** The replay guard is last of all, so that nobody can use a request up with a body that is not its own. */
  #letIn(
    claim: Claim,
    { owner, match, stringToSign }: Proof<P>,
    body: CheckedBody,
  ): Eventual<VerifiedRequest<P>> {
    const { rules, checkReplay } = this.#parts
    const verified = new Verified(claim, owner, body, match)
    if (!checkReplay) return verified
    return checkReplay(claim, stringToSign, { ...this.#context, now: rules.now() }).then(() => verified)
  }

  #checkBody(claim: Claim, { owner, match }: Proof<P>, expected: ExpectedBody): Eventual<CheckedBody> {
    const { rules, eventStreams, maxBytes, maxBufferedBody } = this.#parts
    const digests = readDigests(claim, rules.verifyDigests)
    if (claim.payload.kind !== 'streaming') {
      const all = digests.length > 0 ? { ...expected, digests } : expected
      return checkBody(this.#message, all, maxBufferedBody)
    }
    if (eventStreams?.isAnnounced(claim.payload.keyword, claim.algorithm.name)) {
      // Nobody could know the digest of events that are still to come.
      if (digests.length > 0) throw refuse('PAYLOAD_MODE_UNSUPPORTED', 'Signed events have no digest of all')
      const findOwner = async (ofDay: Claim): Promise<Found> => this.#findOwner(ofDay)
      const start = { ...this.#parts, message: this.#message, claim, found: owner, findOwner }
      return { payload: 'pending', isPending: true, body: eventStreams.read(start) }
    }
    return checkChunkedBody(this.#message, claim, match, {
      rules: rules.streaming,
      maxBytes,
      maxBufferedBody,
      digests,
    })
  }

  /** The key of a claim whose day is another one than that of the request. */
  async #findOwner(claim: Claim): Promise<Found<P>> {
    const { rules, secrets } = this.#parts
    const found = await secrets(claim.accessKeyId, hintsOf(claim))
    if (!found) throw refuseUnknownKey(claim, rebuildSteps(claim, payloadHashOf(claim.payload, NO_BODY)))
    checkKeyLife(found, claim, rules.now())
    return found
  }

  /** Longest body that is read whole: no longer than what is buffered, either. */
  #maxWhole(): number {
    return Math.min(this.#parts.maxBytes, this.#parts.maxBufferedBody)
  }
}

function isPromise<T>(value: Eventual<T>): value is Promise<T> {
  return typeof (value as { then?: unknown } | undefined)?.then === 'function'
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield bytes
}

/** A body that is signed, now that the signature is known to be good. */
function wholeBody(bytes: Uint8Array, digests: readonly ExpectedDigest[] = []): CheckedBody {
  assertDigests(bytes, digests)
  return { payload: 'verified', isPending: false, body: once(bytes) }
}
