/**
 * What a verifier gives for a request that it lets in.
 *
 * @module
 */
import type { CredentialScope } from '../core/credential-scope.ts'
import { QUERY } from '../core/names.ts'
import type { CheckedBody } from './body.ts'
import type { Claim, Mechanism } from './claim.ts'
import type { Found } from './found-key.ts'
import { coveredPairs } from './rebuild.ts'

/** The parts of a request that its signature covers. What is not here could have been changed by anybody. */
export interface CoveredRequest {
  readonly method: string
  /** Raw, as on the wire. */
  readonly path: string
  /** Decoded, in the order of the wire, without the signature's own parameters. */
  readonly query: readonly (readonly [name: string, value: string])[]
  /** The signed headers alone, lower-case names. */
  readonly headers: readonly (readonly [name: string, value: string])[]
}

/** Something that the server's operator should know about a request that was let in. */
export type VerificationWarning =
  /** The body is not part of the signature. */
  | 'PAYLOAD_UNSIGNED'
  /** It was signed with a secret that is not the first one of its key: its rotation is not over. */
  | 'OLDER_SECRET_USED'

/** A request whose signature is good. */
export interface VerifiedRequest<P = unknown> {
  readonly accessKeyId: string
  /** What the look-up gave for the key. */
  readonly principal: P | undefined
  readonly mechanism: Mechanism
  readonly algorithm: string
  readonly scope: CredentialScope
  /** Lower-case names, sorted. */
  readonly signedHeaders: readonly string[]
  /** `pending`: the body throws at its end if it is not the one that was signed. */
  readonly payload: 'verified' | 'unsigned' | 'pending'
  readonly covered: CoveredRequest
  /** The body; absent when the message had none. To be read at most once. */
  readonly body?: AsyncIterable<Uint8Array>
  readonly warnings: readonly VerificationWarning[]
}

const SIGNING_PARAMETERS: ReadonlySet<string> = new Set(Object.values(QUERY))

// A name or value that is not UTF-8 stays as it was encoded: it must not turn into another one.
function decode(encoded: string): string {
  if (!encoded.includes('%')) return encoded
  try {
    return decodeURIComponent(encoded)
  } catch {
    return encoded
  }
}

/** The view of what a claim's signature covers. */
export function coveredOf(claim: Claim): CoveredRequest {
  const { message, signedHeaders } = claim
  const pairs = coveredPairs(claim).filter(([name]) => !SIGNING_PARAMETERS.has(name))
  return {
    method: message.method,
    path: message.path,
    query: pairs.map(([name, value]) => [decode(name), decode(value)]),
    headers: message.headers.filter(([name]) => signedHeaders.includes(name)),
  }
}

/** Puts the result together. The covered view is made when it is asked for. */
export function assembleVerified<P>(
  claim: Claim,
  { principal }: Found<P>,
  { payload, body }: CheckedBody,
  isOlderSecret: boolean,
): VerifiedRequest<P> {
  const { accessKeyId, mechanism, algorithm, scope, signedHeaders } = claim
  const warnings: VerificationWarning[] = []
  if (payload === 'unsigned' && body) warnings.push('PAYLOAD_UNSIGNED')
  if (isOlderSecret) warnings.push('OLDER_SECRET_USED')
  let covered: CoveredRequest | undefined
  return {
    accessKeyId,
    principal,
    mechanism,
    algorithm,
    scope,
    signedHeaders,
    payload: claim.payload.kind === 'computed' ? 'verified' : payload,
    get covered() {
      return (covered ??= coveredOf(claim))
    },
    ...(body ? { body } : {}),
    warnings,
  }
}
