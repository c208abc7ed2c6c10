/**
 * How the trials see an HTTP client, whatever it is.
 *
 * @module
 */
import type { AnySigner, ExchangeOptions } from '../../../packages/countersign/src/adapters/exchange/index.ts'
import type { AwsError } from '../../../packages/countersign/src/answers/index.ts'

/** A request of a trial. */
export interface TrialRequest {
  /** `GET` by default. */
  readonly method?: string
  readonly url: string
  readonly headers?: readonly (readonly [name: string, value: string])[]
  /** Anything that `fetch` takes, and streams of Node. */
  readonly body?: unknown
  readonly signal?: AbortSignal
}

/** What came back. */
export interface TrialAnswer {
  readonly status: number
  readonly text: string
  /** Where the answer is an error: what the client has attached to it, or thrown. */
  readonly error?: AwsError | undefined
}

/** A client that signs. */
export interface HttpClient {
  /** Sends; throws what the client throws where there is no answer. */
  send(request: TrialRequest): Promise<TrialAnswer>
  close?(): Promise<void>
}

/** Makes a client that signs. */
export type MakeHttpClient = (signer: AnySigner, options: ExchangeOptions) => HttpClient
