/**
 * Rows C1 to C6 of the table of attacks: availability and state.
 *
 * @module
 */
import { BOTH, type AttackRow } from './row.ts'

const MISMATCH = 'SignatureDoesNotMatch SIGNATURE_MISMATCH'

/** The rows. */
export const AVAILABILITY: readonly AttackRow[] = [
  {
    id: 'C1',
    name: 'shared mutable verifier',
    attack: 'A forged request is sent at the same time as a good one, and takes its verdict.',
    input:
      'good and forged requests at the same time, with a slow look-up of keys; in every order of their waits',
    outcomes: [MISMATCH],
    result: 'Each gets its own verdict.',
    wire: ['http1'],
  },
  {
    id: 'C2',
    name: 'body buffered before auth',
    attack: 'A request that nobody signed makes the server read gigabytes.',
    input: 'a head that announces 10 GB, with a bad signature, and no byte of the body',
    outcomes: [MISMATCH],
    result: 'It is answered after the head, and the connection is closed.',
    wire: BOTH,
  },
  {
    id: 'C3',
    name: 'slow trailers, endless headers',
    attack: 'A connection is kept busy with a line that never ends.',
    input: 'a chunk header, and a section of trailers, without end',
    outcomes: ['InvalidChunkSizeError CHUNK_MALFORMED', 'MalformedTrailerError TRAILER_MALFORMED'],
    result: 'Given up after 256 bytes and 1 KiB. How long a head may take is up to the HTTP server.',
    wire: BOTH,
  },
  {
    id: 'C4',
    name: 'quadratic parsing',
    attack: 'A head is written so that reading it costs far more than its length.',
    input:
      '64 KB of `Authorization`, 10,000 signed headers, 10,000 parameters, 1 MB of credential, 1.7 MB in a header',
    outcomes: ['InvalidRequest LIMIT_EXCEEDED'],
    wire: BOTH,
  },
  {
    id: 'C5',
    name: 'replay',
    attack: 'What was sent once and rightly is sent again, by somebody who saw it.',
    input:
      'the same presigned `PUT` and the same signed request twice; the chunks of one upload as another object',
    outcomes: [MISMATCH, 'SignatureDoesNotMatch CHUNK_SIGNATURE_MISMATCH', 'AccessDenied REPLAYED'],
    result:
      'The first two are refused where a `replayGuard` is passed in; by default they are let in, as by S3.',
    wire: BOTH,
  },
  {
    id: 'C6',
    name: "caller's array mutated",
    attack: 'Options that were given to one verifier are changed by it, or change it later.',
    input: 'lists of options, frozen, given to two verifiers, and changed after',
    outcomes: ['AccessDenied HEADERS_NOT_SIGNED', 'AuthorizationHeaderMalformed SCOPE_REGION_WRONG'],
    wire: 'Options are given in the program.',
  },
]
