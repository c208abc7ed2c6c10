/**
 * JSON in which no name stands twice, since two readers could take different ones.
 *
 * @module
 */

// Of a text that is known to be JSON.
const TOKEN = /"(?:[^"\\]|\\.)*"(\s*:)?|[{}]/g

/**
 * Parses JSON.
 *
 * @throws {@link SyntaxError} also for a name that stands twice in one object
 */
export function parseStrictJson(text: string): unknown {
  const value: unknown = JSON.parse(text)
  const open: Set<string>[] = []
  for (const [token, colon] of text.matchAll(TOKEN)) {
    if (token === '{') open.push(new Set())
    else if (token === '}') open.pop()
    else if (colon !== undefined) {
      const name = JSON.parse(token.slice(0, -colon.length)) as string
      const names = open.at(-1)
      if (names?.has(name)) throw new SyntaxError('A name stands twice in one object')
      names?.add(name)
    }
  }
  return value
}
