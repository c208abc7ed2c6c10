/**
 * Paths as most classes for URLs tidy them up.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc3986#section-5.2.4}
 * @module
 */

/** Takes dot segments out: a final one leaves its slash, and repeated slashes stay. */
export function removeDotSegments(path: string): string {
  const kept: string[] = []
  const segments = path.split('/').slice(1)
  for (const [index, segment] of segments.entries()) {
    const isLast = index === segments.length - 1
    if (segment === '..') kept.pop()
    if (segment !== '..' && segment !== '.') kept.push(segment)
    else if (isLast) kept.push('')
  }
  return `/${kept.join('/')}`
}
