/**
 * How far the clock of this computer is from that of a server, by the `Date` of its answer.
 *
 * @module
 */
import { EXIT } from '../frame/exit-codes.ts'
import { formatDuration } from '../frame/times.ts'
import { fine, suspect, wrong, type Finding } from './finding.ts'

/** In seconds: what nobody minds, and what signatures are refused for. */
const [GOOD, REFUSED] = [60, 300]
/** Offsets of time zones are multiples of it, in seconds. */
const QUARTER = 900
/** How near to such a multiple a clock has to be, in seconds, to be taken for one of another zone. */
const NEAR = 90

/** A measurement: when the request left, when its answer was there, and what the server called that, in milliseconds. */
export interface ClockReading {
  readonly sent: number
  readonly received: number
  readonly date: string | null
}

/** What a clock that nobody measured is told as. */
export const UNMEASURED: Finding = {
  check: 'clock',
  state: 'unmeasured',
  message: 'not measured: a server has to be asked',
  fix: 'countersign doctor --clock https://sts.eu-west-1.amazonaws.com/',
}

/** Judges a measurement. A `Date` is cut off to its second. */
export function checkClock({ sent, received, date }: ClockReading, host: string): Finding {
  const server = Date.parse(date ?? '')
  if (Number.isNaN(server)) return { ...UNMEASURED, message: `not measured: ${host} tells no date` }
  const seconds = Math.round((server + 500 - (sent + received) / 2) / 1000)
  const off = Math.abs(seconds)
  if (off <= GOOD) return fine('clock', `${off} s from ${host}`)
  const side = seconds > 0 ? 'behind' : 'ahead of'
  const message = `${formatDuration(off)} ${side} ${host}`
  if (off < REFUSED) return suspect('clock', message, 'set the clock, and have it kept: NTP')
  const isZone = Math.abs(off - Math.round(off / QUARTER) * QUARTER) <= NEAR
  const fix = isZone
    ? 'set the time zone and then the clock: local time seems to be taken for UTC'
    : 'set the clock, and have it kept: NTP; after sleep restart WSL or the container host'
  return wrong('clock', message, fix, EXIT.clock)
}
