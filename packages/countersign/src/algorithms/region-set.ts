/**
 * Region set: the regions that a signature of SigV4A holds in, as `x-amz-region-set` carries them:
 * `us-east-1,eu-*`, or `*` for all.
 *
 * @see {@link https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-signing-elements.html}
 * @module
 */
import { SigningError } from '../errors.ts'

/** Longest set that is read, in characters: patterns are matched before a signature is known to be good. */
const LONGEST = 1024

const REGION = /^[\w.~*-]+$/

/**
 * Writes a set.
 *
 * @param regions regions with commas between them; `*` stands for any run of characters
 * @throws {@link SigningError} `OPTION_INVALID`
 */
export function formatRegionSet(regions: string): string {
  const set = parseRegionSet(regions)
  if (set) return set.join()
  throw new SigningError('OPTION_INVALID', 'region must be a list of regions such as us-east-1,eu-* or *')
}

/** Reads a set; `undefined` when it is none. Blanks around the commas do not matter. */
export function parseRegionSet(text: string): readonly string[] | undefined {
  if (text.length > LONGEST) return undefined
  const set = text.split(',').map((region) => region.replace(/^[\t ]+|[\t ]+$/g, ''))
  return set.every((region) => REGION.test(region)) ? set : undefined
}

/** Whether a region is one of a set. */
export function isInRegionSet(regionSet: readonly string[], region: string): boolean {
  return regionSet.some((pattern) => matches(pattern, region))
}

// Piece by piece, since a regular expression with many wildcards takes a time that a stranger chooses.
function matches(pattern: string, region: string): boolean {
  const [head = '', ...pieces] = pattern.split('*')
  const tail = pieces.pop()
  if (tail === undefined) return pattern === region
  const end = region.length - tail.length
  if (end < head.length || !region.startsWith(head) || !region.endsWith(tail)) return false
  let rest = region.slice(head.length, end)
  for (const piece of pieces) {
    const at = rest.indexOf(piece)
    if (at < 0) return false
    rest = rest.slice(at + piece.length)
  }
  return true
}
