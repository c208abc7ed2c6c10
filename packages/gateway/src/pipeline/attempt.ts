/**
 * One attempt to have a signed request answered, and what its answer means for the next: again, elsewhere, or with
 * the upstream's clock.
 *
 * @module
 */
import type { IncomingHttpHeaders } from 'node:http'
import type { Signed } from './exchange.ts'
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

const CODES: readonly RegExp[] = [
  /<Code>([\w.-]{1,64})<\/Code>/,
  /"(?:__type|code|Code)"\s*:\s*"(?:[\w.]{1,80}#)?([\w.-]{1,64})/,
]

/** Looks on at one answer. */
export class Attempt implements Watch {
  verdict: Verdict | undefined
  /** Of the upstream's clock, in milliseconds, ahead of ours. */
  offset: number | undefined
  readonly #signed: Signed
  readonly #chances: Chances
  #refusal: Buffer[] | undefined
  #refusalBytes = 0

  constructor(signed: Signed, chances: Chances) {
    this.#signed = signed
    this.#chances = chances
  }

  begin(status: number, headers: IncomingHttpHeaders): boolean {
    const signed = this.#signed
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
    signed.cause = textOf(headers['x-amzn-errortype'])?.split(/[:#]/, 1)[0]
    if (headers['content-encoding'] === undefined) this.#refusal = []
    return false
  }

  data(chunk: Buffer): void {
    if (!this.#refusal || this.#refusalBytes > REFUSAL_BYTES) return
    this.#refusal.push(chunk)
    this.#refusalBytes += chunk.length
  }

  /** Reads the code of a refusal that was handed on. */
  finish(): void {
    if (!this.#refusal) return
    const text = Buffer.concat(this.#refusal).toString('latin1')
    for (const code of CODES) this.#signed.cause ??= code.exec(text)?.[1]
    this.#signed.cause ??= 'unknown'
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
