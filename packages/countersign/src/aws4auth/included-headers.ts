/**
 * `includeHeaders`: which headers of a request are signed, by name, `x-amz-*` or `*`.
 *
 * @module
 */
import type { Header } from '../core/canonical-headers.ts'
import { SigningError } from '../errors.ts'
import { expressionOf, selectHeaders, type SignHeaders } from '../sign/header-selection.ts'

/** Picks the headers of one request. */
export type HeaderChoice = (headers: readonly Header[]) => SignHeaders

const PATTERN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
// Mobile Analytics breaks when it is signed, so only its own name takes it in.
const CLIENT_CONTEXT = 'x-amz-client-context'

/**
 * Reads the option once for all requests.
 *
 * A wildcard takes in no header that belongs to one connection, such as `connection` and `user-agent`; their own names do.
 *
 * @throws {@link SigningError} `OPTION_INVALID`
 */
export function chooseHeaders(includeHeaders: readonly string[] | undefined): HeaderChoice {
  if (includeHeaders === undefined) return () => 'minimal'
  if (!Array.isArray(includeHeaders) || !includeHeaders.every(isPattern)) {
    throw new SigningError(
      'OPTION_INVALID',
      'includeHeaders is a list of header names, x-amz-* and * among them',
    )
  }
  const named = includeHeaders.filter((pattern) => !pattern.includes('*'))
  const included = expressionOf(includeHeaders)
  return (headers) => {
    const names = selectHeaders(headers, 'all').map(([name]) => name)
    return [...named, ...names.filter((name) => name !== CLIENT_CONTEXT && included.test(name))]
  }
}

function isPattern(pattern: unknown): pattern is string {
  return typeof pattern === 'string' && PATTERN.test(pattern)
}
