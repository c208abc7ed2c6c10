/**
 * Puts a claim together: what the two carriers of a signature have in common.
 *
 * @module
 */
import type { SignatureAlgorithm } from '../algorithms/algorithm.ts'
import { X_AMZ_REGION_SET } from '../core/names.ts'
import { serviceRules } from '../core/service-rules.ts'
import type { Claim } from './claim.ts'
import { exceeded, type Limits } from './limits.ts'
import type { ReadMessage } from './message.ts'
import type { OlderAlgorithm } from './older-algorithm.ts'
import { readCredential } from './read-credential.ts'
import { readPayloadMode } from './read-payload-mode.ts'
import { readSignedHeaders } from './read-signed-headers.ts'
import { refuse } from './refusals.ts'

/** What reading depends on. */
export interface ReadOptions {
  /** The algorithms that are served, by name. */
  readonly algorithms: ReadonlyMap<string, SignatureAlgorithm>
  /** Those of before version 4. */
  readonly older: readonly OlderAlgorithm[]
  /** Signing names of what is served. */
  readonly services: readonly string[]
  readonly limits: Limits
  readonly ignoreForeignAuthorization: boolean
}

/** The parts of either mechanism, still as text. */
export interface ClaimParts {
  readonly mechanism: Claim['mechanism']
  readonly algorithm: SignatureAlgorithm
  readonly credential: string
  readonly signedHeaders: string
  readonly signature: string
  readonly amzDate: string
  readonly instant: Date
  readonly expiresIn?: number
  readonly sessionToken: string | undefined
  readonly regionSet: string | undefined
  readonly hashParameter?: string | undefined
}

/**
 * Reads the parts that are still text.
 *
 * @throws {@link VerificationError}
 */
export function assembleClaim(message: ReadMessage, { limits }: ReadOptions, parts: ClaimParts): Claim {
  const { mechanism, algorithm, signature, amzDate, instant, sessionToken, expiresIn } = parts
  if (sessionToken !== undefined && sessionToken.length > limits.sessionTokenBytes) {
    throw exceeded('sessionTokenBytes', limits)
  }
  const { accessKeyId, scope, scopeText } = readCredential(parts.credential, algorithm, mechanism, limits)
  const rules = serviceRules(scope.service)
  const signedHeaders = readSignedHeaders(parts.signedHeaders, mechanism, limits)
  return {
    message,
    mechanism,
    algorithm,
    accessKeyId,
    scope,
    scopeText,
    regionSet: readRegionSet(parts),
    rules,
    amzDate,
    instant,
    expiresIn,
    signedHeaders,
    signedHeadersText: parts.signedHeaders,
    signature,
    sessionToken,
    payload: readPayloadMode(message, mechanism, rules, signedHeaders, parts.hashParameter),
  }
}

/** The regions that a signature names: what it does not name is not known to be meant. */
function readRegionSet({ algorithm, mechanism, regionSet }: ClaimParts): readonly string[] | undefined {
  if (!algorithm.regionSet) return undefined
  const regions = algorithm.regionSet.parse(regionSet ?? '')
  if (regions) return regions
  const message = `${X_AMZ_REGION_SET} must be there, as a list of regions such as us-east-1,eu-*`
  throw refuse('REGION_SET_INVALID', message, { mechanism })
}
