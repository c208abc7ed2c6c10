/**
 * Progress of long transfers, for people: on stderr, at a terminal, after a second and a MiB.
 *
 * @module
 */

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
  let isWritten = false
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
        isWritten = true
        process.stderr.write(`\r\u001B[K${formatProgress(what, bytes, total, now - start)}`)
      }
    },
    clear() {
      if (isWritten) process.stderr.write('\r\u001B[K')
      isWritten = false
    },
  }
}

/** One line: `uploading 12.5 MiB of 64.0 MiB (19 %), 3.1 MiB/s`. */
export function formatProgress(
  what: string,
  bytes: number,
  total: number | undefined,
  milliseconds: number,
): string {
  const share = total ? ` of ${mebibytes(total)} (${Math.floor((bytes / total) * 100)} %)` : ''
  return `${what} ${mebibytes(bytes)}${share}, ${mebibytes((bytes / milliseconds) * 1000)}/s`
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`
}
