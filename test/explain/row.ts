/**
 * Rows of the table of causes: each makes a request fail in one way for real, and says what is concluded from what is
 * known of it.
 *
 * @module
 */
import type {
  Evidence,
  ExplainRefusalOptions,
  Grade,
  ObservedAnswer,
  ObservedRequest,
} from '../../packages/countersign/src/explain/index.ts'
import { presignUrl, signRequest, type Credentials } from '../../packages/countersign/src/index.ts'
import { sigV4A } from '../../packages/countersign/src/sigv4a.ts'
import { refusalOf, type Dialect } from './server.ts'
import { KEY_ID, NOW, SECRET, signWrongly, type Mistake, type Request } from './wrong-signer.ts'

/**
 * What is known besides the request. `log`: the signer's canonical request and the server's. `echo`: the server's
 * alone. `key`: the key, and no canonical request of anybody. `wire`: the key, and what truly went out. `answer`: what
 * the server said, without an echo.
 */
export type Known = 'log' | 'echo' | 'key' | 'wire' | 'answer'

/** All that an explanation is made from. */
export interface Opened {
  readonly evidence: Evidence
  readonly options?: ExplainRefusalOptions
}

/** How a request is signed, besides with SigV4 in the header. */
export type SignedAs = Pick<Request, 'regionSet' | 'isPresigned'>

/** One row. */
export interface ExplainRow {
  /** Number of the cause. */
  readonly id: string
  /** What goes wrong here, for the table; in Markdown. */
  readonly input: string
  /** The grade of the verdict that names the cause, by what is known. */
  readonly expected: Partial<Readonly<Record<Known, Grade>>>
  /** Numbers of other causes that come to the same text here, and are told as well. */
  readonly also?: readonly string[]
  /** Rows whose requests can be signed in one way only leave out how. */
  readonly make: (known: Known, as?: SignedAs) => Promise<Opened>
}

/** How a row is made. */
export interface RowOptions {
  readonly dialect?: Dialect
}

/** The key that requests are signed with. */
export const credentials = { accessKeyId: KEY_ID, secretAccessKey: SECRET }
const withKey = { options: { credentials, algorithms: [sigV4A] } }

/** A request that a signer with a mistake signed, and that arrives as it was sent. */
export function signedWith(
  request: Request,
  mistake: Mistake,
  { dialect = 's3Xml' }: RowOptions = {},
): ExplainRow['make'] {
  return async (known, as) => {
    const { request: sent, canonicalRequest } = signWrongly({ ...request, ...as }, mistake)
    const isEchoed = known === 'log' || known === 'echo'
    const answer = await refusalOf(sent, { dialect, isEchoed })
    if (!answer) throw new Error('The request was let in')
    const signed = known === 'log' ? { signed: { canonicalRequest } } : {}
    const options = known === 'key' || known === 'wire' ? withKey : {}
    return { evidence: { request: sent, answer, ...signed }, ...options }
  }
}

/** A request that was signed right, and arrives as something else. */
export function changedOnTheWay(
  request: Request,
  change: (sent: ObservedRequest) => ObservedRequest,
  { dialect = 's3Xml' }: RowOptions = {},
): ExplainRow['make'] {
  return async (known, as) => {
    const { request: sent, canonicalRequest } = signWrongly({ ...request, ...as })
    if (await refusalOf(sent)) throw new Error('The request is not signed right to begin with')
    const wire = change(sent)
    const isEchoed = known === 'log' || known === 'echo'
    const answer = await refusalOf(wire, { dialect, isEchoed })
    if (!answer) throw new Error('The request was let in all the same')
    const signed = known === 'log' ? { signed: { canonicalRequest } } : {}
    if (known === 'wire') return { evidence: { request: sent, wire, answer }, ...withKey }
    // With the key alone, it is the server's side that asks: it has what arrived.
    if (known === 'key') return { evidence: { request: wire, answer }, ...withKey }
    return { evidence: { request: sent, answer, ...signed } }
  }
}

/** The request with some headers in the place of those of the same name, or without them. */
export function withHeader(
  request: ObservedRequest,
  wanted: string,
  ...values: readonly string[]
): ObservedRequest {
  const kept = request.headers.filter(([name]) => name.toLowerCase() !== wanted)
  return { ...request, headers: [...kept, ...values.map((value) => [wanted, value] as const)] }
}

/** The request with another target. */
export function withTarget(request: ObservedRequest, change: (target: string) => string): ObservedRequest {
  return { ...request, target: change(request.target) }
}

/** Where presigned URLs lead. */
export const ORIGIN = 'https://bucket.s3.us-east-1.amazonaws.com'

/** A request with the answer that it got, and nothing more. */
export async function told(request: ObservedRequest, answer: ObservedAnswer): Promise<Opened> {
  return { evidence: { request, answer } }
}

/** A request that the library signed, as it goes out. */
export function signedBy(keys: Credentials, url = `${ORIGIN}/key`, region = 'us-east-1'): ObservedRequest {
  const { method, headers } = signRequest(
    { method: 'GET', url },
    { credentials: keys, date: NOW, region, service: 's3' },
  )
  return { method, target: new URL(url).pathname, headers, protocol: 'https' }
}

/** A request for a presigned URL, as it should be used. */
export function presignedBy({ headers = {} }: { headers?: Record<string, string> } = {}): ObservedRequest {
  const options = { credentials, date: NOW, expiresIn: 600, region: 'us-east-1', service: 's3' }
  const { url } = presignUrl({ method: 'GET', url: `${ORIGIN}/key`, headers }, options)
  const host = ['host', ORIGIN.slice('https://'.length)] as const
  const fields = [host, ...Object.entries(headers)]
  return { method: 'GET', target: url.slice(ORIGIN.length), headers: fields, protocol: 'https' }
}
