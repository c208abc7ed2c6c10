/**
 * For clients that put URLs through a class, which takes dot segments out of paths.
 *
 * @module
 */
import { SigningError } from '../errors.ts'
import type { SignedRequest } from '../sign/http-request.ts'

/**
 * Refuses what a client would not send as it was signed: another path, or the host of the URL in place of its header.
 *
 * @param client its name, for the message
 * @throws {@link SigningError} `TRANSPORT_WOULD_ALTER`
 */
export function assertUnaltered(
  { url, headers }: Pick<SignedRequest, 'url' | 'headers'>,
  client: string,
): void {
  const sent = new URL(url)
  const origin = url.indexOf('/', url.indexOf('://') + 3)
  const path = url.slice(origin).split('?', 1)[0]
  const host = headers.find(([name]) => name === 'host')?.[1]
  if (sent.pathname === path && sent.host === host) return
  throw new SigningError(
    'TRANSPORT_WOULD_ALTER',
    `${client} would send another path or host than was signed; use node:http or undici for this request`,
  )
}
