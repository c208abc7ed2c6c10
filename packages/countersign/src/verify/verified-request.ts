/**
 * What a verifier gives for a request that it lets in.
 *
 * @module
 */
import { normalizePath } from '../core/canonical-path.ts'
import type { CredentialScope } from '../core/credential-scope.ts'
import { QUERY } from '../core/names.ts'
import type { CheckedBody } from './body.ts'
import type { Claim, Mechanism } from './claim.ts'
import type { Found, MatchedKey } from './found-key.ts'
import { coveredPairs } from './rebuild.ts'

/** The parts of a request that its signature covers. What is not here could have been changed by anybody. */
export interface CoveredRequest {
  /** As on the request line. */
  readonly method: string
  /**
   * As on the wire, still encoded. Where dot segments and repeated slashes are no part of what is signed, as nowhere but
   * at S3, they are taken out.
   */
  readonly path: string
  /** Decoded, in the order of the wire, without the signature's own parameters. */
  readonly query: readonly (readonly [name: string, value: string])[]
  /** The signed headers alone, lower-case names. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** That of {@link VerifiedRequest}, where it is signed: absent for `unsigned` ones. */
  readonly body?: AsyncIterable<Uint8Array> | undefined
  /** Those of {@link VerifiedRequest}, where they are signed. */
  readonly trailers?: readonly (readonly [name: string, value: string])[] | undefined
}

/** Something that the server's operator should know about a request that was let in. */
export type VerificationWarning =
  /** The body is not part of the signature. */
  | 'PAYLOAD_UNSIGNED'
  /** It was signed with a secret that is not the first one of its key: its rotation is not over. */
  | 'OLDER_SECRET_USED'

/** A request whose signature is good. */
export interface VerifiedRequest<P = unknown> {
  /** The key that signed it. */
  readonly accessKeyId: string
  /** What the look-up gave for the key. */
  readonly principal: P | undefined
  /** Where the signature stood. */
  readonly mechanism: Mechanism
  /** Name of the algorithm, such as `AWS4-HMAC-SHA256`. */
  readonly algorithm: string
  /** For which day, region and service it was signed. */
  readonly scope: CredentialScope
  /** The regions that a signature of SigV4A names, `*` for any run of characters. */
  readonly regionSet?: readonly string[]
  /** Lower-case names, sorted. */
  readonly signedHeaders: readonly string[]
  /** `pending`: the body throws at its end if it is not the one that was signed. */
  readonly payload: 'verified' | 'unsigned' | 'pending'
  /**
   * Whether `body` is still compared with something while it is read, be it signed or not: a hash, chunks, `Content-MD5`
   * or a checksum. It throws where it differs, and whoever consumes it must be able to undo.
   */
  readonly isPending: boolean
  /** What the signature covers, and nothing else: the part to be believed. */
  readonly covered: CoveredRequest
  /** The body; absent when the message had none. To be read at most once. */
  readonly body?: AsyncIterable<Uint8Array>
  /**
   * Trailers of a chunked upload, lower-case names, once they are known to be right: absent before the end of `body`,
   * unless that had been reached before `verify` resolved.
   */
  readonly trailers?: readonly (readonly [name: string, value: string])[] | undefined
  /** What was let in and is still worth a line in the log. */
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

/** The view of what a claim's signature covers; its lists are made when they are asked for. */
class Covered implements CoveredRequest {
  readonly method: string
  readonly #claim: Claim
  readonly #checked: CheckedBody

  constructor(claim: Claim, checked: CheckedBody) {
    this.method = claim.message.method
    this.#claim = claim
    this.#checked = checked
  }

  get path(): string {
    const { message, rules, older } = this.#claim
    return older || !rules.normalizePath ? message.path : normalizePath(message.path)
  }

  get query(): CoveredRequest['query'] {
    const pairs = coveredPairs(this.#claim).filter(([name]) => !SIGNING_PARAMETERS.has(name))
    return pairs.map(([name, value]) => [decode(name), decode(value)])
  }

  get headers(): CoveredRequest['headers'] {
    const { message, signedHeaders } = this.#claim
    return message.headers.filter(([name]) => signedHeaders.includes(name))
  }

  get body(): CoveredRequest['body'] {
    return this.#checked.payload === 'unsigned' ? undefined : this.#checked.body
  }

  get trailers(): CoveredRequest['trailers'] {
    return this.#checked.payload === 'unsigned' ? undefined : this.#checked.trailers?.()
  }
}

/** The result of a verification. */
export class Verified<P> implements VerifiedRequest<P> {
  readonly accessKeyId: string
  readonly principal: P | undefined
  readonly mechanism: Mechanism
  readonly algorithm: string
  readonly scope: CredentialScope
  readonly regionSet?: readonly string[]
  readonly signedHeaders: readonly string[]
  readonly payload: CheckedBody['payload']
  readonly isPending: boolean
  readonly body?: AsyncIterable<Uint8Array>
  declare readonly trailers?: readonly (readonly [name: string, value: string])[]
  readonly warnings: readonly VerificationWarning[]
  readonly covered: CoveredRequest

  constructor(claim: Claim, { principal }: Found<P>, checked: CheckedBody, { isOlder }: MatchedKey) {
    const { payload, body, trailers } = checked
    this.accessKeyId = claim.accessKeyId
    this.principal = principal
    this.mechanism = claim.mechanism
    this.algorithm = claim.algorithm.name
    this.scope = claim.scope
    if (claim.regionSet) this.regionSet = claim.regionSet
    this.signedHeaders = claim.signedHeaders
    this.payload = claim.payload.kind === 'computed' ? 'verified' : payload
    this.isPending = checked.isPending
    if (body) this.body = body
    if (trailers) Object.defineProperty(this, 'trailers', { get: trailers, enumerable: true })
    const isUnsigned = payload === 'unsigned' && body !== undefined
    this.warnings = isUnsigned || isOlder ? warningsOf(isUnsigned, isOlder) : NO_WARNINGS
    this.covered = new Covered(claim, checked)
  }
}

const NO_WARNINGS: readonly VerificationWarning[] = Object.freeze([])

function warningsOf(isUnsigned: boolean, isOlder: boolean): VerificationWarning[] {
  const warnings: VerificationWarning[] = []
  if (isUnsigned) warnings.push('PAYLOAD_UNSIGNED')
  if (isOlder) warnings.push('OLDER_SECRET_USED')
  return warnings
}
