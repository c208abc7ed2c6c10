/**
 * The search with a key: every mistake of the catalogue is made on the request, then every two that go together, until
 * one gives the signature that was sent. That proves what was signed.
 *
 * @module
 */
import { formatParts, type CanonicalParts } from './canonical-parts.ts'
import type { Case } from './case.ts'
import type { Cause } from './cause.ts'
import { applyChange, changedText, keyOfChange, mergeChanges, type Change } from './change.ts'
import type { KeyOracle } from './key-oracle.ts'

/** How far a search goes. */
export interface SearchLimits {
  /** Canonical requests that are signed at most. */
  readonly candidates: number
  /** Longest body that is hashed anew, in bytes. */
  readonly bodyBytes: number
}

/** What is searched when nothing else is said. */
export const DEFAULT_LIMITS: SearchLimits = { candidates: 8000, bodyBytes: 1 << 20 }

/** A change, and the cause that it stands for. */
export interface Attempt {
  readonly cause: Cause
  readonly change: Change
}

/** What the search found. */
export interface SearchResult {
  /** What was signed. */
  readonly parts: CanonicalParts
  /** What the mistakes were made on. */
  readonly base: CanonicalParts
  /** The mistakes; empty where the request was signed right. Causes that give the same text are all there. */
  readonly attempts: readonly Attempt[]
}

interface Group {
  readonly change: Change
  readonly attempts: Attempt[]
  /** How many changes of its cause come before it. */
  readonly rank: number
}

/** Looks for what was signed. */
export function searchSigned(
  evidence: Case,
  causes: readonly Cause[],
  oracle: KeyOracle,
  limits: SearchLimits,
): SearchResult | undefined {
  const { stringToSign } = evidence.echo
  if (stringToSign !== undefined && oracle.hasSignedString(stringToSign))
    return unchanged(evidence.received.parts)
  for (const parts of distinct([evidence.received.parts, evidence.signed.parts, evidence.canonical])) {
    if (oracle.hasSigned(formatParts(parts))) return unchanged(parts)
  }
  const base = evidence.received.parts
  const singles = groupChanges(base, evidence, causes)
  return trySingles(base, singles, oracle, limits) ?? tryPairs(base, singles, oracle, limits)
}

function unchanged(parts: CanonicalParts): SearchResult {
  return { parts, base: parts, attempts: [] }
}

function distinct(all: readonly CanonicalParts[]): CanonicalParts[] {
  return [...new Map(all.map((parts) => [formatParts(parts), parts])).values()]
}

/** All changes, those that come to the same under one heading. */
function groupChanges(base: CanonicalParts, evidence: Case, causes: readonly Cause[]): Group[] {
  const groups = new Map<string, Group>()
  const right = keyOfChange(base, {})
  for (const cause of causes) {
    for (const [rank, change] of (cause.signedInstead?.(base, evidence) ?? []).entries()) {
      const key = keyOfChange(base, change)
      const group = groups.get(key)
      if (group) {
        if (!group.attempts.some((attempt) => attempt.cause === cause)) group.attempts.push({ cause, change })
      } else if (key !== right) groups.set(key, { change, attempts: [{ cause, change }], rank })
    }
  }
  return [...groups.values()]
}

function trySingles(
  base: CanonicalParts,
  singles: readonly Group[],
  oracle: KeyOracle,
  limits: SearchLimits,
): SearchResult | undefined {
  for (const { change, attempts } of singles) {
    if (oracle.searched >= limits.candidates) return undefined
    if (oracle.hasSigned(changedText(base, change), change)) {
      return { parts: applyChange(base, change), base, attempts }
    }
  }
  return undefined
}

/** Pairs of what is likeliest come first: the first change of each cause with that of each other one, and so on. */
function tryPairs(
  base: CanonicalParts,
  groups: readonly Group[],
  oracle: KeyOracle,
  limits: SearchLimits,
): SearchResult | undefined {
  const singles = groups.toSorted((a, b) => a.rank - b.rank)
  for (let sum = 1; sum < 2 * singles.length - 2; sum++) {
    for (let i = Math.max(0, sum - singles.length + 1); i < sum - i; i++) {
      const [a, b] = [singles[i]!, singles[sum - i]!]
      const change = mergeChanges(a.change, b.change)
      if (!change) continue
      if (oracle.searched >= limits.candidates) return undefined
      if (oracle.hasSigned(changedText(base, change), change)) {
        return { parts: applyChange(base, change), base, attempts: [...a.attempts, ...b.attempts] }
      }
    }
  }
  return undefined
}
