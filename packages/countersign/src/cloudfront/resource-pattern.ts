/**
 * The `Resource` of a policy: a URL in which `*` stands for any run of characters and `?` for any one, such as
 * `https://d111111abcdef8.cloudfront.net/films/*`.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-creating-signed-url-custom-policy.html}
 * @module
 */
import { encodeUnsendable } from '../core/uri-encoding.ts'
import { SigningError } from '../errors.ts'

// A scheme that browsers request, or a pattern of one; or `*`, which opens everything.
const START = /^(?:\*|(?:https?|http\*|wss?|ws\*):\/\/.)/
const ORIGIN = /^[^/]*:\/\/[^/]*/

/**
 * The pattern as it has to be signed: what a browser would never request as it stands is escaped once, and the host is
 * in lower case.
 *
 * @throws {@link SigningError} `POLICY_INVALID`, `TEXT_INVALID`
 */
export function resolveResource(resource: unknown): string {
  const text = typeof resource === 'string' ? resource.replace(ORIGIN, (origin) => origin.toLowerCase()) : ''
  if (!START.test(text) || text.includes('#')) {
    throw new SigningError(
      'POLICY_INVALID',
      'The resource must begin with http://, https://, http*:// or *, and have no fragment',
    )
  }
  return encodeUnsendable(text)
}

/** Whether a pattern opens a URL. Takes no more steps than the product of the two lengths, whatever the pattern. */
export function matchesResource(pattern: string, url: string): boolean {
  let star = -1
  let resume = 0
  let at = 0
  let i = 0
  while (i < url.length) {
    if (pattern[at] === '*') {
      star = at++
      resume = i
    } else if (at < pattern.length && (pattern[at] === '?' || pattern[at] === url[i])) {
      at++
      i++
    } else if (star >= 0) {
      // The star before takes one character more.
      at = star + 1
      i = ++resume
    } else {
      return false
    }
  }
  return /^\**$/.test(pattern.slice(at))
}
