/**
 * Signs a request for one attempt, and hands it on in the form of the wire.
 *
 * @module
 */
import { signRequest, type SignedRequest, type SignOptions } from 'countersign'
import type { AnyCredentials } from '../credentials/resolve.ts'
import { CommandError } from '../frame/command-error.ts'
import type { ResolvedScope } from '../request/scope.ts'
import type { OutgoingRequest } from './outgoing-request.ts'
import { headerValue } from './refusal.ts'
import type { WireRequest } from './wire-request.ts'

/** With what to sign. */
export interface SigningContext {
  readonly credentials: AnyCredentials
  readonly scope: ResolvedScope
  readonly signHeaders: SignOptions['signHeaders']
  /** The clock; now unless it is given. */
  readonly at: Date | undefined
}

/** A request in both forms. */
export interface SignedAttempt {
  readonly wire: WireRequest
  readonly signed: SignedRequest
}

/**
 * Signs a request.
 *
 * @param bodyHash SHA-256 in hex, of a body that is not in memory
 * @throws {@link SigningError}, {@link CredentialsError}
 */
export function signAttempt(
  { method, url, headers, body, isUnsigned }: OutgoingRequest,
  bodyHash: string | undefined,
  { credentials, scope, signHeaders, at }: SigningContext,
): SignedAttempt {
  const payloadHash = isUnsigned ? 'UNSIGNED-PAYLOAD' : bodyHash
  const signed = signRequest(
    { method, url, headers, body: body?.bytes },
    { credentials, ...scope, signHeaders, date: at, payloadHash },
  )
  const scheme = schemeOf(signed.url)
  const host = signed.headers[0]?.[1] ?? ''
  const target = signed.url.slice(`${scheme}://${host}`.length)
  return { signed, wire: { method: signed.method, scheme, target, headers: signed.headers, body } }
}

/**
 * The scheme of a URL.
 *
 * @throws {@link CommandError} `USAGE`
 */
export function schemeOf(url: string): 'http' | 'https' {
  const scheme = /^([a-z]+):\/\//i.exec(url)?.[1]?.toLowerCase()
  if (scheme === 'http' || scheme === 'https') return scheme
  throw new CommandError('USAGE', 'The URL is no http or https URL', {
    fix: 'give an absolute URL, such as https://sts.eu-west-1.amazonaws.com/',
  })
}

/** Credentials with the token that the request's own headers bring, as a pasted line of curl has it. */
export function withHeaderToken(credentials: AnyCredentials, { headers }: OutgoingRequest): AnyCredentials {
  const token = headerValue(headers, 'x-amz-security-token')
  return token === undefined || credentials.sessionToken
    ? credentials
    : { ...credentials, sessionToken: token }
}
