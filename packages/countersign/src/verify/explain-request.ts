/**
 * Explains a request instead of letting it in: every step, and every rule with what it found.
 *
 * @module
 */
import type { CredentialScope } from '../core/credential-scope.ts'
import { VerificationError, type VerificationErrorCode } from '../errors.ts'
import { SigningKeyCache } from '../keys/signing-key-cache.ts'
import type { Check } from './checks/check.ts'
import { clockSkew } from './checks/clock-skew.ts'
import { expired, notYetValid } from './checks/expiry.ts'
import { metadataSize } from './checks/metadata-size.ts'
import { payloadMode, unsignedPayload } from './checks/payload.ts'
import { scopeDate, scopeRegion, scopeService } from './checks/scope.ts'
import { headersSigned, signedHeadersPresent } from './checks/signed-headers.ts'
import { assertChunks } from './chunked-body.ts'
import type { Claim, Mechanism } from './claim.ts'
import { assertDigests, readDigests } from './body-digests.ts'
import { expectedBody, wrongHash, wrongLength, type ExpectedBody } from './expected-body.ts'
import type { Found, MatchedKey } from './found-key.ts'
import { checkKeyLife } from './key-state.ts'
import { readMessage, type RequestMessage } from './message.ts'
import { readClaim } from './read-claim.ts'
import { payloadHashOf, rebuildSteps } from './rebuild.ts'
import { refuse } from './refusals.ts'
import { AFTER_SIGNATURE, BEFORE_LOOKUP, BEFORE_SIGNATURE } from './rules.ts'
import { matchSignature } from './signature.ts'
import { settleRules, type ServerRules } from './verifier-options.ts'
import { defaultSha256 } from '../crypto/default-sha256.ts'
import { equalConstantTime } from '../crypto/constant-time.ts'

/** A message whose body, if any, is at hand. */
export type WholeMessage = Omit<RequestMessage, 'body' | 'signal'> & {
  readonly body?: Uint8Array | undefined
}

/** Options of {@link explainRequest}. */
export interface ExplainOptions extends ServerRules {
  /** The key that the request should have been signed with; without it the signature itself is not checked. */
  readonly key?: Pick<Found, 'secretAccessKey' | 'signingKey' | 'notAfter'> & {
    sessionToken?: string | undefined
  }
}

/** What one rule found. */
export interface Finding {
  /** The rule, for people: `clock skew`. */
  readonly check: string
  /** Whether the rule holds. */
  readonly isOk: boolean
  /** Why not; absent when the rule holds. */
  readonly code?: VerificationErrorCode
  /** What was found, in one sentence; `holds` where the rule does. */
  readonly message: string
}

/** What there is to say about a request. It carries no principal and cannot let anyone in. */
export interface Report {
  /** `unproven`: nothing speaks against the request, but there was no key to check its signature with. */
  readonly verdict: 'valid' | 'invalid' | 'unproven'
  /** Every rule that was looked at, in the order of the verifier. */
  readonly findings: readonly Finding[]
  /** This and what follows is absent where the request does not tell it. */
  readonly mechanism?: Mechanism
  readonly algorithm?: string
  readonly accessKeyId?: string
  readonly scope?: CredentialScope
  /** The regions that a signature of SigV4A names. */
  readonly regionSet?: readonly string[]
  readonly signedHeaders?: readonly string[]
  /** What the client should have hashed. It may hold a session token. */
  readonly canonicalRequest?: string
  /** What the client should have signed. */
  readonly stringToSign?: string
}

/** The rules, as reports name them. */
const NAMES: ReadonlyMap<Check, string> = new Map([
  [scopeDate, 'scope date'],
  [scopeService, 'scope service'],
  [scopeRegion, 'scope region'],
  [clockSkew, 'clock skew'],
  [notYetValid, 'presigned date'],
  [expired, 'presigned expiry'],
  [headersSigned, 'headers signed'],
  [signedHeadersPresent, 'signed headers present'],
  [payloadMode, 'payload mode'],
  [unsignedPayload, 'unsigned payload'],
  [metadataSize, 'metadata size'],
])

/**
 * Explains a request, at once. Refused or not, nothing is thrown for what is wrong with it.
 *
 * @throws {@link SigningError} `OPTION_INVALID`
 */
export function explainRequest(message: WholeMessage, options: ExplainOptions): Report {
  const rules = settleRules(options)
  const context = { rules, now: rules.now(), protocol: message.protocol }
  const findings: Finding[] = []
  const attempt = <T>(check: string, action: () => T): T | undefined => {
    try {
      const result = action()
      findings.push({ check, isOk: true, message: 'holds' })
      return result
    } catch (error) {
      if (!(error instanceof VerificationError)) throw error
      findings.push({ check, isOk: false, code: error.code, message: error.message })
      return undefined
    }
  }
  const run = (checks: readonly Check[], claim: Claim): void => {
    for (const check of checks) attempt(NAMES.get(check) ?? '', () => throwIf(check(claim, context)))
  }

  const read = attempt('message', () => readMessage(message, rules.limits))
  const claim = read && attempt('authentication', () => readClaim(read, rules, context.now, message.body))
  if (!claim) return { verdict: 'invalid', findings }

  run([...BEFORE_LOOKUP, ...BEFORE_SIGNATURE], claim)
  const body = message.body ?? new Uint8Array()
  const steps = rebuildSteps(claim, payloadHashOf(claim.payload, body))
  const { key } = options
  let match: MatchedKey | undefined
  if (key) {
    attempt('key', () => checkKeyLife(key, claim, context.now))
    match = attempt('signature', () => matchSignature(claim, key, new SigningKeyCache(1), steps))
    attempt('session token', () => checkGivenToken(key.sessionToken, claim))
  }
  run(AFTER_SIGNATURE, claim)
  attempt('payload', () => {
    const expected = expectedBody(claim, Infinity)
    const digests = readDigests(claim, rules.verifyDigests)
    if (claim.payload.kind !== 'streaming') checkPayload({ ...expected, digests }, body)
    else if (match && !payloadMode(claim, context))
      assertChunks(body, claim, match, { rules: rules.streaming, digests })
  })
  return { verdict: verdictOf(findings, key !== undefined), findings, ...outline(claim), ...steps }
}

function throwIf(error: VerificationError | undefined): void {
  if (error) throw error
}

function outline(claim: Claim): Partial<Report> {
  const { mechanism, algorithm, accessKeyId, scope, regionSet, signedHeaders } = claim
  const regions = regionSet && { regionSet }
  return { mechanism, algorithm: algorithm.name, accessKeyId, scope, ...regions, signedHeaders }
}

function verdictOf(findings: readonly Finding[], isKeyKnown: boolean): Report['verdict'] {
  if (findings.some(({ isOk }) => !isOk)) return 'invalid'
  return isKeyKnown ? 'valid' : 'unproven'
}

function checkPayload({ hash, length, digests = [] }: ExpectedBody, body: Uint8Array): void {
  if (length !== undefined && body.length !== length) throw wrongLength(length)
  const computed = defaultSha256().hashHex(body)
  if (hash !== undefined && computed !== hash) throw wrongHash(hash, computed)
  assertDigests(body, digests)
}

function checkGivenToken(expected: string | undefined, { sessionToken, accessKeyId }: Claim): void {
  if (expected === sessionToken) return
  if (sessionToken === undefined)
    throw refuse('TOKEN_MISSING', 'The session token is missing', { accessKeyId })
  if (expected === undefined || !equalConstantTime(expected, sessionToken)) {
    throw refuse('TOKEN_INVALID', 'The session token is not that of the key', { accessKeyId })
  }
}
