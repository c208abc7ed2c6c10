/**
 * HTTP clients with an adapter, what each is tried with, and what each refuses, with the code of the error and the
 * reason. The trials hold each client to its row: whatever is not listed here passes.
 *
 * @module
 */

/** What is tried: the columns of the matrix. */
export const COLUMNS = {
  plain: 'plain requests',
  query: 'query torture',
  paths: 'odd names of objects',
  bodies: 'kinds of bodies',
  stream: 'streams',
  retry: 'sending again',
  redirect: 'redirects',
  clock: 'clocks that are off',
  abort: 'giving up',
  errors: 'errors of AWS',
} as const

/** Name of a column. */
export type Column = keyof typeof COLUMNS

/** A trial that ends in a typed error, with nothing sent. */
export interface RefusedTrial {
  /** Code of the `CountersignError`. */
  readonly code: string
  /** For people. */
  readonly reason: string
}

/** What is to be known of a client. */
export interface HttpClientFacts {
  /** What it is imported from; its version is in `test/interop/package.json`. */
  readonly adapter: string
  /** Trials that are refused, by `column: name`. */
  readonly refused: { readonly [trial: string]: RefusedTrial }
  /** What it does in a way of its own, by column. */
  readonly notes?: { readonly [C in Column]?: string }
}

const DOTS: RefusedTrial = {
  code: 'TRANSPORT_WOULD_ALTER',
  reason: 'takes dot segments out of a path, so that another object would be asked for',
}

/** Trials of paths with dot segments, which clients refuse that put the URL through a `URL`. */
const WITHOUT_DOTS: HttpClientFacts['refused'] = {
  'paths: /bucket/a/../b': DOTS,
  'paths: /bucket/a/./b': DOTS,
  'paths: /bucket/a/%2e%2e/b': DOTS,
  'paths: /bucket/..': DOTS,
}

/** The clients. */
export const HTTP_CLIENTS = {
  fetch: {
    adapter: 'countersign/adapters/fetch',
    refused: { ...WITHOUT_DOTS },
    notes: { errors: 'hands responses back; `readAwsError(response)`, or `throwOnError`' },
  },
  ky: {
    adapter: 'countersign/adapters/ky',
    refused: { ...WITHOUT_DOTS },
    notes: { errors: '`HTTPError`, with the `AwsError` as its `cause`' },
  },
  ofetch: {
    adapter: 'countersign/adapters/ofetch',
    refused: { ...WITHOUT_DOTS },
    notes: { errors: '`FetchError`, with the `AwsError` as its `cause`' },
  },
  undici: {
    adapter: 'countersign/adapters/undici',
    refused: {},
    notes: { errors: 'hands answers back; `readAwsError(answer)`, or `throwOnError`' },
  },
  'node:http': {
    adapter: 'countersign/adapters/node-http',
    refused: {},
    notes: { errors: 'hands messages back; `readAwsError(message)`, or `throwOnError`' },
  },
  axios: {
    adapter: 'countersign/adapters/axios',
    refused: { ...WITHOUT_DOTS },
    notes: { errors: 'throws its own `AxiosError`, whose `cause` is an `AwsError`' },
  },
} as const satisfies Record<string, HttpClientFacts>

/** Name of a client. */
export type HttpClientName = keyof typeof HTTP_CLIENTS
