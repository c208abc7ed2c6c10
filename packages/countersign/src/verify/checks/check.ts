/**
 * What a check is: one rule about a claim, which either holds or gives the error that refuses the request.
 *
 * @module
 */
import type { VerificationError } from '../../errors.ts'
import type { Claim } from '../claim.ts'

/** What the server serves, and its clock. */
export interface CheckContext {
  /** Signing names. */
  readonly services: readonly string[]
  /** Regions, or `*` for all. */
  readonly regions: readonly string[] | '*'
  readonly now: Date
  /** In seconds; by default what AWS does for the service. */
  readonly maxClockSkew?: number | undefined
  /** Lower-case names of `x-amz-*` headers that infrastructure adds and that need no signature. */
  readonly allowUnsignedHeaders: readonly string[]
  readonly unsignedPayload?: UnsignedPayload | undefined
  readonly protocol?: 'http' | 'https' | undefined
}

/** Whether bodies may be left unsigned. */
export type UnsignedPayload = 'allowed' | 'https-only' | 'refused'

/** One rule. */
export interface Check {
  /** For people and reports: `clock skew`. */
  readonly name: string
  /** The error that refuses the claim, or nothing. */
  find(claim: Claim, context: CheckContext): VerificationError | undefined
}

/** How far a request's date may be from the server's clock, in milliseconds. */
export function skewOf(claim: Claim, { maxClockSkew }: CheckContext): number {
  return (maxClockSkew ?? claim.rules.maxClockSkew) * 1000
}
