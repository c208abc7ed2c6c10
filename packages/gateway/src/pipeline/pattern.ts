/**
 * Patterns of hosts and paths, in which `*` stands for any run of characters.
 *
 * @module
 */

/** Tests a text. */
export type Matcher = (text: string) => boolean

/** A test for several patterns; without any, everything passes. */
export function matcherOf(patterns: readonly string[]): Matcher {
  if (patterns.length === 0) return () => true
  const tests = patterns.map(testOf)
  return (text) => tests.some((test) => test(text))
}

/** Looks for each piece once, from left to right: a regular expression would try all ways to lay a long text out. */
function testOf(pattern: string): Matcher {
  const [first = '', ...inner] = pattern.split('*')
  const last = inner.pop()
  if (last === undefined) return (text) => text === pattern
  return (text) => {
    if (!text.startsWith(first)) return false
    let at = first.length
    for (const piece of inner) {
      const found = text.indexOf(piece, at)
      if (found < 0) return false
      at = found + piece.length
    }
    return text.length - last.length >= at && text.endsWith(last)
  }
}
