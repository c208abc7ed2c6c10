/**
 * A refused signature as it may be kept and shown: explained, and without secrets.
 *
 * @module
 */
import { explainRefusal, type SearchLimits } from 'countersign/explain'
import type { RefusedExchange } from '@countersign/gateway'
import { correctedCommand } from '../explain/corrected-command.ts'
import type { LastRefusal } from '../explain/last-refusal.ts'
import { algorithmsOf } from '../explain/needed-algorithms.ts'
import { redactEvidence, withoutTarget } from '../explain/redact-evidence.ts'
import { formatInstant } from '../frame/times.ts'
import { redactUrl } from '../request/redacted-headers.ts'

/**
 * Describes it.
 *
 * @param limits of the search for what was signed; those of the library by default
 */
export async function describeRefused(
  { refusedBy, at, requestId, cause, url, evidence, ...refused }: RefusedExchange,
  by: 'gateway' | 'proxy',
  limits?: Partial<SearchLimits>,
): Promise<LastRefusal> {
  const credentials = refused.credentials()
  const algorithms = await algorithmsOf(evidence)
  const explanation = explainRefusal(evidence, { credentials, algorithms, now: at, limits })
  const corrected = correctedCommand(evidence, explanation.verdicts[0]?.correction)
  const secret = credentials && 'secretAccessKey' in credentials ? credentials.secretAccessKey : undefined
  return {
    schema: 'countersign/refusal/1',
    at: formatInstant(at),
    by,
    refusedBy,
    requestId,
    cause,
    url: redactUrl(url),
    evidence: redactEvidence(evidence, [secret, credentials?.sessionToken]),
    explanation: { ...explanation, verdicts: explanation.verdicts.map(withoutTarget) },
    corrected,
  }
}
