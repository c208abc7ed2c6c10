/**
 * The figures as Prometheus reads them.
 *
 * @module
 */
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { BOUNDS, type Figures } from './figures.ts'

const PREFIX = 'countersign_'

/** What each metric of the client's wants. */
interface Named {
  readonly name: string
  readonly help: string
  readonly registers: Registry[]
}

/** Makes a register that looks at the figures whenever it is read. */
export function createRegister(look: () => Figures): Registry {
  const register = new Registry()
  const named = (name: string, help: string): Named => ({ name: PREFIX + name, help, registers: [register] })
  addAnswers(named, look)
  void new Durations(named('request_duration_seconds', 'How long exchanges took'), look)
  addCount(
    named('upstream_attempts_total', 'Signed requests that were sent, retries included'),
    () => look().attempts,
  )
  addCount(named('request_bytes_total', 'Bytes of bodies from clients'), () => look().bytesIn)
  addCount(named('response_bytes_total', 'Bytes of bodies to clients'), () => look().bytesOut)
  addGauges(named, look)
  return register
}

function addAnswers(named: (name: string, help: string) => Named, look: () => Figures): void {
  void new Counter({
    ...named('requests_total', 'Exchanges by what they were signed for and by status; 000 without an answer'),
    labelNames: ['service', 'region', 'code'],
    collect() {
      this.reset()
      for (const { count, ...labels } of look().answered) this.inc(labels, count)
    },
  })
  void new Counter({
    ...named('signature_refusals_total', 'Refused signatures, those of clients and ours, by cause'),
    labelNames: ['cause'],
    collect() {
      this.reset()
      for (const [cause, count] of look().refusals) this.inc({ cause }, count)
    },
  })
}

function addCount(named: Named, read: () => number): void {
  void new Counter({
    ...named,
    collect() {
      this.reset()
      this.inc(read())
    },
  })
}

function addGauges(named: (name: string, help: string) => Named, look: () => Figures): void {
  void new Gauge({
    ...named('requests_in_flight', 'Exchanges under way'),
    collect() {
      this.set(look().inFlight)
    },
  })
  void new Gauge({
    ...named('credential_expiry_seconds', 'Seconds until the credentials end'),
    labelNames: ['profile'],
    collect() {
      this.reset()
      for (const [profile, seconds] of look().expiries()) this.set({ profile }, seconds)
    },
  })
  void new Gauge({
    ...named('clock_offset_seconds', 'Seconds that the clock of an upstream is ahead of ours'),
    labelNames: ['host'],
    collect() {
      this.reset()
      for (const [host, seconds] of look().offsets()) this.set({ host }, seconds)
    },
  })
}

/** A histogram of what was counted before anybody asked. */
class Durations extends Histogram {
  readonly #named: Named
  readonly #look: () => Figures

  constructor(named: Named, look: () => Figures) {
    super({ ...named, buckets: [...BOUNDS] })
    this.#named = named
    this.#look = look
  }

  /** What the client's register asks for. */
  async getForPromString(): Promise<object> {
    const { name, help } = this.#named
    const { durations, seconds } = this.#look()
    let count = 0
    const buckets = [...BOUNDS, '+Inf'].map((le, index) => {
      count += durations[index] ?? 0
      return { value: count, labels: { le }, metricName: `${name}_bucket` }
    })
    const sums = [
      { value: seconds, labels: {}, metricName: `${name}_sum` },
      { value: count, labels: {}, metricName: `${name}_count` },
    ]
    return { name, help, type: 'histogram', values: [...buckets, ...sums], aggregator: 'sum' }
  }
}
