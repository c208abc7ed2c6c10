/**
 * A signed request, whichever algorithm signed it: what came before version 4 has neither a canonical request nor a
 * scope.
 *
 * @module
 */
import type { CredentialScope, SignedRequest } from 'countersign'

/** The steps of a signing. */
export interface AnySteps {
  readonly canonicalRequest?: string | undefined
  readonly scope?: CredentialScope | undefined
  readonly signedHeaders?: readonly string[] | undefined
  readonly stringToSign: string
  readonly signature: string
}

/** A signed request; its body where signing made another one of it. */
export interface AnySigned extends AnySteps, Pick<SignedRequest, 'method' | 'url' | 'headers' | 'warnings'> {
  readonly body?: Uint8Array
  /** Until when it can be sent, where its steps do not tell. */
  readonly validUntil?: Date
}
