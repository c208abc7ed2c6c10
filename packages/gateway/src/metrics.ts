/**
 * Figures for Prometheus: what was answered, what was refused and why, how long it took, and whether credentials and
 * clock will do.
 *
 * @module
 */
import type { Registry } from 'prom-client'
import { wasAnswered, type Exchange } from './pipeline/exchange.ts'

/** What is known of the outside. */
export interface Surroundings {
  /** Seconds until the credentials end, by profile; none for credentials that do not end. */
  expiries(): Iterable<readonly [profile: string, seconds: number]>
  /** Seconds that the clocks of upstreams are ahead of ours. */
  offsets(): Iterable<readonly [host: string, seconds: number]>
}

/** The figures. */
export interface Metrics {
  begin(): void
  /** Counts an exchange that is over. */
  end(exchange: Exchange): void
  read(): Promise<{ readonly contentType: string; readonly text: string }>
}

/** In seconds. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
/** Causes come from outside, and must not fill the memory. */
const CAUSES = 100

interface Answered {
  readonly service: string
  readonly region: string
  readonly code: string
  count: number
}

/** Makes them; the client of Prometheus is loaded then, and not before. */
export async function createMetrics(surroundings: Surroundings): Promise<Metrics> {
  const { Registry: Figures, Histogram } = await import('prom-client')
  const register = new Figures()
  const counts: Counts = {
    answered: new Map(),
    refusals: new Map(),
    inFlight: 0,
    attempts: 0,
    bytesIn: 0,
    bytesOut: 0,
  }
  const durations = new Histogram({
    name: 'countersign_request_duration_seconds',
    help: 'How long exchanges took',
    buckets: BUCKETS,
    registers: [register],
  })
  await addCounts(register, counts)
  await addGauges(register, counts, surroundings)
  return {
    begin: () => void (counts.inFlight += 1),
    end(exchange) {
      count(counts, exchange)
      durations.observe((performance.now() - exchange.startedAt) / 1000)
    },
    read: async () => ({ contentType: register.contentType, text: await register.metrics() }),
  }
}

/** Plain numbers: a counter of the client's takes microseconds for each request. */
interface Counts {
  readonly answered: Map<string, Answered>
  readonly refusals: Map<string, number>
  inFlight: number
  attempts: number
  bytesIn: number
  bytesOut: number
}

function count(counts: Counts, exchange: Exchange): void {
  const { signed, caller, response, refusal = signed?.cause } = exchange
  const { service = '', region = '' } = signed?.target ?? caller ?? {}
  // One that was broken off before it was answered.
  const code = wasAnswered(response) ? String(response.statusCode) : '000'
  const key = `${service} ${region} ${code}`
  const known = counts.answered.get(key)
  if (known) known.count += 1
  else counts.answered.set(key, { service, region, code, count: 1 })
  if (refusal !== undefined) {
    const cause = counts.refusals.size < CAUSES || counts.refusals.has(refusal) ? refusal : 'other'
    counts.refusals.set(cause, (counts.refusals.get(cause) ?? 0) + 1)
  }
  counts.inFlight -= 1
  counts.attempts += signed?.attempts ?? 0
  counts.bytesIn += exchange.bytesIn
  counts.bytesOut += exchange.bytesOut
}

async function addCounts(register: Registry, counts: Counts): Promise<void> {
  const { Counter } = await import('prom-client')
  const registers = [register]
  const add = (name: string, help: string, read: () => number): unknown =>
    new Counter({
      name: `countersign_${name}`,
      help,
      registers,
      collect() {
        this.reset()
        this.inc(read())
      },
    })
  add('upstream_attempts_total', 'Signed requests that were sent, retries included', () => counts.attempts)
  add('request_bytes_total', 'Bytes of bodies from clients', () => counts.bytesIn)
  add('response_bytes_total', 'Bytes of bodies to clients', () => counts.bytesOut)
  void new Counter({
    name: 'countersign_requests_total',
    help: 'Exchanges by what they were signed for and by status; 000 for those without an answer',
    labelNames: ['service', 'region', 'code'],
    registers,
    collect() {
      this.reset()
      for (const { count: value, ...labels } of counts.answered.values()) this.inc(labels, value)
    },
  })
  void new Counter({
    name: 'countersign_signature_refusals_total',
    help: 'Refused signatures, those of clients and ours, by cause',
    labelNames: ['cause'],
    registers,
    collect() {
      this.reset()
      for (const [cause, value] of counts.refusals) this.inc({ cause }, value)
    },
  })
}

async function addGauges(
  register: Registry,
  counts: Counts,
  { expiries, offsets }: Surroundings,
): Promise<void> {
  const { Gauge } = await import('prom-client')
  const registers = [register]
  void new Gauge({
    name: 'countersign_requests_in_flight',
    help: 'Exchanges under way',
    registers,
    collect() {
      this.set(counts.inFlight)
    },
  })
  void new Gauge({
    name: 'countersign_credential_expiry_seconds',
    help: 'Seconds until the credentials end',
    labelNames: ['profile'],
    registers,
    collect() {
      this.reset()
      for (const [profile, seconds] of expiries()) this.set({ profile }, seconds)
    },
  })
  void new Gauge({
    name: 'countersign_clock_offset_seconds',
    help: 'Seconds that the clock of an upstream is ahead of ours',
    labelNames: ['host'],
    registers,
    collect() {
      this.reset()
      for (const [host, seconds] of offsets()) this.set({ host }, seconds)
    },
  })
}
