/**
 * Sizes and durations as people write them: `5GiB`, `1 MiB`, `30s`, `5m`.
 *
 * @module
 */

/** Bytes, or a number with its unit. */
export const SIZE: RegExp = /^(\d+(?:\.\d+)?)(?: ?(B|[kKMGT]B|[KMGT]iB))?$/
/** Seconds, or a number with its unit. */
export const DURATION: RegExp = /^(\d+(?:\.\d+)?)(?: ?(ms|s|m|h|d))?$/

const BYTES = new Map([
  ['B', 1],
  ['kB', 1e3],
  ['KB', 1e3],
  ['MB', 1e6],
  ['GB', 1e9],
  ['TB', 1e12],
  ['KiB', 2 ** 10],
  ['MiB', 2 ** 20],
  ['GiB', 2 ** 30],
  ['TiB', 2 ** 40],
])
const SECONDS = new Map([
  ['ms', 0.001],
  ['s', 1],
  ['m', 60],
  ['h', 3600],
  ['d', 86_400],
])

/** Whole bytes of a text that {@link SIZE} matches; NaN for another. */
export function parseSize(text: string): number {
  const [, number, unit = 'B'] = SIZE.exec(text) ?? []
  return Math.round(Number(number) * (BYTES.get(unit) ?? Number.NaN))
}

/** Seconds of a text that {@link DURATION} matches; NaN for another. */
export function parseDuration(text: string): number {
  const [, number, unit = 's'] = DURATION.exec(text) ?? []
  return Number(number) * (SECONDS.get(unit) ?? Number.NaN)
}
