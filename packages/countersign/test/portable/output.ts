/**
 * What a case gave back, as a text that is the same wherever the same came out.
 *
 * @module
 */
import { CountersignError } from 'countersign/errors'

const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')

/** Bytes as hex, maps as lists of pairs; what JSON would drop in silence is named. */
function replace(this: unknown, _key: string, value: unknown): unknown {
  if (value instanceof Uint8Array) return `bytes ${hex(value)}`
  if (value instanceof Map) return ['map', ...(value as Map<unknown, unknown>)]
  if (typeof value === 'bigint' || typeof value === 'function') return `${typeof value} ${String(value)}`
  return value
}

/** The text. */
export function describeOutput(output: unknown): string {
  if (output === undefined) throw new Error('The case gave nothing back, which proves nothing')
  return JSON.stringify(output, replace)
}

/** What a call gives back, or the code and message of the typed error that it throws. */
export async function outcomeOf(call: () => unknown): Promise<unknown> {
  try {
    return await call()
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error
    return { error: error.name, code: error.code, message: error.message }
  }
}

/** Fails unless two texts are equal. */
export function expectEqual(actual: unknown, expected: unknown, what: string): void {
  const [given, wanted] = [describeOutput(actual), describeOutput(expected)]
  if (given !== wanted) throw new Error(`${what}: ${given}, and not ${wanted}`)
}

/** All bytes of a body together. */
export async function collect(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  const whole = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.length, 0))
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.length
  }
  return whole
}

/** UTF-8 of a text. */
export const utf8 = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text)

/** A text of UTF-8. */
export const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)
