/**
 * Explains why a server refused a signed request: from the request, what the server answered, and perhaps the key. It
 * reads nothing but its arguments, asks nobody, and works in a browser.
 *
 * @module
 */
import type { SignatureAlgorithm } from '../algorithms/algorithm.ts'
import { sigV4 } from '../algorithms/sigv4.ts'
import type { ErrorAnswer } from '../answers/error-answer.ts'
import type { AnyCredentials, Credentials, KeyCredentials } from '../credentials/credentials.ts'
import { openCase, withSigned, type Case } from './case.ts'
import type { EchoState } from './check-echo.ts'
import { CAUSES, findCause } from './catalogue.ts'
import type { Evidence } from './evidence.ts'
import type { AnswerSummary, Explanation, Verdict } from './explanation.ts'
import {
  DEFAULT_LIMITS,
  searchSigned,
  SLOW_CANDIDATES,
  type Searched,
  type SearchLimits,
  type SearchResult,
} from './search.ts'
import { suspectVerdicts } from './suspects.ts'
import { bestOf, detectedVerdicts, provenVerdicts } from './verdicts.ts'

/** Options of {@link explainRefusal}. */
export interface ExplainRefusalOptions {
  /** The key that the request was signed with, as far as the caller knows. It is used here, and goes nowhere. */
  readonly credentials?: Credentials | KeyCredentials | undefined
  /** Other keys that it may have been signed with by mistake, such as those of other profiles. */
  readonly candidates?: readonly (Credentials | KeyCredentials)[] | undefined
  /**
   * Algorithms whose signatures can be tried with the key, besides SigV4: `[sigV4A]` of `countersign/sigv4a`. What
   * needs no key is told of requests with any.
   */
  readonly algorithms?: readonly SignatureAlgorithm[] | undefined
  /** The local clock at the time of the refusal. Without it, clocks are compared only by what the answer says. */
  readonly now?: Date | undefined
  readonly limits?: Partial<SearchLimits> | undefined
}

/**
 * Explains a refusal.
 *
 * ```ts
 * const { verdicts } = explainRefusal({ request, answer: { status: 403, headers, body } })
 * for (const { grade, finding, fix } of verdicts) console.log(`${grade}: ${finding} ${fix}`)
 * ```
 */
export function explainRefusal(evidence: Evidence, options: ExplainRefusalOptions = {}): Explanation {
  const algorithms = [sigV4, ...(options.algorithms ?? [])]
  const { bodyBytes } = { ...DEFAULT_LIMITS, ...options.limits }
  const opened = openCase(evidence, { ...options, ...asAny(options), algorithms, bodyBytes })
  const { oracle } = opened
  const search = opened.signed.basis === 'key' ? undefined : searchWithKey(opened, options.limits)
  const found = search?.found
  const settled = found ? withSigned(opened, { parts: found.parts, basis: 'key' }) : opened
  const verdicts = bestOf(
    [
      ...suspectVerdicts(settled, CAUSES),
      ...provenVerdicts(settled, found, CAUSES),
      ...detectedVerdicts(settled, CAUSES),
    ],
    CAUSES,
  )
  const named = new Set(verdicts.map(({ code }) => code))
  const isTested = oracle !== undefined || settled.isComparable
  const tested = isTested
    ? CAUSES.filter(({ signedInstead, receivedInstead }) => signedInstead ?? receivedInstead)
    : []
  return {
    verdicts,
    ruledOut: tested
      .filter((cause) => !named.has(cause.code) && !search?.untried.has(cause))
      .map(({ code }) => code),
    isSignatureProblem: isAboutSignature(verdicts, settled.answer),
    ...(oracle && {
      isSignatureRight:
        settled.signed.basis === 'key' && isUnchanged(found) && settled.differences.length === 0,
    }),
    ...(settled.answer && { answer: summaryOf(settled.answer) }),
    echo: stateOf(settled),
    searched: oracle?.searched ?? 0,
    isSearchCutShort: search?.isCutShort === true,
  }
}

function searchWithKey(opened: Case, given: Partial<SearchLimits> = {}): Searched | undefined {
  const { oracle } = opened
  if (!oracle) return undefined
  const usual = oracle.isSlow ? { ...DEFAULT_LIMITS, candidates: SLOW_CANDIDATES } : DEFAULT_LIMITS
  return searchSigned(opened, CAUSES, oracle, { ...usual, ...given })
}

/** Where no cause was found, the server's code tells. */
function isAboutSignature(verdicts: readonly Verdict[], answer: ErrorAnswer | undefined): boolean {
  if (verdicts.length === 0) {
    return answer?.code === undefined || /^(?:signature|clock|expired)$/.test(answer.kind)
  }
  return !verdicts.some(({ code }) => findCause(code)?.family === 'neighbour')
}

function summaryOf({ status, code, kind, requestId }: ErrorAnswer): AnswerSummary {
  return { status, code, kind, requestId }
}

function asAny({ credentials, candidates }: ExplainRefusalOptions): {
  credentials: AnyCredentials | undefined
  candidates: readonly AnyCredentials[] | undefined
} {
  return { credentials, candidates }
}

/** Whether nothing had to be changed for the signature to come out. */
function isUnchanged(found: SearchResult | undefined): boolean {
  return found === undefined || found.attempts.length === 0
}

function stateOf({ echo: { state, repair } }: Case): EchoState {
  return repair === undefined ? { state } : { state, repair }
}
