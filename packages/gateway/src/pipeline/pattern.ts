/**
 * Patterns of hosts and paths, in which `*` stands for any run of characters.
 *
 * @module
 */

/** Tests a text. */
export type Matcher = (text: string) => boolean

/** A test for several patterns; without any, everything passes. */
export function matcherOf(patterns: readonly string[], flags = ''): Matcher {
  if (patterns.length === 0) return () => true
  const sources = patterns.map((pattern) =>
    pattern.replace(/[\\^$.*+?()[\]{}|]/g, (sign) => (sign === '*' ? '.*' : `\\${sign}`)),
  )
  const expression = new RegExp(`^(?:${sources.join('|')})$`, flags)
  return (text) => expression.test(text)
}
