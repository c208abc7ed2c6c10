/**
 * A case: all evidence of one refusal, read once, for the causes to look at.
 *
 * @module
 */
import type { SignatureAlgorithm } from '../algorithms/algorithm.ts'
import type { CredentialScope } from '../core/credential-scope.ts'
import { SIGV4_ALGORITHM, SIGV4A_ALGORITHM } from '../core/names.ts'
import { inferScope } from '../core/service-hosts.ts'
import { serviceRules, type ServiceRules } from '../core/service-rules.ts'
import type { AnyCredentials } from '../credentials/credentials.ts'
import { CountersignError } from '../errors.ts'
import { readErrorAnswer, type ErrorAnswer } from '../answers/error-answer.ts'
import { hashText, parseParts, type CanonicalParts } from './canonical-parts.ts'
import { compareParts, type Difference } from './difference.ts'
import { checkEcho, type CheckedEcho } from './check-echo.ts'
import type { Evidence } from './evidence.ts'
import { guessPayloads, type PayloadGuess } from './payload-guesses.ts'
import { defaultSha256 } from '../crypto/default-sha256.ts'
import { KeyOracle } from './key-oracle.ts'
import { canonicalize, viewRequest, type RequestView } from './request-view.ts'
import { firstValue, splitScope } from './signature-claim.ts'

/** How one side is known. `presumed`: by the rules, from the request as it was given. */
export type Basis = 'key' | 'given' | 'echo' | 'wire' | 'presumed'

/** One side's canonical request. */
export interface Side {
  readonly parts: CanonicalParts
  readonly basis: Basis
}

/** Everything known of a refusal. */
export interface Case {
  readonly evidence: Evidence
  readonly request: RequestView
  readonly wire: RequestView | undefined
  /** The request as it arrived: what went out, where that is known whole, signature included; else the request. */
  readonly arrived: RequestView
  /** The rules of the service that was signed for. */
  readonly rules: ServiceRules
  /** The scope that was signed for, as it stands in the request. */
  readonly scope: string
  /** The same in its parts; `undefined` when it is malformed. */
  readonly scopeParts: CredentialScope | undefined
  /** Whether the request is signed with SigV4A: its keys are bound to no scope, and it names a set of regions. */
  readonly isSigV4A: boolean
  readonly host: string
  /** What the server said, in its own words: it may quote the request, token and all. */
  readonly answer: ErrorAnswer | undefined
  readonly echo: CheckedEcho
  readonly credentials: AnyCredentials | undefined
  readonly candidates: readonly AnyCredentials[]
  readonly now: Date | undefined
  readonly oracle: KeyOracle | undefined
  /** What the rules make of the request as the server got it, as far as that is known. */
  readonly canonical: CanonicalParts
  readonly received: Side
  /** What was signed; `presumed` where nobody knows. */
  readonly signed: Side
  /** Whether both sides are known well enough to be compared. */
  readonly isComparable: boolean
  readonly differences: readonly Difference[]
  /** Hashes a body, or a part of one; lower-case hex. */
  readonly hashBody: (body: Uint8Array) => string
  /** What the body may have been; worked out at the first call. */
  readonly payloadGuesses: () => GuessedPayload
}

/** The body's own hash, where there is a body, and those of what it may have been. */
export interface GuessedPayload {
  readonly bodyHash: string | undefined
  readonly guesses: readonly PayloadGuess[]
}

/** What a case is opened with. */
export interface CaseOptions {
  readonly credentials?: AnyCredentials | undefined
  readonly candidates?: readonly AnyCredentials[] | undefined
  readonly now?: Date | undefined
  /** The algorithms whose signatures can be tried with the key. */
  readonly algorithms: readonly SignatureAlgorithm[]
  /** Longest body that is hashed anew, in bytes. */
  readonly bodyBytes: number
}

/** Reads the evidence. */
export function openCase(evidence: Evidence, options: CaseOptions): Case {
  const request = viewRequest(evidence.request)
  const wire = evidence.wire && viewRequest(evidence.wire)
  const answer = evidence.answer && readErrorAnswer(evidence.answer)
  const told = checkEcho(evidence.answer)
  const echo: CheckedEcho = isOfAnother(answer, told, [request, wire]) ? { state: 'foreign' } : told
  const host = firstValue(request.headers, 'host')
  const scope = request.claim?.scope || scopeLine(echo.stringToSign ?? evidence.signed?.stringToSign)
  const claim = request.claim ?? wire?.claim
  const algorithm = claim?.algorithm ?? echo.stringToSign?.split('\n')[0] ?? SIGV4_ALGORITHM
  const scopeParts = splitScope({ scope, algorithm })
  const rules = serviceRules(scopeParts?.service ?? serviceOfHost(host, request.path))
  const arrived = isWhole(wire, request) ? wire : request
  const canonical = canonicalize(arrived, rules)
  const oracle = KeyOracle.create(options.credentials, claim, options.algorithms)
  const received = receivedSide(echo, canonical, arrived !== request)
  const signed = signedSide(evidence, canonicalize(request, rules), oracle)
  return {
    evidence,
    request,
    wire,
    arrived,
    rules,
    scope,
    scopeParts,
    isSigV4A: algorithm === SIGV4A_ALGORITHM,
    host,
    answer,
    echo,
    credentials: options.credentials,
    candidates: options.candidates ?? [],
    now: options.now,
    oracle,
    canonical,
    received,
    signed,
    isComparable: isComparable(signed, received, request),
    differences: compareParts(signed.parts, received.parts),
    hashBody,
    payloadGuesses: guessOnce(
      wire?.body ?? request.body,
      boundariesIn([request, wire], echo, evidence),
      options,
    ),
  }
}

