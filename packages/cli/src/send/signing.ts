/**
 * Signs a request for one attempt, and hands it on in the form of the wire.
 *
 * @module
 */
import { signRequest, type SignOptions } from 'countersign'
import type { AnyCredentials } from '../credentials/resolved-credentials.ts'
import type { SignedHead } from '../request/curl-line.ts'
import type { ResolvedScope } from '../request/scope.ts'
import type { OutgoingRequest } from './outgoing-request.ts'
import { headerValue } from './refusal.ts'
import type { RequestBody } from './request-body.ts'
import type { Header, WireRequest } from './wire-request.ts'

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
  readonly signed: SignedHead
}

/**
 * Signs a request.
 *
 * @param bodyHash SHA-256 in hex, of a body that is not in memory
 * @throws {@link SigningError}, {@link CredentialsError}
 */
export async function signAttempt(
  request: OutgoingRequest,
  bodyHash: string | undefined,
  { credentials, scope, signHeaders, at }: SigningContext,
): Promise<SignedAttempt> {
  const { method, url, headers, body, isUnsigned, chunks } = request
  const options = { credentials, ...scope, signHeaders, date: at }
  if (chunks && body) {
    const { signUpload } = await import('./upload-in-chunks.ts')
    const upload = signUpload({ method, url, headers }, body, { ...options, ...chunks })
    return { signed: upload.signed, wire: wireOf(upload.signed, upload.headers, upload.body) }
  }
  const payloadHash = isUnsigned ? 'UNSIGNED-PAYLOAD' : bodyHash
  const signed = signRequest({ method, url, headers, body: body?.bytes }, { ...options, payloadHash })
  return { signed, wire: wireOf(signed, signed.headers, body) }
}

function wireOf(
  { method, url }: SignedHead,
  headers: readonly Header[],
  body: RequestBody | undefined,
): WireRequest {
  return { method, target: url.replace(/^[a-z]+:\/\/[^/?#]*/i, ''), headers, body }
}

/** Credentials with the token that the request's own headers bring, as a pasted line of curl has it. */
export function withHeaderToken(credentials: AnyCredentials, { headers }: OutgoingRequest): AnyCredentials {
  const token = headerValue(headers, 'x-amz-security-token')
  return token === undefined || credentials.sessionToken
    ? credentials
    : { ...credentials, sessionToken: token }
}
