/**
 * The parts of an exchange: how a client sends, what is remembered, and where the exchange stands.
 *
 * @module
 */
import type { ServerClock } from '../../answers/server-clock.ts'
import { X_AMZ_DATE } from '../../core/names.ts'
import type { Body, HttpRequest, SignedBody, SignedRequest } from '../../sign/http-request.ts'
import { isStream } from '../../sign/read-body.ts'
import { readHeaders } from '../../sign/read-headers.ts'
import type { AnySigner } from '../any-signer.ts'

/** How a client sends, and what it has for an answer. */
export interface Transport<Answer> {
  /** Sends what was signed, as it is, and follows no redirect. Throws where nothing was answered. */
  send(signed: SignedRequest<SignedBody>): Promise<Answer>
  /** The head of an answer. */
  headOf(answer: Answer): AnswerHead
  /** Reads the beginning of a body, without taking it from whoever gets the answer. */
  peek(answer: Answer): Promise<string | Uint8Array | undefined>
  /** Ends an answer that nobody gets. */
  discard(answer: Answer): unknown
}

/** Status and headers. */
export interface AnswerHead {
  readonly status: number
  /** Finds the value of a header by its name in lower case. */
  header(name: string): string | undefined
}

/** Options that all adapters have. */
export interface ExchangeOptions {
  /**
   * How often a request is sent again after a network error, a throttling, or a status of 408, 429 or 5xx; 2 by
   * default. A stream is sent once. Requests that must not be carried out twice want 0.
   */
  readonly retries?: number | undefined
  /** Longest wait before a request is sent again, in seconds; 20 by default. */
  readonly maxDelay?: number | undefined
  /** How many redirects within a host are followed; 5 by default. Others are handed back. */
  readonly maxRedirects?: number | undefined
  /** Clocks of servers, to be shared among clients and signers; one for itself by default. */
  readonly clock?: ServerClock | undefined
}

/** What an adapter remembers from one request to the next; safe for any number of them at the same time. */
export interface ExchangeMemory {
  /** Clocks of servers: those that were given, or of its own once one has been off. */
  clock?: ServerClock | undefined
  /** Regions of buckets, once S3 has named one. */
  regions?: Map<string, string>
}

/** Where one exchange stands. */
export interface Turn {
  readonly request: HttpRequest<Body>
  /** How often it was sent again because something may pass. */
  readonly retried: number
  readonly redirects: number
  /** In place of the signer's. */
  readonly region?: string | undefined
  readonly isRegionSet?: boolean
  readonly isClockSet?: boolean
}

/** One exchange. */
export interface Exchange<Answer> extends ExchangeOptions {
  readonly signer: AnySigner
  readonly transport: Transport<Answer>
  readonly memory: ExchangeMemory
  readonly signal?: AbortSignal | null | undefined
}

/** Whether a request can be sent again: a stream is gone. */
export function isRepeatable({ request: { body } }: Turn): boolean {
  return body === undefined || !isStream(body)
}

/** A request without the dates that came with it. */
export function undated(request: HttpRequest<Body>): HttpRequest<Body> {
  const headers = readHeaders(request.headers).filter(([name]) => name !== X_AMZ_DATE && name !== 'date')
  return { ...request, headers }
}
