/**
 * Headers as clients send them that know each name once.
 *
 * @module
 */
import type { HeadersLike } from '../sign/http-request.ts'
import { readHeaders } from '../sign/read-headers.ts'

/**
 * The headers, each name once. `fetch` and its kin join the values with a comma and a blank, where a signature covers
 * repeated headers without the blank.
 *
 * @throws {@link SigningError} `HEADER_INVALID`
 */
export function joinHeaders(headers: HeadersLike | undefined): Map<string, string> {
  const joined = new Map<string, string>()
  for (const [name, value] of readHeaders(headers)) {
    const earlier = joined.get(name)
    const separator = name === 'cookie' ? '; ' : ', '
    joined.set(name, earlier === undefined ? value : `${earlier}${separator}${value}`)
  }
  return joined
}
