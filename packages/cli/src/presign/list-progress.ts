/**
 * Progress of a long list, for people: on stderr, at a terminal that does not show the URLs themselves, after a second.
 *
 * @module
 */
import type { Output } from '../frame/output.ts'
import { createStatusLine, formatBar, terminalWidth } from '../frame/status-line.ts'

/** In milliseconds. */
const [LEAST_TIME, INTERVAL] = [1000, 200]

/** Follows a list. */
export interface ListProgress {
  /**
   * Tells what was read more.
   *
   * @param made how many URLs there are by now
   */
  add(bytes: number, made: number): void
  /** Takes the line away. */
  clear(): void
}

/**
 * Makes a progress line.
 *
 * @param total in bytes, when it is known
 */
export function createListProgress({ isJson, verbosity }: Output, total: number | undefined): ListProgress {
  const isShown = process.stderr.isTTY && !process.stdout.isTTY && !isJson && verbosity === 0
  const status = createStatusLine()
  const start = Date.now()
  let [read, last] = [0, start]
  return {
    add(bytes, made) {
      read += bytes
      const now = Date.now()
      if (!isShown || now - start < LEAST_TIME || now - last < INTERVAL) return
      last = now
      status.show(formatListProgress(made, total && read / total, now - start, terminalWidth()))
    },
    clear: status.clear,
  }
}

/** One line: `412000 URLs, 83000 a second, 41 % [####------]`. */
export function formatListProgress(
  made: number,
  share: number | undefined,
  milliseconds: number,
  width: number,
): string {
  const text = `${made} URLs, ${Math.round((made / milliseconds) * 1000)} a second`
  if (share === undefined) return text
  const whole = `${text}, ${Math.min(100, Math.floor(share * 100))} % `
  return whole + formatBar(share, Math.min(40, width - 1 - whole.length))
}
