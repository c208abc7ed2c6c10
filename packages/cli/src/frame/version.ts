/**
 * The version of the command.
 *
 * @module
 */
import { readFileSync } from 'node:fs'

/** The version of the package, whose manifest is two folders up from here, and from the bundle of this module. */
export function readVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
