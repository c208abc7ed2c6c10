/**
 * The clock of those who set none.
 *
 * @module
 */

/** Now. */
export function systemClock(): Date {
  return new Date()
}
