/**
 * Signs a request for one attempt, and hands it on in the form of the wire.
 *
 * @module
 */
import type { SignOptions } from 'countersign'
import type { AnyCredentials } from '../credentials/resolved-credentials.ts'
import { CommandError } from '../frame/command-error.ts'
import type { AnySigned } from '../request/any-signed.ts'
import { signGiven } from '../request/sign-given.ts'
import type { ResolvedScope } from '../request/scope.ts'
import type { SigningClock } from './clock.ts'
import type { OutgoingRequest } from './outgoing-request.ts'
import { createBody, type RequestBody } from './request-body.ts'
import { headerValue, type Header, type WireRequest } from './wire-request.ts'

/** Credentials, and how to sign with them. */
interface KeySigning {
  readonly credentials: AnyCredentials
  readonly signHeaders: SignOptions['signHeaders']
  readonly clock: SigningClock
}

/** What makes a request fit to be sent in another way than with the credentials themselves: a session, or a token. */
export type OtherSigning = (
  request: OutgoingRequest,
  bodyHash: string | undefined,
  scope: ResolvedScope,
) => Promise<Omit<AnySigned, 'body'>>

/** With what to sign. */
export type SigningMeans = KeySigning | OtherSigning

/** A request in both forms. */
export interface SignedAttempt {
  readonly wire: WireRequest
  readonly signed: Omit<AnySigned, 'body'>
}

/**
 * Signs a request.
 *
 * @param bodyHash SHA-256 in hex, of a body that is not in memory
 * @throws {@link SigningError}, {@link CredentialsError}; {@link CommandError} where a session cannot be had
 */
export async function signAttempt(
  request: OutgoingRequest,
  bodyHash: string | undefined,
  means: SigningMeans,
  scope: ResolvedScope,
): Promise<SignedAttempt> {
  if (typeof means === 'function') {
    const other = await means(request, bodyHash, scope)
    return { signed: other, wire: wireOf(other, other.headers, request.body) }
  }
  const { credentials, signHeaders, clock } = means
  const { method, url, headers, body, isUnsigned, chunks } = request
  const options = { credentials, signHeaders, date: clock.now() }
  if (chunks && body) {
    assertChunkable(scope)
    const { signUpload } = await import('./upload-in-chunks.ts')
    const upload = signUpload({ method, url, headers }, body, { ...options, ...scope, ...chunks })
    return { signed: upload.signed, wire: wireOf(upload.signed, upload.headers, upload.body) }
  }
  const payloadHash = isUnsigned ? 'UNSIGNED-PAYLOAD' : bodyHash
  const given = { method, url, headers, body: body?.bytes, payloadHash }
  const { body: bytes, ...signed } = await signGiven(given, scope, options)
  // SigV2 puts its signature into a form.
  const sent = scope.older && bytes ? createBody([bytes]) : body
  return { signed, wire: wireOf(signed, signed.headers, sent) }
}

function assertChunkable({ older }: ResolvedScope): void {
  if (older === undefined) return
  throw new CommandError('USAGE', `--algorithm ${older} has no chunks`, {
    why: 'they came with version 4',
    fix: 'leave out --chunked and --trailer, or --algorithm',
  })
}

function wireOf(
  { method, url }: Pick<AnySigned, 'method' | 'url'>,
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
