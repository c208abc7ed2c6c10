/**
 * Rows B1 to B19 of the table of attacks: keys and tokens. Ids that are missing are about policies, roles and stored
 * objects, which the library does not have.
 *
 * @module
 */
import { BOTH, type AttackRow } from './row.ts'

const MISMATCH = 'SignatureDoesNotMatch SIGNATURE_MISMATCH'
const A_PROOF = 'A proof is a text within another login, not a request to the server.'

/** The rows. */
export const KEYS: readonly AttackRow[] = [
  {
    id: 'B1',
    name: 'token for a static key',
    attack: 'A session token is sent with a key that has none, to be taken for another identity.',
    input: 'a good signature of a long-term key with any `X-Amz-Security-Token`',
    outcomes: ['InvalidToken TOKEN_INVALID'],
    wire: BOTH,
  },
  {
    id: 'B2',
    name: 'temporary key with no or another token',
    attack: "A temporary key is used without its token, or with somebody else's.",
    input: 'a good signature of a temporary key, with no token, and with that of another user',
    outcomes: ['InvalidAccessKeyId TOKEN_MISSING', 'InvalidToken TOKEN_INVALID'],
    wire: BOTH,
  },
  {
    id: 'B3',
    name: 'token not signed',
    attack: 'A token is added to a request on the way.',
    input: 'a token in a header that is not among the signed ones, and one added to a URL',
    outcomes: ['AccessDenied HEADERS_NOT_SIGNED', MISMATCH],
    wire: BOTH,
  },
  {
    id: 'B6',
    name: 'secrets in logs',
    attack: 'Whoever reads logs or answers finds in them what lets him sign.',
    input: 'a wrong signature; the error, its stack, its JSON and all answers are searched',
    outcomes: [MISMATCH],
    result: 'Neither secret, token nor the right signature is in any of them.',
    wire: BOTH,
    references: ['GHSA-333v-68xh-8mmq', 'GHSA-r54g-49rx-98cr', 'GHSA-8cm2-h255-v749'],
  },
  {
    id: 'B11',
    name: 'string-to-sign oracle',
    attack:
      'A leaked presigned URL is turned into a login, where a server believes a string to sign that it is given.',
    input: 'a URL that was signed for S3, sent to a login service; the string to sign in headers',
    outcomes: [
      'AuthorizationQueryParametersError SCOPE_SERVICE_WRONG',
      'AccessDenied HEADERS_NOT_SIGNED',
      MISMATCH,
    ],
    result: 'What is signed is always rebuilt from the request itself.',
    wire: BOTH,
    references: ['USN-7857-1', 'CVE-2026-43001', 'CVE-2026-44394'],
  },
  {
    id: 'B12',
    name: 'stale key cache',
    attack: 'A secret that was rotated, or a key that was taken away, goes on working out of a cache.',
    input: 'a request before and after its secret is another one, and before and after its key is gone',
    outcomes: [MISMATCH, 'InvalidAccessKeyId KEY_UNKNOWN'],
    wire: BOTH,
  },
  {
    id: 'B13',
    name: 'unbounded derived-key cache',
    attack: 'Strangers fill the memory of a server with signing keys of invented scopes.',
    input: 'forged requests of hundreds of regions, then good ones of a thousand',
    outcomes: [MISMATCH],
    result: 'Nothing is kept but after a good signature, and no more than 1,000 keys.',
    wire: 'What is looked at is the memory of the verifier.',
  },
  {
    id: 'B14',
    name: 'key enumeration by time',
    attack: 'The time of an answer tells whether a key exists.',
    input:
      'an unknown key, and a wrong signature of a known one; `npm run test:long` holds the clock against it',
    outcomes: ['InvalidAccessKeyId KEY_UNKNOWN', MISMATCH],
    result: 'For both a key is derived and a signature is made.',
    wire: BOTH,
  },
  {
    id: 'B15',
    name: 'comparison time',
    attack: 'The time of an answer tells how many digits of a guessed signature are right.',
    input:
      'signatures that differ in one digit, in each place; `npm run test:long` holds the clock against it',
    outcomes: [MISMATCH],
    wire: BOTH,
    references: ['GHSA-3p3x-734c-h5vx'],
  },
  {
    id: 'B16',
    name: 'key id characters',
    attack: 'A key id holds what separates the parts of a credential, or is endless.',
    input: '`/`, `=`, `+`; letters that are not ASCII; 129 characters; 1 MB',
    outcomes: ['AuthorizationHeaderMalformed CREDENTIAL_MALFORMED', 'InvalidRequest LIMIT_EXCEEDED'],
    result: '`/`, `=` and `+` are part of the id.',
    wire: BOTH,
  },
  {
    id: 'B17',
    name: 'signature over a prefix; default secrets',
    attack:
      'A signature for one operation is used for another one, or a secret that was never set is guessed.',
    input: 'a signed `GET` sent as `PUT` and to a longer path; a key whose secret is empty',
    outcomes: [MISMATCH, 'SECRET_KEY_MISSING'],
    result: "An empty secret is the server's own error, and lets nobody in.",
    wire: BOTH,
    references: ['GHSA-c667-rgrv-99vj', 'GHSA-r5qv-rc46-hv8q', 'GHSA-h956-rh7x-ppgj', 'GHSA-75fx-qg6f-8rm7'],
  },
  {
    id: 'B18',
    name: 'identity proof: case-variant parameters',
    attack: 'The URL with which somebody proves who he is names a parameter twice, in two spellings.',
    input: '`&x-amz-credential=eve`, `&action=…`, a second `X-Amz-SignedHeaders` in another case',
    outcomes: ['PARAMETER_INVALID'],
    wire: A_PROOF,
    references: ['CVE-2022-2385'],
  },
  {
    id: 'B19',
    name: 'identity proof: host or action by client',
    attack: 'The proof makes the server ask a host that the client runs, or ask something else.',
    input: 'another host; another action; an answer in another form than that of AWS',
    outcomes: ['HOST_NOT_ALLOWED', 'ACTION_WRONG', 'STS_REPLY_INVALID'],
    wire: A_PROOF,
    references: ['CVE-2020-16250'],
  },
]
