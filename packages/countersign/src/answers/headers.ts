/**
 * The headers of an answer, in whichever form a client hands them over.
 *
 * @module
 */

/** Headers as `Headers`, a `Map`, a list of pairs, or an object whose values may be lists. */
export type AnswerHeaders =
  | Iterable<readonly [name: string, value: string]>
  | { readonly [name: string]: unknown }

/** Finds the value of a header by its name in lower case; of several the first. */
export type HeaderReader = (name: string) => string | undefined

/** Makes what finds headers; names are compared without regard to case. */
export function readAnswerHeaders(headers: AnswerHeaders | undefined): HeaderReader {
  const found = new Map<string, string>()
  const pairs: Iterable<readonly [string, unknown]> =
    typeof headers !== 'object' || headers === null
      ? []
      : Symbol.iterator in headers
        ? (headers as Iterable<readonly [string, unknown]>)
        : Object.entries(headers)
  for (const [name, given] of pairs) {
    const value: unknown = Array.isArray(given) ? given[0] : given
    const key = String(name).toLowerCase()
    const isText = typeof value === 'string' || typeof value === 'number'
    if (isText && !found.has(key)) found.set(key, String(value))
  }
  return (name) => found.get(name)
}
