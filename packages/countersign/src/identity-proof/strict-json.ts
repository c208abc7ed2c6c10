/**
 * JSON as two readers cannot understand it differently: one object, no member twice.
 *
 * @module
 */

/** An object of JSON. */
export type JsonObject = Readonly<Record<string, unknown>>

// A string, and the colon that in JSON makes it the name of a member.
const STRING = /"(?:[^"\\]|\\.)*"(\s*:)?/g

/** Reads an object; `undefined` for anything else. */
export function parseStrictObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text)
    const names = [...text.matchAll(STRING)].filter(([, colon]) => colon !== undefined)
    // JSON.parse keeps the last of equal members without a word.
    return isObject(value) && countMembers(value) === names.length ? value : undefined
  } catch {
    return undefined
  }
}

/** Whether a value is an object that is no list. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function countMembers(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  const own = Array.isArray(value) ? 0 : Object.keys(value).length
  return Object.values(value).reduce((sum: number, member) => sum + countMembers(member), own)
}
