/**
 * The published signatures that the public functions do not make, on purpose: rule by rule, each with its reason and
 * with what happens instead. The core makes all of them.
 *
 * @module
 */

/** What the public function does: throws an error of this code, or signs something else. */
export type PublicOutcome =
  | 'CREDENTIALS_INVALID'
  | 'EXPIRY_INVALID'
  | 'HEADER_INVALID'
  | 'PAYLOAD_HASH_INVALID'
  | 'SCOPE_UNKNOWN'
  | 'differs'

/** One rule with the signatures that it keeps from being made publicly. */
export interface Exception {
  /** Rule ids. */
  readonly rules: string
  readonly why: string
  readonly publicly: PublicOutcome
  /** Ids of signatures by file; `*` for all that no other exception names. */
  readonly cases: Readonly<Record<string, readonly string[] | '*'>>
}

const inQuery = (names: readonly string[]): string[] => names.map((name) => `${name} (query)`)
const inHeader = (names: readonly string[]): string[] => names.map((name) => `${name} (header)`)

const RAW_PATHS = ['get-space-normalized', 'get-space-unnormalized', 'get-utf8']

/** Every published signature that takes the way through the core. */
export const EXCEPTIONS: readonly Exception[] = [
  {
    rules: 'DATE-4, DATE-8',
    why: 'the suite of 2011 has a Date header alone; a request is sent with x-amz-date, which is signed',
    publicly: 'differs',
    cases: { 'sigv4-suite-2011': '*' },
  },
  {
    rules: 'DATE-6',
    why: 'no date header is sent at all',
    publicly: 'differs',
    cases: { 'sigv4-sdk': inHeader(['s3-lite-client signV4 test 1', 's3-lite-client signV4 test 2']) },
  },
  {
    rules: 'HOST-1',
    why: 'the host is not signed',
    publicly: 'differs',
    cases: { 'sigv4-sdk': inHeader(['sign: no host header']) },
  },
  {
    rules: 'WIRE-1, PATH-3',
    why: 'raw characters in the path; they are escaped on the wire, and that form is encoded again',
    publicly: 'differs',
    cases: {
      'sigv4-aws-c-auth': RAW_PATHS.flatMap((name) => [...inHeader([name]), ...inQuery([name])]),
      'sigv4-suite-2015': inHeader(['get-utf8', 'get-space']),
    },
  },
  {
    rules: 'WIRE-6',
    why: 'a raw # belongs to the path or the query; in a URL it begins the fragment, which is not sent',
    publicly: 'differs',
    cases: {
      'sigv4-suite-2015': inHeader(['post-vanilla-query-nonunreserved']),
      'sigv4-sdk': [
        ...inHeader(['TestSignRequest']),
        ...inQuery([
          'TestPresignRequest',
          'TestPresignBodyWithArrayRequest',
          'fork of the Go signer: presign without hoisting',
          'fork of the Go signer: presign without hoisting, repeated query name',
        ]),
      ],
    },
  },
  {
    rules: 'QRY-8',
    why: 'the target ends at a raw space, as on the request line of the suite',
    publicly: 'differs',
    cases: { 'sigv4-suite-2015': inHeader(['post-vanilla-query-space']) },
  },
  {
    rules: 'HDR-5',
    why: 'header values that are not ASCII: clients send them in other bytes than were signed',
    publicly: 'HEADER_INVALID',
    cases: {
      'sigv4-sdk': inHeader([
        'utf8 header value',
        'header space trimming (only U+0020 is trimmed; the value starts with a space and a no-break space)',
      ]),
    },
  },
  {
    rules: 'PAY-1',
    why: 'the payload hash is neither hex nor a keyword',
    publicly: 'PAYLOAD_HASH_INVALID',
    cases: {
      'sigv4-sdk': inHeader([
        'given payload hash header (X-Amz-Content-Sha256)',
        'given payload hash header (x-amz-content-sha256)',
      ]),
    },
  },
  {
    rules: 'PRE-2',
    why: 'no X-Amz-Expires; a presigned URL always says how long it works',
    publicly: 'differs',
    cases: {
      'sigv4-sdk': inQuery([
        'query, existing param',
        'query, session token',
        'basic values',
        'utf8 url',
        'basic query params',
        'empty query params',
        'query params of equal names',
        'query params not in order',
        'unreserved characters in query params',
        'reserved characters in query params',
        'mixed cased header keys',
        'header with commas',
        'header with commas, out of order',
        'multiline header value',
        'unreserved characters in url',
        'spaces in url',
        'session token',
        'signQuery, non-s3',
      ]),
    },
  },
  {
    rules: 'PRE-2',
    why: 'X-Amz-Expires with leading zeros, which is a text and not a number of seconds',
    publicly: 'EXPIRY_INVALID',
    cases: {
      'sigv4-presigned': inQuery([
        'S3 GetObject, X-Amz-Expires with leading zeros',
        'S3 list, X-Amz-Expires with leading zeros, unsorted query',
      ]),
    },
  },
  {
    rules: 'section 14',
    why: 'S3 Express has its session token in a parameter of its own',
    publicly: 'differs',
    cases: {
      'sigv4-presigned': inQuery(['S3 Express GetObject (session token under another name)']),
    },
  },
  {
    rules: 'CRED-3',
    why: 'an empty access key id or secret: never sent by accident',
    publicly: 'CREDENTIALS_INVALID',
    cases: {
      'sigv4-sdk': inHeader([
        'curl 1970: S3 upload, size 0',
        'curl 1971: S3 upload, unknown size',
        'curl 1972: S3 MIME post',
        'curl 1973: S3 post fields',
        'curl 1974: S3 GET',
        'awscurl: empty credentials',
        'awscurl: empty credentials, binary body',
      ]),
    },
  },
  {
    rules: 'TOK-2',
    why: 'a temporary key (ASIA…) without its session token never works',
    publicly: 'CREDENTIALS_INVALID',
    cases: {
      'sigv4-sdk': inHeader([
        'smithy-rs recorded: express/mixed-auths.json, event 5',
        'smithy-rs recorded: express/mixed-auths.json, event 20',
      ]),
    },
  },
  {
    rules: 'INF-1',
    why: 'an empty region: it is never guessed',
    publicly: 'SCOPE_UNKNOWN',
    cases: { 'sigv4-sdk': inHeader(['rustfs example_signature3']) },
  },
]
