/**
 * The proof of an event stream: the date and the signature of each message, in their chain.
 *
 * @module
 */
import { formatAmzDate, isWritable } from '../core/amz-date.ts'
import { hexOf } from '../core/bytes.ts'
import type { SigningKeyCache } from '../keys/signing-key-cache.ts'
import type { VerifyingKey } from '../keys/verifying-key.ts'
import { skewOf, type CheckContext } from '../verify/checks/check.ts'
import type { Claim } from '../verify/claim.ts'
import { findKey, type Found } from '../verify/found-key.ts'
import { checkKeyLife } from '../verify/key-state.ts'
import { refuse } from '../verify/refusals.ts'
import type { SettledRules } from '../verify/verifier-options.ts'
import { encodeHeaders } from './encode-headers.ts'
import { buildEventStringToSign, DATE_HEADER, SIGNATURE_HEADER } from './event-chain.ts'
import type { EventMessage } from './event-message.ts'

/** What a stream was begun with, and what its messages are checked by. */
export interface ProofStart {
  readonly claim: Claim
  readonly found: Found
  readonly cache: SigningKeyCache<VerifyingKey>
  readonly rules: SettledRules
  /** Asks for the key anew, for another day. */
  findOwner(claim: Claim, context: CheckContext): Promise<Found>
}

/** What an outer message says about its own signature. */
interface EventClaim {
  readonly date: Date
  readonly signature: string
}

/** Proves the messages of one stream, in their order. */
export class EventProof {
  readonly #start: ProofStart
  /** The claim of the request with the scope of the last message's day. */
  #claim: Claim
  #found: Found
  #previous: string
  #count = 0

  constructor(start: ProofStart) {
    this.#start = start
    this.#claim = start.claim
    this.#found = start.found
    this.#previous = start.claim.signature
  }

  /**
   * Checks an outer message.
   *
   * @throws {@link VerificationError} `CHUNK_MALFORMED`, `CLOCK_SKEWED`, `KEY_EXPIRED`, `KEY_UNKNOWN`,
   *   `CHUNK_SIGNATURE_MISMATCH`
   */
  async check(message: EventMessage): Promise<void> {
    this.#count += 1
    const { date, signature } = readEventClaim(message, this.#count)
    await this.#enterDay(date)
    const { algorithm, scopeText, accessKeyId } = this.#claim
    const place = {
      algorithm: algorithm.name,
      amzDate: formatAmzDate(date),
      scopeText,
      previous: this.#previous,
    }
    const text = buildEventStringToSign(place, encodeHeaders([[DATE_HEADER, date]]), message.payload)
    const isSigned = findKey(this.#found, this.#claim, this.#start.cache, text, signature)
    if (!isSigned) {
      throw refuse(
        'CHUNK_SIGNATURE_MISMATCH',
        `Event ${this.#count}, or one before it, is not as it was signed`,
        {
          accessKeyId,
          signatureProvided: signature,
          chunk: String(this.#count),
        },
      )
    }
    this.#previous = signature
  }

  /** Checks the date of a message, and has the key of its day at hand. */
  async #enterDay(date: Date): Promise<void> {
    const { rules, findOwner } = this.#start
    const context = { rules, now: rules.now(), protocol: undefined }
    this.#checkSkew(date, context)
    const day = formatAmzDate(date).slice(0, 8)
    const { scope, scopeText } = this.#claim
    if (day === scope.date) return checkKeyLife(this.#found, this.#claim, context.now)
    const claim = { ...this.#claim, scope: { ...scope, date: day }, scopeText: day + scopeText.slice(8) }
    this.#found = await findOwner(claim, context)
    this.#claim = claim
  }

  #checkSkew(date: Date, context: CheckContext): void {
    const most = skewOf(this.#claim, context)
    const skew = context.now.getTime() - date.getTime()
    if (Math.abs(skew) <= most) return
    const [requestTime, serverTime] = [formatAmzDate(date), formatAmzDate(context.now)]
    const message = `Event ${this.#count} is dated ${requestTime}, here it is ${serverTime}`
    throw refuse('CLOCK_SKEWED', message, {
      requestTime,
      serverTime,
      limit: formatAmzDate(new Date(context.now.getTime() - Math.sign(skew) * most)),
      direction: skew > 0 ? 'past' : 'future',
      maxAllowedSkewMilliseconds: String(most),
    })
  }
}

/** Reads the headers of an outer message: a date and a signature, and nothing that would not be signed. */
function readEventClaim({ headers }: EventMessage, count: number): EventClaim {
  const date = headers.get(DATE_HEADER)
  const signature = headers.get(SIGNATURE_HEADER)
  const isDated = date instanceof Date && isWritable(date)
  if (headers.size === 2 && isDated && signature instanceof Uint8Array) {
    return { date, signature: hexOf(signature) }
  }
  throw refuse(
    'CHUNK_MALFORMED',
    `Event ${count} needs the headers :date and :chunk-signature, and no others`,
  )
}
