/**
 * Canonical headers: the signed headers with lower-case names, sorted, one line each, and the list of
 * their names, such as `host;x-amz-date`.
 *
 * @see {@link https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html}
 * @module
 */

/** A header as it is sent: name and value. */
export type Header = [name: string, value: string]

/** The two texts that a canonical request has of its headers. */
export interface CanonicalHeaders {
  /** `name:value` lines, each with its line end. */
  readonly lines: string
  /** Names, sorted, each once. */
  readonly names: string[]
  /** Names joined with `;`. */
  readonly signedHeaders: string
}

const BLANKS = /[\t ]+/g
const LOOSE_BLANKS = /\t| {2}|^ | $/

/** Takes blanks off both ends of a value and makes one space of every run inside, also between quotes. */
export function canonicalHeaderValue(value: string): string {
  if (!LOOSE_BLANKS.test(value)) return value
  const single = value.replace(BLANKS, ' ')
  return single.slice(
    single.startsWith(' ') ? 1 : 0,
    single.length > 1 && single.endsWith(' ') ? -1 : undefined,
  )
}

function compareNames(a: Header, b: Header): number {
  return a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0
}

// Sorting is stable, so repeated headers keep their order. Most lists are in order as they come.
function sortByName(headers: readonly Header[]): readonly Header[] {
  for (let i = 1; i < headers.length; i++) {
    if (headers[i - 1]![0] > headers[i]![0]) return headers.toSorted(compareNames)
  }
  return headers
}

/**
 * Builds both texts. Values of a repeated header are joined with a comma in the order given.
 *
 * @param headers the headers to sign, with lower-case names, in the order of the wire
 */
export function buildCanonicalHeaders(headers: readonly Header[]): CanonicalHeaders {
  const names: string[] = []
  let lines = ''
  for (const [name, value] of sortByName(headers)) {
    const text = canonicalHeaderValue(value)
    if (name === names.at(-1)) {
      lines = `${lines.slice(0, -1)},${text}\n`
    } else {
      lines += `${name}:${text}\n`
      names.push(name)
    }
  }
  return { lines, names, signedHeaders: names.join(';') }
}
