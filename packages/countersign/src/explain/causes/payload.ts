/**
 * Causes in the payload: a body that is not the one that was hashed.
 *
 * @module
 */
import { EMPTY_SHA256, UNSIGNED_PAYLOAD, X_AMZ_CONTENT_SHA256 } from '../../core/names.ts'
import { lineOf, type CanonicalParts } from '../canonical-parts.ts'
import type { Case } from '../case.ts'
import type { Cause, Finding } from '../cause.ts'
import type { Change } from '../change.ts'
import type { GuessKind } from '../payload-guesses.ts'
import { firstValue } from '../signature-claim.ts'
import { namesIn } from './header-lines.ts'

/** The hash that a client sent, and the one that the server computed of the body, where both are known. */
function hashPair(
  { answer, request, wire }: Case,
  hashOf: (body: Uint8Array) => string,
): { ours: string; theirs: string; isStated: boolean } | undefined {
  const told = answer?.fields.get('ClientComputedContentSHA256')
  const computed = answer?.fields.get('S3ComputedContentSHA256')
  if (told && computed) return { ours: told, theirs: computed, isStated: true }
  const ours = firstValue(request.headers, X_AMZ_CONTENT_SHA256)
  const body = (wire ?? request).body
  if (!/^[0-9a-f]{64}$/.test(ours) || body === undefined) return undefined
  return { ours, theirs: hashOf(body), isStated: false }
}

/** Both ways to tell a guess: the hash that was sent is that of another body, or the body that arrived is another one. */
function findByHash(evidence: Case, kind: GuessKind, fix: string): Finding[] {
  const pair = hashPair(evidence, evidence.hashBody)
  if (!pair || pair.ours === pair.theirs) return []
  const line = { field: 'payload hash', ours: pair.ours, theirs: pair.theirs }
  const own = evidence.payloadGuesses().bodyHash
  const guess = evidence
    .payloadGuesses()
    .guesses.find(
      ({ hash, kind: other }) =>
        other === kind &&
        ((hash === pair.ours && own === pair.theirs) || (hash === pair.theirs && own === pair.ours)),
    )
  if (!guess) return []
  const finding = sayGuess(guess.note, guess.hash === pair.ours)
  return [{ grade: pair.isStated ? 'proven' : 'likely', line, finding, fix }]
}

function sayGuess(note: string, isOurs: boolean): string {
  return isOurs
    ? `The hash that was signed is that of the body ${note}.`
    : `The server hashed the body ${note}; the hash that was signed is that of the body as given.`
}

/** A cause that shows in the payload hash, by guesses of one kind. */
function ofHash(cause: Omit<Cause, 'family'>, ...kinds: readonly GuessKind[]): Cause {
  const changes = (parts: CanonicalParts, evidence: Case): Change[] =>
    evidence
      .payloadGuesses()
      .guesses.filter(({ kind, hash: guessed }) => kinds.includes(kind) && guessed !== parts.payloadHash)
      .map(({ hash: payloadHash, note }) => ({ payloadHash, note }))
  // The body as given, where it is the other side that has another one.
  const withOwn = (parts: CanonicalParts, evidence: Case): Change[] => {
    const { bodyHash, guesses } = evidence.payloadGuesses()
    const other = guesses.find(
      ({ hash: guessed, kind }) => kinds.includes(kind) && guessed === parts.payloadHash,
    )
    return other && bodyHash !== undefined ? [{ payloadHash: bodyHash, note: other.note }] : []
  }
  return {
    family: 'payload',
    signedInstead: (received, evidence) => [...changes(received, evidence), ...withOwn(received, evidence)],
    receivedInstead: (signed, evidence) => [...changes(signed, evidence), ...withOwn(signed, evidence)],
    detect: (evidence) => kinds.flatMap((kind) => findByHash(evidence, kind, cause.fix)),
    explain: ({ change, signed, evidence }) =>
      change.note === undefined
        ? {}
        : {
            finding: sayGuess(change.note, signed.payloadHash !== evidence.payloadGuesses().bodyHash),
          },
    ...cause,
  }
}

const changed: Cause = ofHash(
  {
    id: 'M84a',
    code: 'body-changed',
    title: 'The body is not the one that was hashed',
    fix: 'Hash the bytes that are sent, and send them as bytes, not as a text or an object that is printed anew.',
    accountsFor: ({ part }, evidence) => part === 'payloadHash' && !hasOtherBoundary(evidence),
  },
  'changed',
)

const empty: Cause = ofHash(
  {
    id: 'M84b',
    code: 'body-empty-hash',
    title: 'The hash is that of an empty body',
    fix: 'Hash the body before it is consumed (buffer it), or choose an unsigned or chunked payload on purpose; see that the body is sent.',
  },
  'empty',
)

