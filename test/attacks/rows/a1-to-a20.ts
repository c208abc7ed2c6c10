/**
 * Rows A1 to A20 of the table of attacks: ways around the signature.
 *
 * @module
 */
import { BOTH, type AttackRow } from './row.ts'

const MISMATCH = 'SignatureDoesNotMatch SIGNATURE_MISMATCH'
const NOT_SIGNED = 'AccessDenied HEADERS_NOT_SIGNED'

/** The rows. */
export const A1_TO_A20: readonly AttackRow[] = [
  {
    id: 'A1',
    name: 'unsigned-trailer mode skips the signature',
    attack:
      'An upload says that its chunks are unsigned, in the hope that its signature is not looked at either.',
    input: '`PUT` with `x-amz-content-sha256: STREAMING-UNSIGNED-PAYLOAD-TRAILER` and a signature of zeroes',
    outcomes: [MISMATCH],
    wire: BOTH,
    references: ['CVE-2025-31489', 'GHSA-wg47-6jq2-q2hh'],
  },
  {
    id: 'A2',
    name: 'mode by header, credential by query',
    attack: 'The header says "unsigned chunks", and the URL names a key and nothing else of a signature.',
    input: 'the header of A1, no `Authorization`, and `?X-Amz-Credential=…` alone',
    outcomes: ['AuthorizationQueryParametersError QUERY_PARAMETER_MISSING'],
    wire: BOTH,
    references: ['CVE-2026-41145', 'GHSA-hv4r-mvr4-25vw'],
  },
  {
    id: 'A3',
    name: 'a second handler forgets the mode',
    attack:
      'A1 with a header that sends the upload to another handler, which may not check what the first one does.',
    input: 'A1 with `X-Amz-Meta-Snowball-Auto-Extract: true`',
    outcomes: [MISMATCH],
    wire: BOTH,
    references: ['CVE-2026-40344', 'GHSA-9c4q-hq6p-c237'],
  },
  {
    id: 'A4',
    name: 'unsigned x-amz-* steers a presigned PUT',
    attack: 'Whoever got a URL to upload one file adds a header that makes another operation of it.',
    input:
      'a presigned `PUT` that signs `host` alone, with `x-amz-copy-source`, `x-amz-acl`, `x-amz-tagging`, `x-amz-object-lock-*`, `x-amz-server-side-encryption-*`, `x-amz-website-redirect-location`, `x-amz-security-token`; with a body and without',
    outcomes: [NOT_SIGNED],
    wire: BOTH,
    references: ['CVE-2026-54330', 'GHSA-g8w9-qw9q-fghr'],
  },
  {
    id: 'A5',
    name: 'unsigned x-amz-* beside an Authorization header',
    attack: 'Somebody on the way adds a header to a request that is signed in its headers.',
    input: '`SignedHeaders=host;x-amz-content-sha256;x-amz-date`, with `x-amz-copy-source` added',
    outcomes: [NOT_SIGNED],
    wire: BOTH,
    references: ['GHSA-xm99-m3gq-83g8'],
  },
  {
    id: 'A6',
    name: 'content-sha256 selects a weaker mode',
    attack: 'An unsigned header beside a URL asks for a body that is checked less than the URL says.',
    input:
      'a presigned `PUT` with an unsigned `x-amz-content-sha256` of every streaming mode, of a hash, and of nonsense',
    outcomes: ['InvalidArgument PAYLOAD_HASH_INVALID'],
    wire: BOTH,
  },
  {
    id: 'A7',
    name: 'trailer signature absent or forged',
    attack: 'The chunks are right, and the trailers behind them are not.',
    input:
      'a trailer signature of zeroes, a forged value, no trailers, a signature made under another algorithm name',
    outcomes: ['SignatureDoesNotMatch TRAILER_SIGNATURE_MISMATCH', 'MalformedTrailerError TRAILER_MALFORMED'],
    wire: BOTH,
  },
  {
    id: 'A8',
    name: 'undeclared or extra trailer',
    attack: 'Trailers come that the signed head did not announce, or some of those do not.',
    input: 'an extra trailer, the same one twice, a declared one missing',
    outcomes: ['MalformedTrailerError TRAILER_MALFORMED'],
    wire: BOTH,
  },
  {
    id: 'A9',
    name: 'no time check',
    attack: 'An old request, rightly signed, is sent again.',
    input: 'dated 2020-01-01, and 23 hours ago, in every payload mode',
    outcomes: ['RequestTimeTooSkewed CLOCK_SKEWED'],
    wire: BOTH,
    references: ['CVE-2025-68671', 'CVE-2020-12692'],
  },
  {
    id: 'A10',
    name: 'presigned with no or absurd expiry',
    attack: 'A URL is signed to live for ever, or with a date that no comparison holds for.',
    input:
      'no `X-Amz-Expires`; `315360000`, `-1`, `1e9`, `abc`, `60abc`, `0x10`, ` 60`, `60.5`, an empty one, two; `X-Amz-Date` `2020xx01T000000Z`, `20260230T000000Z`',
    outcomes: [
      'AuthorizationQueryParametersError QUERY_PARAMETER_MISSING',
      'AuthorizationQueryParametersError QUERY_PARAMETER_MALFORMED',
      'AuthorizationQueryParametersError EXPIRES_INVALID',
      'AuthorizationQueryParametersError DATE_INVALID',
    ],
    wire: BOTH,
  },
  {
    id: 'A11',
    name: 'future-dated presign',
    attack: 'A URL is dated ahead, so that it lives longer than the longest lifetime.',
    input: '`X-Amz-Date` six days ahead, `X-Amz-Expires=604800`',
    outcomes: ['AccessDenied NOT_YET_VALID'],
    wire: BOTH,
  },
  {
    id: 'A12',
    name: 'host not signed',
    attack: 'A request that does not sign its host is sent to another tenant.',
    input: '`SignedHeaders` without `host`, and without `host` and `x-amz-date`; another `Host`',
    outcomes: [NOT_SIGNED],
    wire: BOTH,
  },
  {
    id: 'A13',
    name: 'signed header absent',
    attack: 'A header that was signed is taken out, or is named and was never there.',
    input: '`SignedHeaders=host;x-amz-meta-a`, and no such header',
    outcomes: ['SignatureDoesNotMatch SIGNED_HEADER_MISSING'],
    wire: BOTH,
  },
  {
    id: 'A14',
    name: 'absent signed header taken from the query',
    attack: 'A header that is signed and missing stands in the query instead.',
    input: '`SignedHeaders=host;x-amz-acl`, `?x-amz-acl=private`, and no such header',
    outcomes: ['SignatureDoesNotMatch SIGNED_HEADER_MISSING'],
    wire: BOTH,
  },
  {
    id: 'A15',
    name: 'duplicate header',
    attack: 'A header that decides something stands twice: one reader takes the first, another one the last.',
    input: 'two `x-amz-date`, `host`, `authorization`, `x-amz-content-sha256`; equal ones and others',
    outcomes: ['InvalidRequest REQUEST_MALFORMED'],
    wire: BOTH,
  },
  {
    id: 'A16',
    name: 'two mechanisms',
    attack: 'A request is signed in two ways, so that one is checked and the other one believed.',
    input:
      'a presigned URL with a forged `Authorization`; version 2 and version 4 in one query; a form with a signed header',
    outcomes: ['InvalidArgument MECHANISMS_SEVERAL'],
    wire: BOTH,
  },
  {
    id: 'A17',
    name: 'foreign Authorization',
    attack: 'A presigned URL comes with a password or token for something else.',
    input: 'a presigned URL with `Authorization: Bearer x`',
    outcomes: ['InvalidArgument MECHANISMS_SEVERAL'],
    result: 'With the option `ignoreForeignAuthorization` the URL alone decides.',
    wire: BOTH,
  },
  {
    id: 'A18',
    name: 'scope date is not x-amz-date',
    attack: "A signing key of an old day, which was handed out or stolen, signs today's request.",
    input: 'a scope of 20250101 and of 20200101, dated today, signed with the key of that day',
    outcomes: [
      'AuthorizationHeaderMalformed SCOPE_DATE_MISMATCH',
      'AuthorizationQueryParametersError SCOPE_DATE_MISMATCH',
    ],
    wire: BOTH,
  },
  {
    id: 'A19',
    name: 'scope service, region, terminator',
    attack: 'A signature that was made for another service or region is sent here.',
    input: 'service `ec2`; terminators `aws4_requestX` and `nonsense`; no region; four and six parts',
    outcomes: [
      'AuthorizationHeaderMalformed CREDENTIAL_MALFORMED',
      'AuthorizationHeaderMalformed SCOPE_SERVICE_WRONG',
      'AuthorizationQueryParametersError CREDENTIAL_MALFORMED',
      'AuthorizationQueryParametersError SCOPE_SERVICE_WRONG',
    ],
    wire: BOTH,
  },
  {
    id: 'A20',
    name: 'client-sent prefix header',
    attack: 'The client itself sends the header with which a proxy tells which prefix it took off the path.',
    input: 'signed for `/team/secret/k`, sent to `/secret/k` with `X-Forwarded-Prefix: /team`',
    outcomes: [MISMATCH],
    result: 'Believed from a proxy that the server names (`trustedProxies`), and from nobody else.',
    wire: BOTH,
  },
]
