/**
 * Signs generated requests with Countersign and with another implementation, and compares part by part. Every way in
 * which a peer may differ is a named entry with a predicate and the reason why ours is right: what no entry explains
 * fails with the smallest request that shows it, and so does an entry that explains nothing any more.
 *
 * @module
 */
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { presignUrl, signRequest } from '../../packages/countersign/src/index.ts'
import { requests, type GeneratedRequest } from '../kit/generators.ts'
import { messageOf, splitUrl, type HttpMessage } from '../kit/http-message.ts'

/** Where two canonical requests can differ; `signature` where the peer shows nothing else, `error` where it throws. */
export type Part = 'method' | 'path' | 'query' | 'headers' | 'payload' | 'signature' | 'error'

/** What a peer is given: what we send, or what the caller typed. */
export type Feed = 'wire' | 'raw'

/** A request as it is handed to a peer, unsigned, with all that it needs to sign it as we did. */
export interface PeerRequest extends HttpMessage {
  readonly generated: GeneratedRequest
  readonly feed: Feed
  /** Path and query as one. */
  readonly target: string
  /** The caller's headers and `host`, lower case, repeats kept; none that a signer adds. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly payloadHash: string
  readonly date: Date
  readonly amzDate: string
}

/** What a peer makes of it. */
export interface PeerSignature {
  /** Where the peer shows it. */
  readonly canonicalRequest?: string
  readonly signature: string
}

/** Another implementation. */
export interface Peer {
  readonly name: string
  readonly feeds: readonly Feed[]
  sign(request: PeerRequest): Promise<PeerSignature>
}

/** One known way to differ. */
export interface Disagreement {
  /** What the peer does. */
  readonly name: string
  /** Rule ids, and why ours is right. */
  readonly why: string
  readonly parts: readonly Part[]
  /** Both feeds, unless said. */
  readonly feed?: Feed
  readonly when: (request: PeerRequest) => boolean
}

const RUNS = 10_000
const SEED = Number(process.env['COUNTERSIGN_SEED'] ?? 20_261_122)
export const EXPIRES_IN = 3600
export const REGION = 'eu-west-1'

const DATE = new Date('2026-11-22T12:34:56Z')
const AMZ_DATE = '20261122T123456Z'
const ADDED = new Set(['authorization', 'x-amz-date', 'x-amz-content-sha256', 'x-amz-security-token'])

/** Test credentials; a token only where the request has one. */
export function credentialsOf({ sessionToken }: GeneratedRequest): {
  accessKeyId: string
  secretAccessKey: string
  sessionToken?: string
} {
  const key = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }
  return sessionToken === undefined ? key : { ...key, sessionToken }
}

function signOurs(generated: GeneratedRequest): ReturnType<typeof signRequest | typeof presignUrl> {
  const { service, carrier, method, url, headers, body } = generated
  const credentials = credentialsOf(generated)
  const options = { credentials, service, region: REGION, date: DATE, signHeaders: ['*'] }
  return carrier === 'header'
    ? signRequest({ method, url, headers, body }, options)
    : presignUrl({ method, url, headers }, { ...options, expiresIn: EXPIRES_IN })
}

// A presigned URL has the caller's own parameters first.
function withoutSignature(query: string): string {
  const added = query.search(/(?:^|&)X-Amz-Algorithm=/)
  return added < 0 ? query : query.slice(0, added)
}

function peerRequest(
  generated: GeneratedRequest,
  ours: ReturnType<typeof signOurs>,
  feed: Feed,
): PeerRequest {
  const message = messageOf(ours)
  const { path: given, query } = feed === 'wire' ? message : splitUrl(generated.url)
  const path = given || '/'
  const own = feed === 'wire' ? withoutSignature(query) : query
  return {
    ...message,
    path,
    query: own,
    target: `${path}${own && '?'}${own}`,
    headers: message.headers.filter(([name]) => !ADDED.has(name)),
    payloadHash: ours.canonicalRequest.slice(ours.canonicalRequest.lastIndexOf('\n') + 1),
    date: DATE,
    amzDate: AMZ_DATE,
    generated,
    feed,
  }
}

// Which headers are signed shows in `headers`, and need not show in the query of a presigned URL again.
function partsOf(canonicalRequest: string): Map<Part, string> {
  const [method = '', path = '', query = '', ...rest] = canonicalRequest.split('\n')
  return new Map([
    ['method', method],
    ['path', path],
    ['query', query.replace(/X-Amz-SignedHeaders=[^&]*/, '')],
    ['headers', rest.slice(0, -1).join('\n')],
    ['payload', rest.at(-1) ?? ''],
  ])
}

interface Difference {
  readonly part: Part
  readonly ours: string
  readonly theirs: string
}

