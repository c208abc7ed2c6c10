/**
 * One line at the terminal that tells how far something has come. It is never wider than the terminal, since the rest
 * of it could not be taken away again.
 *
 * @module
 */

/** A line that is written over. */
export interface StatusLine {
  /** Puts a text in the place of the one before. */
  show(text: string): void
  /** Takes the line away. */
  clear(): void
}

/** Makes a line on stderr. */
export function createStatusLine(): StatusLine {
  let isShown = false
  return {
    show(text) {
      isShown = true
      process.stderr.write(`\r\u001B[K${text.slice(0, terminalWidth() - 1)}`)
    },
    clear() {
      if (isShown) process.stderr.write('\r\u001B[K')
      isShown = false
    },
  }
}

/** In characters; 80 where the terminal does not tell. */
export function terminalWidth(): number {
  return process.stderr.columns || 80
}

/**
 * A bar of a width, in characters, brackets included: `[#####-----]`. Nothing where it would say nothing.
 *
 * @param share from 0 to 1
 */
export function formatBar(share: number, width: number): string {
  if (width < 12) return ''
  const length = width - 2
  const full = Math.min(length, Math.floor(share * length))
  return `[${'#'.repeat(full)}${'-'.repeat(length - full)}]`
}
