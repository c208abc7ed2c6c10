/**
 * Explains a signed request against the rules of what it was itself signed for, unless others are given.
 *
 * @module
 */
import type { CredentialScope } from 'countersign'
import { explainRequest, type ExplainOptions, type Report, type WholeMessage } from 'countersign/verify'

/** Rules for one request. */
export interface ExplainRules extends Omit<ExplainOptions, 'service' | 'region'> {
  readonly service?: string | undefined
  readonly region?: string | undefined
}

/** What a request says of itself: whose key signed it, and for what. Nothing of it is proven. */
export interface ClaimedSignature {
  readonly accessKeyId?: string | undefined
  readonly scope?: CredentialScope | undefined
}

/** Reads what a request claims; nothing where its signature cannot be read. */
export function readClaimed(message: WholeMessage): ClaimedSignature {
  const { accessKeyId, scope } = explainRequest(message, { service: 'any', region: '*' })
  return { accessKeyId, scope }
}

/** Explains a request; service and region are those of its own scope where none are given. */
export function explain(message: WholeMessage, { service, region, ...rules }: ExplainRules): Report {
  const { scope } = readClaimed(message)
  return explainRequest(message, {
    ...rules,
    service: service ?? scope?.service ?? 'any',
    region: region ?? scope?.region ?? '*',
  })
}

const SIGNATURE_HEADER = /^authorization$/i
const SIGNATURE_PARAMETER = /[?&]X-Amz-Signature=/

/** Whether a request carries a signature of ours, be it a good one. */
export function isSigned({ target, headers }: WholeMessage): boolean {
  return (
    SIGNATURE_PARAMETER.test(target) ||
    headers.some(([name, value]) => SIGNATURE_HEADER.test(name) && value.startsWith('AWS4-'))
  )
}

/** The session token that a request carries, to be kept out of what is shown of it. */
export function tokenOf({ target, headers }: WholeMessage): string | undefined {
  const ofHeader = headers.find(([name]) => name.toLowerCase() === 'x-amz-security-token')?.[1]
  return ofHeader ?? new URLSearchParams(target.split('?')[1] ?? '').get('X-Amz-Security-Token') ?? undefined
}
