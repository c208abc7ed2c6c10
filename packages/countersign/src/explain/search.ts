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
  /**
   * Texts that are tried with the key at most: 8,000 by default, and 4,000 with SigV4A, where each takes a tenth of a
   * millisecond, and more than one millisecond where there is no `node:crypto`.
   */
  readonly candidates: number
  /** Longest body that is hashed anew, in bytes. */
  readonly bodyBytes: number
}

/** What is searched when nothing else is said. */
export const DEFAULT_LIMITS: SearchLimits = { candidates: 8000, bodyBytes: 1 << 20 }

/** How many texts are tried where that is slow. */
export const SLOW_CANDIDATES = 4000

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

/** What became of a search. */
export interface Searched {
  readonly found?: SearchResult | undefined
  /** Whether it stopped at its limit, with texts left to try. */
  readonly isCutShort: boolean
  /** Causes that were not tried in full, and may be it. */
  readonly untried: ReadonlySet<Cause>
}

const NONE: ReadonlySet<Cause> = new Set()

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
  { candidates }: SearchLimits,
): Searched {
  const right = findUnchanged(evidence, oracle)
  if (right) return { found: unchanged(right), isCutShort: false, untried: NONE }
  const base = evidence.received.parts
  // What is likeliest comes first: the first change of each cause, then the second of each.
  const singles = groupChanges(base, evidence, causes).toSorted((a, b) => a.rank - b.rank)
  const tries = triesOf(singles)
  for (let index = 0; ; index++) {
    const { value: next, done } = tries.next()
    if (done) return { isCutShort: false, untried: NONE }
    if (oracle.searched >= candidates) return { isCutShort: true, untried: causesOf(singles.slice(index)) }
    const { change, attempts } = next
    if (!oracle.hasSigned(changedText(base, change), change)) continue
    const found = { parts: applyChange(base, change), base, attempts }
    return { found, isCutShort: false, untried: NONE }
  }
}

/** What was signed, where it was signed right. */
function findUnchanged(evidence: Case, oracle: KeyOracle): CanonicalParts | undefined {
  const { echo, received, signed, canonical } = evidence
  const { stringToSign } = echo
  if (stringToSign !== undefined && oracle.hasSignedString(stringToSign)) return received.parts
  return distinct([received.parts, signed.parts, canonical]).find((parts) =>
    oracle.hasSigned(formatParts(parts)),
  )
}

function causesOf(groups: readonly Group[]): ReadonlySet<Cause> {
  return new Set(groups.flatMap(({ attempts }) => attempts.map(({ cause }) => cause)))
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

type Try = Pick<Group, 'change' | 'attempts'>

/** All singles, then all pairs of them that are about different parts, those of what is likeliest first. */
function* triesOf(singles: readonly Group[]): Generator<Try, undefined> {
  yield* singles
  for (let sum = 1; sum < 2 * singles.length - 2; sum++) {
    for (let i = Math.max(0, sum - singles.length + 1); i < sum - i; i++) {
      const [a, b] = [singles[i]!, singles[sum - i]!]
      const change = mergeChanges(a.change, b.change)
      if (change) yield { change, attempts: [...a.attempts, ...b.attempts] }
    }
  }
}
