/**
 * Colour, where a terminal shows it and nobody asked for none: `--color`, `NO_COLOR`, `CLICOLOR_FORCE`, `TERM=dumb`.
 *
 * @see {@link https://no-color.org}
 * @module
 */
import { isTerminal, type Channel } from './standard-output.ts'

/** When to colour. */
export type ColorChoice = 'auto' | 'always' | 'never'

const CODES: ReadonlyMap<string, number> = new Map([
  ['red', 31],
  ['green', 32],
  ['yellow', 33],
])

/** Whether to colour what is written. */
export function isColorful(channel: Channel, choice: ColorChoice = 'auto'): boolean {
  const { NO_COLOR, CLICOLOR_FORCE, TERM } = process.env
  if (choice !== 'auto') return choice === 'always'
  if (NO_COLOR) return false
  if (CLICOLOR_FORCE && CLICOLOR_FORCE !== '0') return true
  return isTerminal(channel) && TERM !== 'dumb'
}

/** Wraps a text in a colour. */
export function paint(text: string, color: 'red' | 'green' | 'yellow', isOn: boolean): string {
  return isOn ? `\u001B[${CODES.get(color)}m${text}\u001B[0m` : text
}
