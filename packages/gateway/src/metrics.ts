/**
 * Figures for Prometheus: what was answered, what was refused and why, how long it took, and whether credentials and
 * clock will do. They are plain numbers, and take Prometheus' form when somebody asks for them, which is when its client
 * is loaded: it takes mebibytes, and its counters take microseconds of each request.
 *
 * @module
 */
import type { Registry } from 'prom-client'
import { BOUNDS, type Answered, type Figures, type Surroundings } from './figures.ts'
import { wasAnswered, type Exchange } from './pipeline/exchange.ts'

/** Causes come from outside, and regions where all are served: neither must fill the memory. */
const CAUSES = 100
const SCOPES = 1000
const OTHER = 'other'

/** The figures. */
export class Metrics {
  readonly #surroundings: Surroundings
  readonly #answered = new Map<string, Answered>()
  readonly #refusals = new Map<string, number>()
  /** Of durations; the last is for those above all bounds. */
  readonly #durations = Array.from({ length: BOUNDS.length + 1 }, () => 0)
  #seconds = 0
  #inFlight = 0
  #attempts = 0
  #bytesIn = 0
  #bytesOut = 0
  #register: Promise<Registry> | undefined

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings
  }

  /** Counts an exchange that begins. */
  begin(): void {
    this.#inFlight += 1
  }

  /** Counts an exchange that is over. */
  end(exchange: Exchange): void {
    const { signed, caller, response, startedAt } = exchange
    const refusal = exchange.refusal ?? (signed?.refusal && signed.cause)
    const { service = '', region = '' } = signed?.target ?? caller ?? {}
    // One that was broken off before it was answered.
    const code = wasAnswered(response) ? String(response.statusCode) : '000'
    this.#answer(service, region, code)
    if (refusal !== undefined) this.#refuse(refusal)
    this.#time((performance.now() - startedAt) / 1000)
    this.#inFlight -= 1
    this.#attempts += signed?.attempts ?? 0
    this.#bytesIn += exchange.bytesIn
    this.#bytesOut += exchange.bytesOut
  }

  #answer(service: string, region: string, code: string): void {
    const key = `${service} ${region} ${code}`
    const known = this.#answered.get(key)
    if (known) known.count += 1
    else if (this.#answered.size < SCOPES || service === OTHER)
      this.#answered.set(key, { service, region, code, count: 1 })
    else this.#answer(OTHER, OTHER, code)
  }

  #refuse(refusal: string): void {
    const cause = this.#refusals.size < CAUSES || this.#refusals.has(refusal) ? refusal : OTHER
    this.#refusals.set(cause, (this.#refusals.get(cause) ?? 0) + 1)
  }

  #time(seconds: number): void {
    let at = 0
    while (at < BOUNDS.length && seconds > BOUNDS[at]!) at += 1
    this.#durations[at]! += 1
    this.#seconds += seconds
  }

  /** Writes them in Prometheus' form. */
  async read(): Promise<{ readonly contentType: string; readonly text: string }> {
    this.#register ??= import('./prometheus.ts').then(({ createRegister }) =>
      createRegister(() => this.#look()),
    )
    const register = await this.#register
    return { contentType: register.contentType, text: await register.metrics() }
  }

  #look(): Figures {
    const { expiries, offsets } = this.#surroundings
    return {
      expiries,
      offsets,
      answered: this.#answered.values(),
      refusals: this.#refusals,
      durations: this.#durations,
      seconds: this.#seconds,
      inFlight: this.#inFlight,
      attempts: this.#attempts,
      bytesIn: this.#bytesIn,
      bytesOut: this.#bytesOut,
    }
  }
}
