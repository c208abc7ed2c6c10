/**
 * The claim: what a request says about its own signature, read once and by one total classification. Nothing
 * later looks at the request to decide how it is authenticated.
 *
 * @module
 */
import type { SignatureAlgorithm } from '../algorithms/algorithm.ts'
import type { QueryPair } from '../core/canonical-query.ts'
import type { CredentialScope } from '../core/credential-scope.ts'
import type { ServiceRules } from '../core/service-rules.ts'
import type { ReadMessage } from './message.ts'

/** Where a signature stands. */
export type Mechanism = 'header' | 'query' | 'form'

/** How the payload takes part in the signature. */
export type PayloadMode =
  /** Its hash is in the message and signed. */
  | { readonly kind: 'hashed'; readonly hash: string }
  /** Its hash is part of the signature, but not of the message: the body must be read first. */
  | { readonly kind: 'computed' }
  | { readonly kind: 'unsigned' }
  /** One of the `STREAMING-…` keywords. */
  | { readonly kind: 'streaming'; readonly keyword: string }

/** What a claim of a version before 4 has in the place of scope and canonical request. */
export interface OlderClaim {
  readonly stringToSign: string
  /** The parameters that are signed, as they are canonically encoded. */
  readonly coveredQuery: readonly QueryPair[]
  /** Whether the host is no part of what is signed. */
  readonly isHostFree: boolean
}

/** A signature with everything that it was made over, none of it checked against key, clock or server yet. */
export interface Claim {
  readonly message: ReadMessage
  readonly mechanism: Mechanism
  readonly algorithm: SignatureAlgorithm
  readonly accessKeyId: string
  readonly scope: CredentialScope
  readonly scopeText: string
  /** The regions that the signature names, where its scope has none; each may hold `*`. */
  readonly regionSet: readonly string[] | undefined
  readonly rules: ServiceRules
  /** `YYYYMMDDTHHMMSSZ`, as the string to sign has it. */
  readonly amzDate: string
  readonly instant: Date
  /** Lifetime of a presigned URL, in seconds; of an upload form, the longest there is. */
  readonly expiresIn: number | undefined
  /** Lower-case names, sorted. */
  readonly signedHeaders: readonly string[]
  /** The same as the canonical request has them: joined with `;`. */
  readonly signedHeadersText: string
  readonly signature: string
  readonly sessionToken: string | undefined
  readonly payload: PayloadMode
  /** Absent for version 4. */
  readonly older?: OlderClaim
}
