/**
 * Explains a signed request against the rules of what it was itself signed for, unless others are given.
 *
 * @module
 */
import type { CredentialScope } from 'countersign'
import { explainRequest, type ExplainOptions, type Report, type WholeMessage } from 'countersign/verify'
import type { AlgorithmName } from '../frame/options.ts'
import { isOlder } from './algorithm.ts'
import { algorithmsFor } from './taken-algorithms.ts'

/** Rules for one request. */
export interface ExplainRules extends Omit<ExplainOptions, 'service' | 'region' | 'algorithms'> {
  readonly service?: string | undefined
  readonly region?: string | readonly string[] | undefined
  /** By default whichever of them the request names. */
  readonly algorithm?: AlgorithmName | undefined
}

/** What a request says of itself: whose key signed it, and for what. Nothing of it is proven. */
export interface ClaimedSignature {
  readonly accessKeyId?: string | undefined
  readonly scope?: CredentialScope | undefined
}

/** Reads what a request claims; nothing where its signature cannot be read. */
export async function readClaimed(
  message: WholeMessage,
  algorithm?: AlgorithmName,
): Promise<ClaimedSignature> {
  const older = isOlder(algorithm) ? algorithm : undefined
  const algorithms = await algorithmsFor(message, older)
  // What version 2 of S3 is taken for is not in the request.
  const service = older === 's3v2' ? 's3' : 'any'
  const { accessKeyId, scope } = explainRequest(message, { service, region: '*', algorithms })
  return { accessKeyId, scope }
}

/** Explains a request; service and region are those of its own scope where none are given. */
export async function explain(
  message: WholeMessage,
  { service, region, algorithm, ...rules }: ExplainRules,
): Promise<Report> {
  const { scope } = await readClaimed(message, algorithm)
  return explainRequest(message, {
    ...rules,
    algorithms: await algorithmsFor(message, algorithm),
    service: service ?? scope?.service ?? 'any',
    region: region ?? scope?.region ?? '*',
  })
}

const SIGNATURE_HEADER = /^authorization$/i
const SIGNATURE_PARAMETER = /[?&]X-Amz-Signature=/
const OLDER_PARAMETER = /[?&]Signature=/

/** Whether a request carries a signature of ours, be it a good one; of version 4 unless another one is asked for. */
export function isSigned({ target, headers }: WholeMessage, algorithm: AlgorithmName | undefined): boolean {
  const [parameter, scheme] = isOlder(algorithm) ? [OLDER_PARAMETER, 'AWS '] : [SIGNATURE_PARAMETER, 'AWS4-']
  return (
    parameter.test(target) ||
    headers.some(([name, value]) => SIGNATURE_HEADER.test(name) && value.startsWith(scheme))
  )
}

/** The session token that a request carries, to be kept out of what is shown of it. */
export function tokenOf({ target, headers, body }: WholeMessage): string | undefined {
  const ofHeader = headers.find(([name]) => name.toLowerCase() === 'x-amz-security-token')?.[1]
  return (
    ofHeader ?? tokenIn(target.split('?')[1] ?? '') ?? tokenIn(Buffer.from(body ?? []).toString('latin1'))
  )
}

const TOKEN_PARAMETER = /^(?:X-Amz-Security-Token|SecurityToken)$/i

/** That of a query, or of a form. */
function tokenIn(text: string): string | undefined {
  return [...new URLSearchParams(text)].find(([name]) => TOKEN_PARAMETER.test(name))?.[1]
}
