/**
 * Fetches what the suite is given, from the server that served the page.
 *
 * @module
 */
import type { Inputs } from '../inputs.ts'

/** The inputs. */
export async function readInputs(): Promise<Inputs> {
  const response = await fetch('/inputs.json')
  return (await response.json()) as Inputs
}
