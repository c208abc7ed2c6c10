/**
 * What a check is: one rule about a claim, which either holds or gives the error that refuses the request.
 *
 * @module
 */
import type { VerificationError } from '../../errors.ts'
import type { Claim } from '../claim.ts'
import type { Limits } from '../limits.ts'
import type { StreamingRules } from '../streaming-options.ts'

/** What the server serves. */
export interface CheckRules {
  /** Signing names. */
  readonly services: readonly string[]
  /** Regions, or `*` for all. */
  readonly regions: readonly string[] | '*'
  /** In seconds; by default what AWS does for the service. */
  readonly maxClockSkew: number | undefined
  /** Lower-case names of `x-amz-*` headers that infrastructure adds and that need no signature. */
  readonly allowUnsignedHeaders: readonly string[]
  readonly unsignedPayload: UnsignedPayload | undefined
  readonly streaming: StreamingRules
  readonly limits: Limits
  /** Where event streams are taken. */
  readonly eventModes?: EventModes | undefined
}

/** Tells which payload modes announce signed events. */
export interface EventModes {
  /** Whether a value of `x-amz-content-sha256` announces events that an algorithm signs. */
  readonly isAnnounced: (keyword: string, algorithm: string) => boolean
}

/** The rules at the moment of one request. */
export interface CheckContext {
  readonly rules: CheckRules
  readonly now: Date
  readonly protocol: 'http' | 'https' | undefined
}

/** Whether bodies may be left unsigned. */
export type UnsignedPayload = 'allowed' | 'https-only' | 'refused'

/** One rule: gives the error that refuses the claim, or nothing. */
export type Check = (claim: Claim, context: CheckContext) => VerificationError | undefined

/** How far a request's date may be from the server's clock, in milliseconds. */
export function skewOf(claim: Claim, { rules }: CheckContext): number {
  return (rules.maxClockSkew ?? claim.rules.maxClockSkew) * 1000
}
