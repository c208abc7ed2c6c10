/**
 * An error of AWS as an error of JavaScript: what went wrong, in AWS's words, out of any of the shapes that AWS answers
 * in.
 *
 * ```ts
 * const response = await signedFetch('https://sqs.eu-west-1.amazonaws.com/?Action=ListQueues')
 * if (!response.ok) throw await readAwsError(response)
 * ```
 *
 * @module
 */
import { CountersignError } from '../errors.ts'
import { readErrorAnswer, type ErrorAnswer, type GivenAnswer } from './error-answer.ts'
import type { ErrorKind } from './error-kind.ts'
import type { AnswerHeaders } from './headers.ts'
import { readBeginning } from './read-beginning.ts'

/** A server's refusal. It quotes nothing of the request but what its first line says, and no Authorization header. */
export class AwsError extends CountersignError {
  /** AWS's code without its name space, such as `NoSuchBucket`; `HTTP_403` where the answer has none. */
  declare readonly code: string
  /** What has to be looked at. */
  readonly kind: ErrorKind
  readonly status: number
  /** What AWS's support asks for. */
  readonly requestId: string | undefined
  /** S3's second id. */
  readonly hostId: string | undefined
  /** The region that the server names as the right one. */
  readonly region: string | undefined
  /** The server's clock, unless the answer comes from a cache. */
  readonly serverTime: Date | undefined

  constructor(answer: ErrorAnswer) {
    const { status, kind, code, requestId, hostId, region, serverTime } = answer
    super(code ?? `HTTP_${status}`, shownMessage(answer))
    this.name = 'AwsError'
    this.kind = kind
    this.status = status
    this.requestId = requestId
    this.hostId = hostId
    this.region = region
    this.serverTime = serverTime
  }
}

/** A response of any client: `fetch`, undici, axios, got, `node:http`, or what a test has made up. */
export interface AnyResponse {
  readonly status?: number | undefined
  /** What undici, got and `node:http` call the status. */
  readonly statusCode?: number | undefined
  readonly headers?: AnswerHeaders | undefined
  readonly body?: unknown
  /** What axios calls the body. */
  readonly data?: unknown
  readonly bodyUsed?: boolean | undefined
  clone?(): { readonly body?: unknown }
}

/**
 * Reads the error that an answer is, from at most 64 KiB of its body; damaged and empty ones as far as they go. A
 * `Response` of `fetch` can be read afterwards as before; a stream of Node is taken.
 */
export async function readAwsError(response: AnyResponse): Promise<AwsError> {
  return new AwsError(await readWholeAnswer(response))
}

/** {@link readAwsError} for a body that is at hand: its text, or its bytes. */
export function parseAwsError(answer: GivenAnswer): AwsError {
  return new AwsError(readErrorAnswer(answer))
}

async function readWholeAnswer(response: AnyResponse): Promise<ErrorAnswer> {
  const { status, statusCode, headers } = response
  let body: string | Uint8Array | undefined
  try {
    body = await readBeginning(bodyOf(response))
  } catch {
    // A connection that ends within the body of an error: the head tells the rest.
  }
  return readErrorAnswer({ status: status ?? statusCode ?? 0, headers, body })
}

function bodyOf(response: AnyResponse): unknown {
  if (typeof response.clone === 'function') return response.bodyUsed ? undefined : response.clone().body
  // The message of `node:http` is its body.
  return response.data ?? response.body ?? (Symbol.asyncIterator in response ? response : undefined)
}

const LONGEST = 1000

/** The first line, on which nothing secret stands but the Authorization header that some services quote. */
function shownMessage({ status, message = '' }: ErrorAnswer): string {
  const [line = ''] = message.split(/[\r\n]/, 1)
  const shown = line
    .replace(/(Authorization(?: header: |=)).*$/, '$1[redacted]')
    // Part of that header, and perhaps a secret in the wrong place.
    .replace(/^'.*' (not a valid key=value pair)/, "'[redacted]' $1")
    // It may end up on a terminal.
    .replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ')
    .slice(0, LONGEST)
    .trim()
  return shown === '' ? `The server answered ${status}, and not why` : shown
}
