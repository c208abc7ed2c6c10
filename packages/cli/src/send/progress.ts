/**
 * Progress of long transfers, for people: on stderr, at a terminal, after a second and a MiB.
 *
 * @module
 */
import { createStatusLine, terminalWidth } from '../frame/status-line.ts'

/** In bytes, and in milliseconds. */
const [LEAST_BYTES, LEAST_TIME, INTERVAL] = [1024 * 1024, 1000, 200]

/** Follows what is going on. */
export interface Progress {
  /**
   * Begins something.
   *
   * @param total in bytes, when it is known
   * @returns what is to be told of every piece, in bytes
   */
  follow(what: string, total: number | undefined): (bytes: number) => void
  /** Takes the line away. */
  clear(): void
}

/** Makes a progress line. */
export function createProgress(isShown: boolean): Progress {
  const status = createStatusLine()
  return {
    follow(what, total) {
      if (!isShown) return () => {}
      const start = Date.now()
      let [bytes, last] = [0, start]
      return (more) => {
        bytes += more
        const now = Date.now()
        if (bytes < LEAST_BYTES || now - start < LEAST_TIME || now - last < INTERVAL) return
        last = now
        status.show(formatProgress(what, bytes, total, now - start, terminalWidth()))
      }
    },
    clear: status.clear,
  }
}

/** One line: `uploading 12.5 MiB of 64.0 MiB (19 %), 3.1 MiB/s`, without the speed where that does not fit. */
export function formatProgress(
  what: string,
  bytes: number,
  total: number | undefined,
  milliseconds: number,
  width: number,
): string {
  const share = total ? ` of ${mebibytes(total)} (${Math.floor((bytes / total) * 100)} %)` : ''
  const done = `${what} ${mebibytes(bytes)}${share}`
  const whole = `${done}, ${mebibytes((bytes / milliseconds) * 1000)}/s`
  return whole.length < width ? whole : done
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`
}
