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
  /** Trials that the client itself makes impossible, whoever signs, and why; by `column: name`. */
  readonly without?: { readonly [trial: string]: string }
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
  got: {
    adapter: 'countersign/adapters/got',
    refused: {},
    without: {
      ...Object.fromEntries(
        Object.keys(WITHOUT_DOTS).map((trial) => [trial, 'tidies URLs before anybody can look at them']),
      ),
      'bodies: an ArrayBuffer': 'takes no such body',
      'bodies: a DataView': 'takes no such body',
      'bodies: a Blob': 'takes no such body',
      'bodies: a Blob with a type': 'takes no such body',
    },
    notes: {
      errors: 'throws its own `HTTPError`, whose `cause` is an `AwsError`',
      retry: 'sends again by itself, each attempt signed; POST where its `retry.methods` say so',
    },
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

/** A client of operations, not of requests: it has trials of its own in each column. */
export const AWS_SDK: HttpClientFacts = {
  adapter: 'countersign/adapters/aws-sdk',
  refused: {
    'stream: one without a checksum behind it': {
      code: 'BODY_UNSUPPORTED',
      reason: 'its hash is not known before it is sent; `unsignedStreams` lets it through',
    },
    'stream: one with an unsigned checksum over plain http': {
      code: 'PAYLOAD_UNSIGNED_OVER_HTTP',
      reason: 'anybody on the way could change it; `allowUnsignedPayloadOverHttp` lets it through',
    },
  },
  notes: {
    retry: 'the client decides what is sent again; each attempt is signed anew',
    redirect: 'the client follows none',
    clock: 'the client learns the offset, and the signer takes it from there',
    abort: 'the client does not look at the signal while it waits for credentials',
    errors: "the client's own exceptions",
  },
}

/** Clients that are tried on Node 24 as well, with their current major, which may need a newer Node than 20. */
export const ON_NODE_24: readonly (keyof typeof HTTP_CLIENTS)[] = ['fetch', 'got', 'ky', 'undici']

/** Name of a client. */
export type HttpClientName = keyof typeof HTTP_CLIENTS
