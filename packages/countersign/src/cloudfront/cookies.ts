/**
 * The cookies of a signature, `CloudFront-Policy` and its companions: written for `Set-Cookie`, read from `Cookie`.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-signed-cookies.html}
 * @module
 */
import { SigningError } from '../errors.ts'
import { isParameter } from './signable-url.ts'

/** What the names of the cookies begin with; behind it is the name of the URL's parameter. */
export const COOKIE_PREFIX = 'CloudFront-'

/** One cookie. Its value needs no escaping. */
export interface CloudFrontCookie {
  readonly name: string
  readonly value: string
}

/** Where a browser sends cookies. */
export interface CookieScope {
  /** Host with its subdomains, such as `example.com`; by default the host that sets the cookie, alone. */
  readonly domain?: string | undefined
  /** `/` by default. */
  readonly path?: string | undefined
  /** Whether it goes along with requests of other sites; `None` for players on other sites. */
  readonly sameSite?: 'Strict' | 'Lax' | 'None' | undefined
}

const SAME_SITE: ReadonlySet<string | undefined> = new Set(['Strict', 'Lax', 'None', undefined])

/**
 * Values for `Set-Cookie` headers, one for each cookie. They are `Secure` and `HttpOnly`, and die with the browser's
 * session, as AWS recommends; the signature has its own end.
 *
 * @throws {@link SigningError} `OPTION_INVALID`
 */
export function formatSetCookies(
  cookies: readonly CloudFrontCookie[],
  { domain, path = '/', sameSite }: CookieScope = {},
): string[] {
  const isValid = /^\/[!-:<-~]*$/.test(path) && (domain === undefined || /^[\w.-]+$/.test(domain))
  if (!isValid || !SAME_SITE.has(sameSite)) {
    throw new SigningError(
      'OPTION_INVALID',
      'domain must be a host, path begin with a slash, sameSite be Strict, Lax or None',
    )
  }
  const attributes = [
    ...(domain === undefined ? [] : [`Domain=${domain}`]),
    `Path=${path}`,
    'Secure',
    'HttpOnly',
    ...(sameSite === undefined ? [] : [`SameSite=${sameSite}`]),
  ]
  return cookies.map(({ name, value }) => [`${name}=${value}`, ...attributes].join('; '))
}

/** The signature's fields in a `Cookie` header, in its order, without the prefix of their names. */
export function parseSignatureCookies(header: string): [name: string, value: string][] {
  return header
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(COOKIE_PREFIX))
    .map((pair) => pair.slice(COOKIE_PREFIX.length))
    .map((pair): [string, string] => {
      const equals = pair.indexOf('=')
      return equals < 0 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)]
    })
    .filter(([name]) => isParameter(name))
}
