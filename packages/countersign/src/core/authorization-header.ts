/**
 * The `Authorization` header of version 4:
 * `AWS4-HMAC-SHA256 Credential=AKID/scope, SignedHeaders=host;x-amz-date, Signature=…`.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-auth-using-authorization-header.html}
 * @module
 */

/** The three components of the header, as they stand in it. */
export interface AuthorizationComponents {
  /** Access key id and scope, joined with `/`. */
  readonly credential: string
  /** Names joined with `;`. */
  readonly signedHeaders: string
  readonly signature: string
}

/** Why a header cannot be read. */
export interface AuthorizationFault {
  readonly fault: 'not-key-value' | 'repeated' | 'unknown' | 'missing'
  /** The component in question, or all that are missing. */
  readonly component: string
}

// Among them is white space that trim() takes off and no client sends.
const UNPRINTABLE = /[^\t -~]/

const COMPONENTS = ['Credential', 'SignedHeaders', 'Signature'] as const
// What nearly every client writes.
const USUAL = /^[\t ]*Credential=([^,=\t ]+),[\t ]*SignedHeaders=([^,=\t ]+),[\t ]*Signature=([^,=\t ]+)$/

/** Writes the header. */
export function formatAuthorization(
  algorithm: string,
  credential: string,
  signedHeaders: string,
  signature: string,
): string {
  return `${algorithm} Credential=${credential}, SignedHeaders=${signedHeaders}, Signature=${signature}`
}

/**
 * Reads what follows the algorithm. The components may come in any order, with any run of blanks around the commas:
 * clients in use differ in both. A repeated or unknown component is a fault.
 */
export function parseAuthorization(text: string): AuthorizationComponents | AuthorizationFault {
  const usual = USUAL.exec(text)
  if (usual) return { credential: usual[1]!, signedHeaders: usual[2]!, signature: usual[3]! }
  const found = new Map<string, string>()
  for (const piece of text.split(',')) {
    const component = piece.trim()
    const equals = component.indexOf('=')
    const name = component.slice(0, equals)
    if (equals < 1 || UNPRINTABLE.test(piece)) return { fault: 'not-key-value', component }
    if (!COMPONENTS.some((known) => known === name)) return { fault: 'unknown', component: name }
    if (found.has(name)) return { fault: 'repeated', component: name }
    found.set(name, component.slice(equals + 1))
  }
  const missing = COMPONENTS.filter((name) => !found.get(name))
  if (missing.length > 0) return { fault: 'missing', component: missing.join(', ') }
  const [credential = '', signedHeaders = '', signature = ''] = COMPONENTS.map((name) => found.get(name))
  return { credential, signedHeaders, signature }
}
