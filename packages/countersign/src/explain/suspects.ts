/**
 * Suspects: where nobody knows what was signed, the mistakes that this request gives an occasion to. They are possible,
 * and the signer's log or the key would tell.
 *
 * @module
 */
import type { Case } from './case.ts'
import type { Cause } from './cause.ts'
import { applyChange } from './change.ts'
import { compareParts, nameOfField } from './difference.ts'
import type { Verdict } from './explanation.ts'
import { redactField } from './redact.ts'

/** Mistakes that need an odd path or query to be made; the others are possible with every request. */
const NEEDS_OCCASION: ReadonlySet<string> = new Set([
  'path-reserved-bare',
  'path-preencoded',
  'path-single',
  'path-double-s3',
  'path-plus',
  'path-collapsed-s3',
  'path-not-collapsed',
  'query-space-plus',
  'query-plus-bare',
  'query-rfc3986',
  'query-sort',
  'query-no-equals',
  'query-duplicates',
  'whitespace',
])
const MISMATCH = /^(?:SignatureDoesNotMatch|InvalidSignature)/

/** Suspects of a mismatch that nothing else accounts for. */
export function suspectVerdicts(evidence: Case, causes: readonly Cause[]): Verdict[] {
  const { answer, signed, received, differences, oracle } = evidence
  const isKnown = received.basis === 'echo' || evidence.request.method !== ''
  const isOpen = isKnown && signed.basis === 'presumed' && !oracle && differences.length === 0
  if (!isOpen || !MISMATCH.test(answer?.code ?? '')) return []
  return causes
    .filter(({ code }) => NEEDS_OCCASION.has(code))
    .flatMap((cause) => {
      const change = cause.signedInstead?.(received.parts, evidence)[0]
      const difference = change && compareParts(applyChange(received.parts, change), received.parts)[0]
      if (!difference) return []
      const field = nameOfField(difference)
      const ours = redactField(field, difference.signed ?? '')
      const theirs = redactField(field, difference.received ?? '')
      return [
        {
          id: cause.id,
          code: cause.code,
          grade: gradeOf(cause, evidence),
          line: { field, ours, theirs },
          finding: `${cause.title}: many signers sign the ${field} as ${ours}, where the server has ${theirs}.`,
          fix: cause.fix,
        },
      ]
    })
}

/** Bare reserved characters in a path of S3 are the commonest cause of all. */
function gradeOf({ code }: Cause, { request, rules }: Case): 'likely' | 'possible' {
  const isBare = code === 'path-reserved-bare' && rules.pathEncoding === 'single'
  return isBare && /[:@=+,()*'!$&;]/.test(request.path) ? 'likely' : 'possible'
}
