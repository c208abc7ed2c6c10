/**
 * What a {@link RequestSigner} decides of a request, and why.
 *
 * @module
 */
import type { PathEncoding } from '../core/canonical-path.ts'
import type { SchemeName } from './scheme-names.ts'

/** How a request is signed; data, for logs and tests. */
export interface SigningDecision {
  readonly scheme: SchemeName
  /** Signing name of the service; absent where neither options nor host tell it, and nothing needs it. */
  readonly service?: string | undefined
  /** Region, or for SigV4A the regions with commas between them. */
  readonly region?: string | undefined
  /** How the path is encoded for the signature, and whether it is tidied up before. */
  readonly pathEncoding: PathEncoding
  readonly normalizePath: boolean
  /** Where the session token goes: inside of the signature, or behind it. */
  readonly tokenPlacement: 'signed' | 'after'
  /** Whether `x-amz-content-sha256` is sent in any case. */
  readonly contentSha256Header: boolean
  /** Whether a signed request leaves its body out of the signature. */
  readonly isPayloadUnsigned: boolean
  /** Where each came from. What is not here is as usual. */
  readonly why: DecisionReasons
}

/** Reasons for people, by what they are for. */
export interface DecisionReasons {
  readonly scheme: string
  readonly service?: string | undefined
  readonly region?: string | undefined
  readonly path?: string | undefined
  readonly token?: string | undefined
  readonly payload?: string | undefined
}
