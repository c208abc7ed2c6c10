/**
 * What a cause in the catalogue is: a name, and how it shows.
 *
 * @module
 */
import type { CanonicalParts } from './canonical-parts.ts'
import type { Case } from './case.ts'
import type { Change } from './change.ts'
import type { Difference } from './difference.ts'
import type { Verdict } from './explanation.ts'

/** What a cause is about. */
export type Family =
  | 'credentials'
  | 'time'
  | 'scope'
  | 'path'
  | 'query'
  | 'headers'
  | 'host'
  | 'payload'
  | 'presigned'
  | 'form'
  | 'server'
  | 'neighbour'

/** A verdict without the names that its cause gives it. */
export type Finding = Omit<Verdict, 'id' | 'code'>

/** What is known of a cause that accounts for a difference between the two sides. */
export interface Proof {
  readonly evidence: Case
  /** The canonical request that was signed, and the one that the server computed, as far as this cause goes. */
  readonly signed: CanonicalParts
  readonly received: CanonicalParts
  /** The differences that the cause accounts for; none where it is about the key or the scope. */
  readonly differences: readonly Difference[]
  readonly change: Change
}

/** How a proof is put into words. */
export type Wording = Omit<Finding, 'grade'>

/** One cause of the catalogue. */
export interface Cause {
  /** Number in the catalogue, `M37`: stable. */
  readonly id: string
  /** Name, `path-reserved-bare`: stable. */
  readonly code: string
  /** What it is, for people, in a few words. */
  readonly title: string
  readonly family: Family
  /** What to do about it, in general. */
  readonly fix: string
  /** Codes of more general causes, which are not told beside this one. */
  readonly insteadOf?: readonly string[]
  /** What a signer with this mistake signs where a server computes `received`. Each change is one try. */
  readonly signedInstead?: (received: CanonicalParts, evidence: Case) => readonly Change[]
  /** What a server computes where this happened, on the way, to a request that was signed as `signed`. */
  readonly receivedInstead?: (signed: CanonicalParts, evidence: Case) => readonly Change[]
  /** Whether a difference whose values cannot be foretold has the marks of this cause. */
  readonly accountsFor?: (difference: Difference, evidence: Case) => boolean
  /** What else speaks for this cause. It must give no grade of `proven` that is not an equality. */
  readonly detect?: (evidence: Case) => readonly Finding[]
  /** Words for a proof; without it they are general ones. */
  readonly explain?: (proof: Proof) => Partial<Wording>
}