function hashBody(body: Uint8Array): string {
  return defaultSha256().hashHex(body)
}

function guessOnce(
  body: Uint8Array | undefined,
  boundaries: readonly string[],
  { bodyBytes }: CaseOptions,
): () => GuessedPayload {
  let guessed: GuessedPayload | undefined
  return () =>
    (guessed ??= {
      bodyHash: body && body.length <= bodyBytes ? hashBody(body) : undefined,
      guesses: guessPayloads(body, boundaries, bodyBytes),
    })
}

/** The boundaries of multipart forms that stand anywhere in the evidence. */
function boundariesIn(
  views: readonly (RequestView | undefined)[],
  { canonicalRequest = '' }: CheckedEcho,
  { signed }: Evidence,
): string[] {
  const types = views.map((view) => (view ? firstValue(view.headers, 'content-type') : ''))
  const texts = [...types, canonicalRequest, signed?.canonicalRequest ?? '']
  const found = texts.flatMap((text) =>
    Array.from(text.matchAll(/boundary="?([^";\n]{1,70})/gi), ([, name = '']) => name),
  )
  return [...new Set(found)]
}

/** Logs leave headers out; one that has the signature has what was signed. */
function isWhole(wire: RequestView | undefined, { claim }: RequestView): wire is RequestView {
  return wire !== undefined && wire.claim !== undefined && wire.claim.signature === claim?.signature
}

/** Whether the server had another signature or date: people put the answer of another attempt beside a request. */
function isOfAnother(
  answer: ErrorAnswer | undefined,
  { stringToSign = '' }: CheckedEcho,
  views: readonly (RequestView | undefined)[],
): boolean {
  const claims = views.flatMap((view) => view?.claim ?? [])
  const isOther = (form: RegExp, told: string | undefined, own: readonly string[]): boolean =>
    // What was cut off or blotted out cannot be compared.
    [told ?? '', ...own].every((text) => form.test(text)) && own.every((text) => text !== told)
  const signatures = claims.map(({ signature }) => signature)
  const dates = claims.map(({ amzDate }) => amzDate)
  return (
    claims.length > 0 &&
    (isOther(/^[\da-f]{64,}$/, answer?.fields.get('SignatureProvided'), signatures) ||
      isOther(/^\d{8}T\d{6}Z$/, stringToSign.split('\n')[1], dates))
  )
}

/** The case with another account of what was signed. */
export function withSigned(evidence: Case, signed: Side): Case {
  const differences = compareParts(signed.parts, evidence.received.parts)
  return { ...evidence, signed, differences, isComparable: true }
}

function scopeLine(stringToSign = ''): string {
  return stringToSign.split('\n')[2] ?? ''
}

function serviceOfHost(host: string, path: string): string {
  try {
    return inferScope(host, path)?.service ?? ''
  } catch (error) {
    if (error instanceof CountersignError) return ''
    throw error
  }
}

function receivedSide(echo: CheckedEcho, canonical: CanonicalParts, isWire: boolean): Side {
  const isSound = echo.state === 'sound' || echo.state === 'repaired'
  const parts = isSound ? parseParts(echo.canonicalRequest ?? '') : undefined
  return parts ? { parts, basis: 'echo' } : { parts: canonical, basis: isWire ? 'wire' : 'presumed' }
}

/** What the signer said that it signed, unless that is of another attempt; else what the rules make of the request. */
function signedSide(evidence: Evidence, canonical: CanonicalParts, oracle: KeyOracle | undefined): Side {
  const { canonicalRequest = '', stringToSign } = evidence.signed ?? {}
  const parts = parseParts(canonicalRequest)
  const isOwn = !stringToSign || stringToSign.endsWith(`\n${hashText(canonicalRequest)}`)
  if (parts && isOwn && isSameAttempt(parts, canonical)) {
    return { parts, basis: oracle?.hasSigned(canonicalRequest) ? 'key' : 'given' }
  }
  return { parts: canonical, basis: 'presumed' }
}

function isSameAttempt(a: CanonicalParts, b: CanonicalParts): boolean {
  const dateOf = ({ headers, query }: CanonicalParts): string =>
    headers.find(([name]) => name === 'x-amz-date')?.[1] ?? /(?:^|&)X-Amz-Date=([^&]*)/.exec(query)?.[1] ?? ''
  const [ours, theirs] = [dateOf(a), dateOf(b)]
  return ours === theirs || ours === '' || theirs === ''
}

/** Two accounts of the same text say nothing, and neither does one that is of an unsigned request. */
function isComparable(signed: Side, received: Side, request: RequestView): boolean {
  if (signed.basis === 'key' || signed.basis === 'given') return true
  return received.basis !== 'presumed' && Boolean(request.claim?.signature)
}
