/**
 * Whether something secret may travel: a bearer token, or the keys of a session.
 *
 * @module
 */
import { SigningError } from '../errors.ts'
import type { UrlParts } from './read-url.ts'

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/

/** Whether a scheme is one of TLS. */
export function isEncrypted({ scheme }: Pick<UrlParts, 'scheme'>): boolean {
  return scheme === 'https' || scheme === 'wss'
}

/**
 * Refuses plain http, on which everybody on the way reads along, but to this machine itself.
 *
 * @param what of the message: `A bearer token`
 * @throws {@link SigningError} `PLAIN_HTTP_REFUSED`
 */
export function assertSecret(url: UrlParts, isAllowed: boolean | undefined, what: string): void {
  if (isEncrypted(url) || isAllowed || LOOPBACK.test(url.host)) return
  throw new SigningError(
    'PLAIN_HTTP_REFUSED',
    `${what} would travel in plain sight; use https or set allowPlainHttp`,
  )
}