function compareSignatures(ours: PeerSignature, theirs: PeerSignature): Difference[] {
  if (theirs.canonicalRequest !== undefined) {
    const canonical = partsOf(theirs.canonicalRequest)
    const parts = [...partsOf(ours.canonicalRequest!)].map(([part, text]) => {
      return { part, ours: text, theirs: canonical.get(part)! }
    })
    const differing = parts.filter((part) => part.ours !== part.theirs)
    if (differing.length > 0) return differing
  }
  if (ours.signature === theirs.signature) return []
  return [{ part: 'signature', ours: ours.signature, theirs: theirs.signature }]
}

async function differences(
  peer: Peer,
  request: PeerRequest,
  ours: PeerSignature,
): Promise<readonly Difference[]> {
  try {
    return compareSignatures(ours, await peer.sign(request))
  } catch (error) {
    return [{ part: 'error', ours: ours.signature, theirs: String(error) }]
  }
}

/** Counts what entries explain. An entry is confirmed where no other one explains the same difference. */
class Ledger {
  readonly #known: readonly Disagreement[]
  readonly #confirmed = new Map<string, number>()
  /** How many requests agreed in the form that is sent. */
  agreed = 0
  /** Whether the comparison has come to its end. */
  isComplete = false

  constructor(known: readonly Disagreement[]) {
    this.#known = known
  }

  /** The differences that nothing explains. */
  unexplained(request: PeerRequest, found: readonly Difference[]): Difference[] {
    if (found.length === 0 && request.feed === 'wire') this.agreed++
    return found.filter(({ part }) => {
      const reasons = this.#known.filter(({ parts, feed = request.feed, when }) => {
        return feed === request.feed && parts.includes(part) && when(request)
      })
      const [only] = reasons
      if (only && reasons.length === 1) this.#confirmed.set(only.name, this.confirmed(only) + 1)
      return reasons.length === 0
    })
  }

  confirmed({ name }: Disagreement): number {
    return this.#confirmed.get(name) ?? 0
  }
}

async function compareOne(peer: Peer, generated: GeneratedRequest, ledger: Ledger): Promise<void> {
  const ours = signOurs(generated)
  for (const feed of peer.feeds) {
    const request = peerRequest(generated, ours, feed)
    if (feed === 'raw' && request.target === peerRequest(generated, ours, 'wire').target) continue
    const unexplained = ledger.unexplained(request, await differences(peer, request, ours))
    if (unexplained.length > 0)
      throw new Error(JSON.stringify({ feed, unexplained, sent: ours.url }, null, 2))
  }
}

/**
 * The tests of one peer.
 *
 * @param known every way in which it may differ
 * @param least how many requests must agree as they are sent: entries that explain everything would prove nothing
 */
export function comparePeer(peer: Peer, known: readonly Disagreement[], least: number): void {
  describe(peer.name, () => {
    const ledger = new Ledger(known)

    it(`signs ${RUNS} requests as we do, but for what is listed (COUNTERSIGN_SEED=${SEED})`, async () => {
      const property = fc.asyncProperty(requests(), (generated) => compareOne(peer, generated, ledger))
      await fc.assert(property, { seed: SEED, numRuns: RUNS })
      ledger.isComplete = true
      expect(ledger.agreed).toBeGreaterThan(least)
    }, 120_000)

    for (const entry of known) {
      it(`differs: ${entry.name} (${entry.why})`, ({ skip }) => {
        skip(!ledger.isComplete, 'the comparison did not come to its end')
        expect(ledger.confirmed(entry)).toBeGreaterThan(0)
      })
    }

    afterAll(() => {
      const counts = known.map((entry) => `  ${ledger.confirmed(entry)} x ${entry.name}`)
      const details = process.env['COUNTERSIGN_COUNTS'] === '1' ? counts : []
      console.log([`${peer.name}: ${ledger.agreed} of ${RUNS} requests agree`, ...details].join('\n'))
    })
  })
}

/**
 * Asks a peer whether `/a/.` is canonically `/a`, as PATH-2 has it, or `/a/`, as RFC 3986 and smithy-rs have it.
 */
export function compareTrailingDots(peer: Peer): void {
  it.each(['/foo/bar/.', '/foo/bar/..'])(
    `${peer.name} has no slash at the end of %s either`,
    async (path) => {
      const generated: GeneratedRequest = {
        service: 'execute-api',
        carrier: 'header',
        method: 'GET',
        url: `https://api.example.com${path}`,
        headers: [],
        body: undefined,
        sessionToken: undefined,
      }
      const ours = signOurs(generated)
      expect(await differences(peer, peerRequest(generated, ours, 'wire'), ours)).toEqual([])
    },
  )
}
