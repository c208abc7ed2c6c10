/**
 * Verdicts: what the proofs, the accounts and the marks of a case come to, best first.
 *
 * @module
 */
import { accountFor, accountForText, unaccounted, type Account } from './account.ts'
import type { Case } from './case.ts'
import type { Cause, Finding } from './cause.ts'
import { applyChange } from './change.ts'
import { compareParts, nameOfField, type Difference } from './difference.ts'
import type { DifferingLine, Grade, Verdict } from './explanation.ts'
import { redactField } from './redact.ts'
import type { SearchResult } from './search.ts'

const GRADES: readonly Grade[] = ['proven', 'stated', 'likely', 'possible']

/** What the differences, or the search, show. */
export function provenVerdicts(
  evidence: Case,
  found: SearchResult | undefined,
  causes: readonly Cause[],
): Verdict[] {
  if (found && found.attempts.length > 0)
    return found.attempts.map((attempt) => ofSearch(evidence, found, attempt))
  const given = evidence.evidence.signed?.canonicalRequest
  const ofText = given === undefined ? [] : accountForText(given, evidence.received.parts, evidence, causes)
  if (ofText.length > 0) {
    const isEchoed = evidence.received.basis === 'echo'
    return ofText.map((account) => ofAccount(evidence, account, isEchoed ? 'proven' : 'likely'))
  }
  if (!evidence.isComparable) return []
  const accounts = accountFor(evidence, causes)
  const rest = unaccounted(evidence, accounts).map((difference) => unnamed(evidence, difference))
  return [...accounts.map((account) => ofAccount(evidence, account)), ...rest]
}

function ofSearch(
  evidence: Case,
  { base }: SearchResult,
  { cause, change }: SearchResult['attempts'][number],
): Verdict {
  const signed = applyChange(base, change)
  const differences = compareParts(signed, base)
  return wordVerdict(cause, 'proven', { evidence, signed, received: base, differences, change })
}

function ofAccount(
  evidence: Case,
  { cause, differences, change, by }: Account,
  grade: Grade = gradeOf(evidence, by),
): Verdict {
  const { signed, received } = evidence
  return wordVerdict(cause, grade, {
    evidence,
    signed: signed.parts,
    received: received.parts,
    differences,
    change,
  })
}

/**
 * Both sides known: proven. Where what was signed is only presumed, a change on the way is a fact, and a mistake of
 * the signer is not: it may have signed by the same rules as the server.
 */
function gradeOf({ signed, received, oracle }: Case, by: Account['by']): Grade {
  if (signed.basis === 'key') return 'proven'
  // A log that the key does not bear out may be of another request.
  if (received.basis === 'presumed' || (signed.basis === 'given' && oracle)) return 'likely'
  return signed.basis === 'given' || by !== 'signer' ? 'proven' : 'likely'
}

function wordVerdict(
  cause: Cause,
  grade: Grade,
  proof: Parameters<NonNullable<Cause['explain']>>[0],
): Verdict {
  const line = lineOfDifference(proof.differences[0])
  const wording = cause.explain?.(proof) ?? {}
  return {
    id: cause.id,
    code: cause.code,
    grade,
    ...(line && { line }),
    finding: generalFinding(cause, line, proof.evidence),
    fix: cause.fix,
    ...wording,
  }
}

function lineOfDifference(difference: Difference | undefined): DifferingLine | undefined {
  if (!difference) return undefined
  const field = nameOfField(difference)
  const [ours, theirs] = [difference.signed, difference.received].map((text) =>
    text === undefined ? '(no line)' : redactField(field, text),
  )
  return { field, ours: ours ?? '', theirs: theirs ?? '' }
}

function generalFinding({ title }: Cause, line: DifferingLine | undefined, { signed }: Case): string {
  if (!line) return `${title}.`
  if (signed.basis === 'presumed') {
    return `${title}: the ${line.field} was sent as ${quote(line.ours)}, and the server has ${quote(line.theirs)}.`
  }
  return `${title}: the ${line.field} was signed as ${quote(line.ours)}, and the server has ${quote(line.theirs)}.`
}

function quote(text: string): string {
  return text === '' ? '(nothing)' : text
}

/** A difference that no cause accounts for is told as it is. */
function unnamed(evidence: Case, difference: Difference): Verdict {
  const line = lineOfDifference(difference)
  const { field = '', ours = '', theirs = '' } = line ?? {}
  return {
    id: 'P3',
    code: 'line-differs',
    grade: gradeOf(evidence, 'marks'),
    ...(line && { line }),
    finding: `The ${field} was signed as ${quote(ours)}, and the server has ${quote(theirs)}.`,
    fix: `Find what changes the ${field} between signing and the server, or sign what arrives there.`,
  }
}

/** What the causes find by looking at the evidence. */
export function detectedVerdicts(evidence: Case, causes: readonly Cause[]): Verdict[] {
  return causes.flatMap(({ id, code, detect }) =>
    (detect?.(evidence) ?? []).map((finding: Finding) => ({ id, code, ...finding })),
  )
}

/** The verdicts of the best grade, each once, without those that another one of them says better. */
export function bestOf(verdicts: readonly Verdict[], causes: readonly Cause[]): Verdict[] {
  const best = GRADES.find((grade) => verdicts.some((verdict) => verdict.grade === grade))
  const kept = new Map<string, Verdict>()
  for (const verdict of verdicts) {
    const key = `${verdict.code} ${verdict.line?.field ?? ''}`
    if (verdict.grade === best && !kept.has(key)) kept.set(key, verdict)
  }
  const told = new Set([...kept.values()].map(({ code }) => code))
  const general = new Set(causes.flatMap(({ code, insteadOf }) => (told.has(code) ? (insteadOf ?? []) : [])))
  return [...kept.values()].filter(({ code }) => !general.has(code))
}
