/**
 * Signs a request for one attempt, and hands it on in the form of the wire.
 *
 * @module
 */
import { signRequest, type SignedRequest, type SignOptions } from 'countersign'
import type { AnyCredentials } from '../credentials/resolved-credentials.ts'
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
  const target = signed.url.replace(/^[a-z]+:\/\/[^/?#]*/i, '')
  return { signed, wire: { method: signed.method, target, headers: signed.headers, body } }
}

/** Credentials with the token that the request's own headers bring, as a pasted line of curl has it. */
export function withHeaderToken(credentials: AnyCredentials, { headers }: OutgoingRequest): AnyCredentials {
  const token = headerValue(headers, 'x-amz-security-token')
  return token === undefined || credentials.sessionToken
    ? credentials
    : { ...credentials, sessionToken: token }
}
