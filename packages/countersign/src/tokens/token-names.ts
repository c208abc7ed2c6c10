/**
 * The names that tokens are made of: hosts, ports, clusters and users, checked before anything is signed. A token for a
 * name with a typing error is refused by a server without a word of why.
 *
 * @module
 */
import { isText, utf8 } from '../core/bytes.ts'
import { inferScope } from '../core/service-hosts.ts'
import { encodeUri } from '../core/uri-encoding.ts'
import type { AnyCredentials } from '../credentials/credentials.ts'
import { SigningError } from '../errors.ts'
import type { TokenOptions } from './token-options.ts'

const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?'
const HOSTNAME = new RegExp(`^(?=.{1,253}$)${LABEL}(?:\\.${LABEL})*$`, 'i')
const HEADER_TEXT = /^[!-~]+$/
const REGION = /^[a-z0-9-]+$/
// Control characters, and half of a surrogate pair.
const UNWRITABLE = /[\p{Cc}\p{Cs}]/u

/**
 * Reads the name of a host, a cache or a cluster; lower case, as servers compare it.
 *
 * @param option its name, for the message
 * @throws {@link SigningError} `OPTION_INVALID`
 */
export function readHostname(hostname: string, option = 'hostname'): string {
  if (isText(hostname, HOSTNAME)) return hostname.toLowerCase()
  throw new SigningError('OPTION_INVALID', `${option} must be a bare name, without scheme, port and path`)
}

/**
 * Reads a port.
 *
 * @throws {@link SigningError} `OPTION_INVALID`
 */
export function readPort(port: number): number {
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port
  throw new SigningError('OPTION_INVALID', 'port must be a whole number from 1 to 65535')
}

/**
 * A text of the caller's as the value of a query parameter.
 *
 * @param option its name, for the message
 * @throws {@link SigningError} `OPTION_INVALID`
 */
export function encodeParameter(text: string, option: string): string {
  if (typeof text !== 'string' || text === '' || UNWRITABLE.test(text)) {
    throw new SigningError('OPTION_INVALID', `${option} must be a text without control characters`)
  }
  return encodeUri(Array.from(utf8(text), (byte) => String.fromCharCode(byte)).join(''))
}

/**
 * Reads a name that is sent in a header: visible ASCII, and no blanks that somebody on the way would take off.
 *
 * @param option its name, for the message
 * @throws {@link SigningError} `OPTION_INVALID`
 */
export function readHeaderText(text: string, option: string): string {
  if (isText(text, HEADER_TEXT)) return text
  throw new SigningError('OPTION_INVALID', `${option} must be of visible ASCII characters`)
}

/**
 * The region that is given, else that of the signing key, else the one that the host tells.
 *
 * @param service signing name, or the host's own name for it
 * @throws {@link SigningError} `SCOPE_UNKNOWN`, `OPTION_INVALID`
 */
export function resolveRegion(
  { region, credentials }: TokenOptions,
  service: string,
  hostname = '',
  path = '/',
): string {
  const ofKey = (credentials as Partial<AnyCredentials> | undefined)?.signingKey?.scope.region
  const ofHost = inferScope(hostname, path)
  const known = region ?? ofKey ?? (ofHost?.service === service ? ofHost.region : undefined)
  if (known === undefined) {
    throw new SigningError('SCOPE_UNKNOWN', `${hostname || 'The name'} does not tell its region; give region`)
  }
  if (isText(known, REGION)) return known
  throw new SigningError('OPTION_INVALID', 'region must be the name of one region, such as eu-west-1')
}
