/**
 * Accounts for the differences between what was signed and what the server computed: which cause of the catalogue turns
 * the one into the other.
 *
 * @module
 */
import { formatParts, type CanonicalParts } from './canonical-parts.ts'
import type { Case } from './case.ts'
import type { Cause } from './cause.ts'
import { applyChange, changedText, type Change } from './change.ts'
import { compareParts, type Difference } from './difference.ts'

/** A cause that accounts for some of the differences. */
export interface Account {
  readonly cause: Cause
  readonly differences: readonly Difference[]
  readonly change: Change
  /**
   * `signer`: a signer with this mistake signs exactly that. `way`: what was signed becomes exactly that on the way.
   * `marks`: the difference has the marks of this cause.
   */
  readonly by: 'signer' | 'way' | 'marks'
}

/** All accounts. Where a difference has an exact one, those by marks alone are left out. */
export function accountFor(evidence: Case, causes: readonly Cause[]): Account[] {
  const all = causes.flatMap((cause) => exactAccounts(cause, evidence))
  const exact = all.filter((account) => !all.some((other) => isPartOf(account, other)))
  const covered = new Set(exact.flatMap(({ differences }) => differences.map(keyOf)))
  const marks = causes.flatMap((cause) => markAccounts(cause, evidence, covered))
  return [...exact, ...marks]
}

/** Whether another account has these differences and more: bucket in the host or in the path changes both. */
function isPartOf({ differences }: Account, { differences: others }: Account): boolean {
  const keys = others.map(keyOf)
  return (
    differences.length < others.length && differences.every((difference) => keys.includes(keyOf(difference)))
  )
}

/** What no account covers. */
export function unaccounted(evidence: Case, accounts: readonly Account[]): Difference[] {
  const covered = new Set(accounts.flatMap(({ differences }) => differences.map(keyOf)))
  return evidence.differences.filter((difference) => !covered.has(keyOf(difference)))
}

function keyOf({ part, header }: Difference): string {
  return `${part} ${header}`
}

/** Where what was signed is only presumed, it was signed right, and changed on the way. */
function exactAccounts(cause: Cause, evidence: Case): Account[] {
  const ofSigner = accountOfSigner(cause, evidence)
  if (ofSigner && evidence.signed.basis !== 'presumed') return [ofSigner]
  const ofWay = accountOfWay(cause, evidence)
  if (ofWay) return [ofWay]
  if (!ofSigner) return []
  const isOfWay = ofSigner.differences.every((difference) => cause.accountsFor?.(difference, evidence))
  return [isOfWay ? { ...ofSigner, by: 'way' } : ofSigner]
}

function accountOfSigner(cause: Cause, evidence: Case): Account | undefined {
  const received = evidence.received.parts
  for (const change of cause.signedInstead?.(received, evidence) ?? []) {
    const differences = compareParts(applyChange(received, change), received)
    if (isTold(differences, evidence)) return { cause, change, differences, by: 'signer' }
  }
  return undefined
}

function accountOfWay(cause: Cause, evidence: Case): Account | undefined {
  const signed = evidence.signed.parts
  for (const change of cause.receivedInstead?.(signed, evidence) ?? []) {
    const differences = compareParts(signed, applyChange(signed, change))
    if (isTold(differences, evidence)) return { cause, change, differences, by: 'way' }
  }
  return undefined
}

/** Whether these are among the differences that there are, with the same texts on both sides. */
function isTold(differences: readonly Difference[], evidence: Case): boolean {
  const known = new Map(evidence.differences.map((difference) => [keyOf(difference), difference]))
  const isKnown = (difference: Difference): boolean => {
    const other = known.get(keyOf(difference))
    return other !== undefined && other.signed === difference.signed && other.received === difference.received
  }
  return differences.length > 0 && differences.every(isKnown)
}

function markAccounts(cause: Cause, evidence: Case, covered: ReadonlySet<string>): Account[] {
  const differences = evidence.differences.filter(
    (difference) => !covered.has(keyOf(difference)) && cause.accountsFor?.(difference, evidence),
  )
  return differences.length > 0 ? [{ cause, differences, change: {}, by: 'marks' }] : []
}

/** Causes that make the given text of the received parts, where that text is no canonical request at all. */
export function accountForText(
  text: string,
  received: CanonicalParts,
  evidence: Case,
  causes: readonly Cause[],
): Account[] {
  if (text === formatParts(received)) return []
  return causes.flatMap((cause): Account[] => {
    const change = cause
      .signedInstead?.(received, evidence)
      .find((each) => each.layout && changedText(received, each) === text)
    return change ? [{ cause, change, differences: [], by: 'signer' }] : []
  })
}
