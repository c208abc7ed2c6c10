/**
 * What somebody meant who wrote `limit` or `preserve_host`.
 *
 * @module
 */

/** A longer name is no slip of the hand. */
const LONGEST = 40

/** The name among `known` that is nearest to one that is not, if any is near. */
export function findNearestName(name: string, known: readonly string[]): string | undefined {
  if (name.length > LONGEST) return undefined
  const [nearest] = known
    .map((candidate) => ({ candidate, steps: countSteps(plain(name), plain(candidate)) }))
    .filter(({ candidate, steps }) => steps <= Math.max(1, Math.floor(candidate.length / 3)))
    .toSorted((a, b) => a.steps - b.steps)
  return nearest?.candidate
}

/** How a name is written does not make it another. */
function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[-_ ]/g, '')
}

/** Letters to insert, delete, replace, or exchange with their neighbour until one text is the other. */
function countSteps(from: string, to: string): number {
  let before: number[] = []
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (const [line, letter] of from.split('').entries()) {
    const next = [line + 1]
    for (let at = 1; at <= to.length; at++) {
      const replaced = row[at - 1]! + (to[at - 1] === letter ? 0 : 1)
      const isExchanged = at > 1 && line > 0 && to[at - 2] === letter && to[at - 1] === from[line - 1]
      const exchanged = isExchanged ? before[at - 2]! + 1 : Infinity
      next.push(Math.min(replaced, exchanged, row[at]! + 1, next[at - 1]! + 1))
    }
    before = row
    row = next
  }
  return row.at(-1)!
}