const gzip: Cause = ofHash(
  {
    id: 'M84c',
    code: 'body-gzip',
    title: 'The body was compressed, or unpacked, after it was hashed',
    fix: 'Compress first, then sign the compressed bytes, content-encoding included.',
  },
  'gzip',
)

function boundaryOf(type: string | undefined): string | undefined {
  return /^multipart\/.*boundary="?([^";]+)/i.exec(type ?? '')?.[1]
}

function hasOtherBoundary({ signed, received, request, wire }: Case): boolean {
  const types = [lineOf(signed.parts, 'content-type'), lineOf(received.parts, 'content-type')]
  const views = [request, wire].map((view) => view && firstValue(view.headers, 'content-type'))
  const boundaries = [...types, ...views].map(boundaryOf).filter(Boolean)
  return new Set(boundaries).size > 1
}

const multipart: Cause = ofHash(
  {
    id: 'M84d',
    code: 'body-multipart',
    title: 'The multipart form was written anew, with another boundary',
    fix: 'Write the form into bytes once, then sign and send those, with their content-type.',
    accountsFor: ({ part, header, signed = '', received = '' }, evidence) => {
      if (part === 'payloadHash') return hasOtherBoundary(evidence)
      const [ours, theirs] = [boundaryOf(signed), boundaryOf(received)]
      return header === 'content-type' && ours !== undefined && theirs !== undefined
    },
  },
  'multipart',
)

const unsignedRefused: Cause = ofHash(
  {
    id: 'M84e',
    code: 'unsigned-refused',
    title: 'The payload was left unsigned where the service does not take that',
    fix: 'Hash the body: UNSIGNED-PAYLOAD is for S3 over https.',
    detect: ({ request, rules }) => {
      const told = firstValue(request.headers, X_AMZ_CONTENT_SHA256)
      if (told !== UNSIGNED_PAYLOAD && told !== 'STREAMING-UNSIGNED-PAYLOAD-TRAILER') return []
      const reason = rules.unsignedPayload ? undefined : 'which this service does not take'
      const overHttp = request.protocol === 'http' ? 'which is not taken over plain http' : undefined
      const why = reason ?? overHttp
      return why
        ? [{ grade: 'likely', finding: `The payload hash is ${told}, ${why}.`, fix: unsignedRefused.fix }]
        : []
    },
  },
  'unsigned',
)

const headerMissing: Cause = {
  id: 'M84f',
  code: 'sha-header-missing',
  title: 'x-amz-content-sha256 is missing',
  family: 'payload',
  fix: 'Send x-amz-content-sha256 with the hash of the body, and sign it.',
  detect: ({ answer, request, wire, rules }) => {
    const { headers, claim, body } = wire ?? request
    const isThere = headers.some(([name]) => name === X_AMZ_CONTENT_SHA256)
    const correction = { setHeaders: [[X_AMZ_CONTENT_SHA256, EMPTY_SHA256] as const] }
    const also = body === undefined || body.length === 0 ? { correction } : {}
    if (/Missing required header for this request: x-amz-content-sha256/.test(answer?.message ?? '')) {
      return [
        {
          grade: 'stated',
          finding: 'The server says that x-amz-content-sha256 is missing.',
          fix: headerMissing.fix,
          ...also,
        },
      ]
    }
    if (isThere || claim?.mechanism !== 'header' || !rules.contentSha256Header) return []
    return [
      {
        grade: 'likely',
        finding: 'The service needs x-amz-content-sha256, and the request has none.',
        fix: headerMissing.fix,
        ...also,
      },
    ]
  },
}

const BROWSER_TYPES = ['text/plain;charset=UTF-8', 'application/x-www-form-urlencoded;charset=UTF-8']
const BROWSER_BOUNDARY = /boundary="?-{4,}(?:WebKitFormBoundary|geckoformboundary|formdata-undici-)/

const browserBytes: Cause = {
  id: 'M84j',
  code: 'browser-bytes',
  title: 'The content type is one that browsers and fetch set themselves',
  family: 'payload',
  fix: 'Set content-type explicitly and sign it; hand over bytes, not a text, Blob or FormData.',
  receivedInstead: (signed) => {
    if (!namesIn(signed.signedHeaders).includes('content-type') || lineOf(signed, 'content-type')) return []
    return BROWSER_TYPES.map((type) => ({ headers: [['content-type', type]] }))
  },
  accountsFor: ({ header, received = '' }) =>
    header === 'content-type' && (BROWSER_TYPES.includes(received) || BROWSER_BOUNDARY.test(received)),
}

/** The causes, the commonest first. */
export const PAYLOAD: readonly Cause[] = [
  empty,
  changed,
  gzip,
  multipart,
  unsignedRefused,
  headerMissing,
  browserBytes,
]
