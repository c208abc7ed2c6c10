/**
 * What is counted while requests go by.
 *
 * @module
 */

/** What is known of the outside. */
export interface Surroundings {
  /** Seconds until the credentials end, by profile; none for credentials that do not end. */
  expiries(): Iterable<readonly [profile: string, seconds: number]>
  /** Seconds that the clocks of upstreams are ahead of ours. */
  offsets(): Iterable<readonly [host: string, seconds: number]>
}

/** Upper bounds of the durations that are told apart, in seconds. */
export const BOUNDS: readonly number[] = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
]
/** Answers of one kind. */
export interface Answered {
  readonly service: string
  readonly region: string
  readonly code: string
  count: number
}

/** The figures as they are read. */
export interface Figures extends Surroundings {
  readonly answered: Iterable<Answered>
  /** Refused signatures by cause. */
  readonly refusals: Iterable<readonly [cause: string, count: number]>
  /** Exchanges by duration; the last is for those above all bounds. */
  readonly durations: readonly number[]
  /** Of all exchanges together. */
  readonly seconds: number
  readonly inFlight: number
  readonly attempts: number
  readonly bytesIn: number
  readonly bytesOut: number
}
