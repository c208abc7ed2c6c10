/**
 * The target of a request on its way to the upstream.
 *
 * @module
 */
import type { VerifiedRequest } from 'countersign/verify'
import { GatewayFault } from './faults.ts'

const ABSOLUTE = /^https?:\/\/[^/?#]*/i
/** What a presigned URL has more than the URL that was signed. */
const SIGNING_PARAMETER =
  /^X-Amz-(?:Algorithm|Credential|Date|Expires|Region-Set|SignedHeaders|Signature|Security-Token)(?:=|$)/
const DOT_SEGMENT = /\/\.{1,2}(?:\/|$)/

/** Services whose paths are signed as they stand. All others are signed with their dot segments resolved. */
const RAW_PATHS = new Set(['s3', 's3express', 's3-object-lambda', 's3-outposts'])

/**
 * The target for the upstream: in origin form, raw, without the signature unless it is to be kept.
 *
 * @param prefix a path that is put before it
 * @throws {@link GatewayFault} `PATH_DISPUTED`
 */
export function upstreamTarget(
  target: string,
  verified: VerifiedRequest<string> | undefined,
  { prefix, keepSignature, isPresigned }: { prefix: string; keepSignature: boolean; isPresigned?: boolean },
): string {
  const origin = target.replace(ABSOLUTE, '')
  const question = origin.indexOf('?')
  const path = question < 0 ? origin : origin.slice(0, question)
  const query = question < 0 ? '' : origin.slice(question)
  if (verified && !RAW_PATHS.has(verified.scope.service) && path.includes('/.') && DOT_SEGMENT.test(path)) {
    throw new GatewayFault('PATH_DISPUTED', 'The path has dot segments')
  }
  const isStripped = !keepSignature && (isPresigned ?? verified?.mechanism === 'query')
  return `${prefix}${path || '/'}${isStripped ? withoutSignature(query) : query}`
}

/** Whether a target carries a signature. */
export function isPresignedTarget(target: string): boolean {
  const question = target.indexOf('?')
  return question >= 0 && /[?&]X-Amz-Signature=/i.test(target.slice(question))
}

function withoutSignature(query: string): string {
  const pairs = query.slice(1).split('&')
  const kept = pairs.filter((pair) => !SIGNING_PARAMETER.test(decodeName(pair))).join('&')
  return kept && `?${kept}`
}

// The verifier reads names decoded, so they are looked for decoded here.
function decodeName(pair: string): string {
  const [name = ''] = pair.split('=', 1)
  if (!name.includes('%')) return pair
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}
