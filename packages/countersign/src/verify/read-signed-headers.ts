/**
 * Reads the list of signed headers of a claim: `host;x-amz-date`.
 *
 * @module
 */
import type { Mechanism } from './claim.ts'
import { exceeded, type Limits } from './limits.ts'
import { refuse } from './refusals.ts'

const NAME = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/

/** The list that was read last: most requests sign the same headers. */
let last: { readonly text: string; readonly names: readonly string[] } = { text: '', names: [] }

/**
 * Reads the list. Whoever signs writes it in lower case, sorted, each name once; another form would be a second way
 * to say the same.
 *
 * @throws {@link VerificationError} `SIGNED_HEADERS_MALFORMED`, `LIMIT_EXCEEDED`
 */
export function readSignedHeaders(text: string, mechanism: Mechanism, limits: Limits): readonly string[] {
  if (text === last.text && text !== '' && last.names.length <= limits.signedHeaders) return last.names
  const names = text.split(';', limits.signedHeaders + 1)
  if (names.length > limits.signedHeaders) {
    throw exceeded('signedHeaders', limits)
  }
  let previous = ''
  for (const name of names) {
    if (!NAME.test(name) || name <= previous) {
      throw refuse('SIGNED_HEADERS_MALFORMED', 'SignedHeaders must be lower-case names, sorted, each once', {
        mechanism,
      })
    }
    previous = name
  }
  last = { text, names: Object.freeze(names) }
  return names
}
