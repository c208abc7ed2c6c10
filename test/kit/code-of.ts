/**
 * What a refusal is told by: its stable code.
 *
 * @module
 */
import { CountersignError } from '../../packages/countersign/src/errors.ts'

/** The code of the error with which a call ends; nothing where it ends well. Any other error is thrown on. */
export function codeOf(act: () => unknown): string | undefined {
  try {
    act()
  } catch (error) {
    return codeOfError(error)
  }
  return undefined
}

/** The same of what ends later. */
export async function codeOfPromise(promise: Promise<unknown>): Promise<string | undefined> {
  return promise.then(() => undefined, codeOfError)
}

function codeOfError(error: unknown): string {
  if (error instanceof CountersignError) return error.code
  throw error
}
