/**
 * What the functions that write error bodies take and give.
 *
 * @module
 */

/** An HTTP response that refuses a request. */
export interface ErrorResponse {
  /** HTTP status. */
  readonly status: number
  /** In the order in which they are to be sent. */
  readonly headers: [name: string, value: string][]
  /** XML or JSON, as the dialect has it; empty where a response has none. */
  readonly body: string
}

/** Options of every dialect. */
export interface ResponseOptions {
  /** Id under which the server logs the refusal; a new one by default. */
  readonly requestId?: string | undefined
  /**
   * What the client is told of the strings that the server built: `full`, the default, the canonical request and the
   * string to sign, as S3 does; `minimal` the string to sign alone, which shows of headers and query a hash; `none`.
   */
  readonly echo?: 'full' | 'minimal' | 'none' | undefined
}

/** Sixteen upper-case hex digits, as S3 writes its ids. */
export function createRequestId(): string {
  return crypto.randomUUID().replaceAll('-', '').slice(0, 16).toUpperCase()
}
