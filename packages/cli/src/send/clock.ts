/**
 * The clock that requests of one run are signed by: that of this computer, a fixed one, or one that is as far off as a
 * server's is.
 *
 * @module
 */
import { CommandError } from '../frame/command-error.ts'
import type { Output } from '../frame/output.ts'
import { formatDuration } from '../frame/times.ts'
import type { SendFlags } from './send-flags.ts'

/** A clock. */
export interface SigningClock {
  /** The time to sign with; absent where it is that of the clock. */
  now(): Date | undefined
  /**
   * Sets the clock by a server's, once, where that was asked for.
   *
   * @returns whether it did, so that the request can be signed again
   */
  correct(serverTime: Date | undefined): boolean
}

/**
 * Makes the clock that the flags ask for.
 *
 * @throws {@link CommandError} `USAGE`
 */
export function createClock(
  { at, clockOffset }: Pick<SendFlags, 'at' | 'clockOffset'>,
  output: Output,
): SigningClock {
  if (at !== undefined && clockOffset !== undefined) {
    throw new CommandError('USAGE', '--at and --clock-offset both set the clock', {
      why: 'a request has one date',
      fix: 'give one of them',
    })
  }
  // In milliseconds.
  let offset = typeof clockOffset === 'number' ? clockOffset * 1000 : 0
  let isSet = clockOffset !== 'auto'
  return {
    now: () => at ?? (offset === 0 ? undefined : new Date(Date.now() + offset)),
    correct(serverTime) {
      if (isSet || serverTime === undefined) return false
      isSet = true
      offset = serverTime.getTime() - Date.now()
      const span = formatDuration(Math.round(Math.abs(offset) / 1000))
      output.infer('clock', `${span} ${offset > 0 ? 'ahead' : 'behind'} of this computer's`, 'the server')
      return true
    },
  }
}
