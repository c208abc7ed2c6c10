/**
 * One attempt to have a signed request answered, and what its answer means for the next: again, elsewhere, or with
 * the upstream's clock.
 *
 * @module
 */
import type { IncomingHttpHeaders } from 'node:http'
import { readErrorAnswer } from 'countersign/aws-error'
import type { Signed, UpstreamRefusal } from './exchange.ts'
import type { Watch } from './response-relay.ts'
import type { Destination } from './sign.ts'

/** What may still be done after this attempt. */
export interface Chances {
  readonly mayRepeat: boolean
  readonly mayCorrectClock: boolean
  /** Whether the upstream's clock has not been looked at of late. */
  readonly wantsClock: boolean
  /** Where a redirect with this status leads; `undefined` where it is the client's to follow. */
  redirect(status: number, location: string): Destination | undefined
}

/** What is to be done after an answer that was kept back. */
export type Verdict =
  | {
      readonly kind: 'repeat'
      /** Milliseconds that the upstream wants to be left alone. */ readonly wait: number
    }
  | { readonly kind: 'redirect'; readonly destination: Destination }
  | {
      readonly kind: 'clock'
      /** Milliseconds that the upstream's clock is ahead. */ readonly offset: number
    }

/** Statuses of upstreams that may do better soon. */
const PASSING: ReadonlySet<number> = new Set([429, 500, 502, 503, 504])
const REFUSED: ReadonlySet<number> = new Set([400, 401, 403])
/** Services take five minutes or more. */
const TOLERATED = 4 * 60_000
/** What is read of a refusal for its code. */
const REFUSAL_BYTES = 16 * 1024
const LONGEST_WAIT = 20_000

/** Kinds of errors that are about the signature; others are told to the client and leave us alone. */
const OF_SIGNATURE: ReadonlySet<string> = new Set(['signature', 'clock', 'expired'])

/** A request as it was sent. */
export interface Sending extends Pick<UpstreamRefusal, 'message' | 'credentials'> {
  readonly signed: Signed
}

/** Looks on at one answer. */
export class Attempt implements Watch {
  verdict: Verdict | undefined
  /** Of the upstream's clock, in milliseconds, ahead of ours. */
  offset: number | undefined
  readonly #sending: Sending
  readonly #chances: Chances
  #refusal: Pick<UpstreamRefusal, 'status' | 'headers'> | undefined
  #chunks: Buffer[] | undefined
  #bytes = 0

  constructor(sending: Sending, chances: Chances) {
    this.#sending = sending
    this.#chances = chances
  }

  begin(status: number, headers: IncomingHttpHeaders): boolean {
    const { signed } = this.#sending
    signed.requestId = textOf(
      headers['x-amzn-requestid'] ?? headers['x-amz-request-id'] ?? headers['x-amz-apigw-id'],
    )
    const wait = headers['retry-after']
    const { date, location, age } = headers
    // An answer out of a cache has the clock of another time.
    if (date !== undefined && age === undefined && (status >= 400 || this.#chances.wantsClock)) {
      this.offset = Date.parse(date) - Date.now()
    }
    if (status < 300) return false
    this.verdict = this.#judge(status, wait === undefined ? 0 : secondsOf(wait) * 1000, location)
    if (!REFUSED.has(status) || this.verdict) return this.verdict !== undefined
    this.#refusal = { status, headers }
    if (headers['content-encoding'] === undefined) this.#chunks = []
    return false
  }

  data(chunk: Buffer): void {
    if (!this.#chunks || this.#bytes > REFUSAL_BYTES) return
    this.#chunks.push(chunk)
    this.#bytes += chunk.length
  }

  /** Reads the code of a refusal that was handed on, and keeps it where the signature was refused. */
  finish(): void {
    if (!this.#refusal) return
    const { signed, message, credentials } = this.#sending
    const body = Buffer.concat(this.#chunks ?? [])
    const { code, kind } = readErrorAnswer({ ...this.#refusal, body })
    signed.cause = code?.slice(0, 64) ?? 'unknown'
    if (OF_SIGNATURE.has(kind)) signed.refusal = { ...this.#refusal, message, credentials, body }
  }

  #judge(status: number, wait: number, location: string | undefined): Verdict | undefined {
    const { mayRepeat, mayCorrectClock } = this.#chances
    if (PASSING.has(status) && mayRepeat && wait <= LONGEST_WAIT) return { kind: 'repeat', wait }
    const destination = location && this.#chances.redirect(status, location)
    if (destination) return { kind: 'redirect', destination }
    const offset = this.offset ?? 0
    if (REFUSED.has(status) && mayCorrectClock && Math.abs(offset) > TOLERATED)
      return { kind: 'clock', offset }
    return undefined
  }
}

function textOf(value: string | string[] | undefined): string | undefined {
  return (Array.isArray(value) ? value[0] : value)?.slice(0, 128)
}

function secondsOf(value: string): number {
  return /^\d{1,6}$/.test(value) ? Number(value) : Math.max(0, (Date.parse(value) - Date.now()) / 1000) || 0
}
