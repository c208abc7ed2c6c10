/**
 * Rows A21 to A41 of the table of attacks: ways around the signature.
 *
 * @module
 */
import { BOTH, type AttackRow } from './row.ts'

const MISMATCH = 'SignatureDoesNotMatch SIGNATURE_MISMATCH'
const ON_QUERY = 'AuthorizationQueryParametersError'
const ON_HEADER = 'AuthorizationHeaderMalformed'

/** The rows. */
export const A21_TO_A41: readonly AttackRow[] = [
  {
    id: 'A21',
    name: 'client-sent host header',
    attack: 'The client itself sends the header with which a proxy tells the host that was asked for.',
    input: "signed for tenant A, sent to tenant B with `X-Forwarded-Host` or `Forwarded` of tenant A's",
    outcomes: [MISMATCH],
    result: 'Believed from a proxy that the server names (`trustedProxies`), and from nobody else.',
    wire: BOTH,
  },
  {
    id: 'A22',
    name: 'client-sent path header',
    attack: 'A header names another path than the one that is asked for.',
    input: '`proxy_path`, `X-Original-URL`, `X-Rewrite-URL` with the path that was signed',
    outcomes: [MISMATCH],
    wire: BOTH,
  },
  {
    id: 'A23',
    name: 'path fallbacks',
    attack: 'A path that was signed in one form is sent in another one, which only looks the same.',
    input: '`/b/a%20b` as `/b/a+b`; `/b/x/../y` as `/b/y`; `/b//k` as `/b/k`; `/b/./k`; `%2E%2E`; `/b/%E4`',
    outcomes: [MISMATCH],
    result: 'For S3 `//`, `.` and `..` are taken as they stand and verify; `%2F` is a slash.',
    wire: BOTH,
  },
  {
    id: 'A24',
    name: 'query traps',
    attack: 'Two readers of one query see different parameters in it.',
    input: '`?a=1&a=2` against `?a=1`; `;`; `+`; `X-Amz-Signature` twice, and as `x-amz-signature`',
    outcomes: [MISMATCH, `${ON_QUERY} QUERY_PARAMETER_MALFORMED`],
    result: 'Order, `?a` for `?a=` and `%2b` for `%2B` make no difference, as they make none to AWS.',
    wire: BOTH,
  },
  {
    id: 'A25',
    name: 'decoded length lies',
    attack: 'The head of an upload announces another length than that of its data.',
    input: '`x-amz-decoded-content-length` too small, too large, and on a request without chunks',
    outcomes: ['IncompleteBody BODY_LENGTH_MISMATCH'],
    wire: BOTH,
  },
  {
    id: 'A26',
    name: 'chunk size lies',
    attack: 'A chunk announces a size that makes the server reserve memory, or read past its end.',
    input:
      '`FFFFFFFF`, 1 MiB of digits, `-5`, `0x5`, `5 `, LF alone, an extension, data behind the last chunk',
    outcomes: ['InvalidChunkSizeError CHUNK_MALFORMED', 'InvalidChunkSizeError CHUNK_SIZE_INVALID'],
    wire: BOTH,
  },
  {
    id: 'A27',
    name: 'aws-chunked taken from Content-Encoding',
    attack: 'An unsigned or harmless header decides whether a body is taken apart into chunks.',
    input: '`Content-Encoding: aws-chunked` with `UNSIGNED-PAYLOAD`, and a chunked mode without frames',
    outcomes: ['IncompleteBody BODY_INCOMPLETE'],
    result: 'With `UNSIGNED-PAYLOAD` the frames are the body.',
    wire: BOTH,
  },
  {
    id: 'A28',
    name: 'hash header trusted',
    attack: 'The hash of one body is signed, and another body is sent.',
    input: 'the hash of body A with body B',
    outcomes: ['XAmzContentSHA256Mismatch PAYLOAD_MISMATCH'],
    wire: BOTH,
  },
  {
    id: 'A29',
    name: 'empty hash with a body',
    attack: 'The hash of nothing is signed, and a body is sent.',
    input: 'the hash of the empty string with a body',
    outcomes: ['XAmzContentSHA256Mismatch PAYLOAD_MISMATCH'],
    wire: BOTH,
  },
  {
    id: 'A30',
    name: 'presign does not bind the body',
    attack: 'Whoever got a URL to upload a file uploads a huge one.',
    input: 'a presigned `GET` with a body, and a `PUT` of more than the server takes',
    outcomes: ['EntityTooLarge BODY_TOO_LARGE'],
    result: 'A body that is not signed is let in with the warning `PAYLOAD_UNSIGNED`.',
    wire: BOTH,
  },
  {
    id: 'A31',
    name: 'POST policy not applied',
    attack: 'An upload form with a good signature does what its policy does not allow.',
    input: 'a key outside of `starts-with`, a file of ten times the range, an extra field `acl`',
    outcomes: [
      'AccessDenied POLICY_CONDITION_FAILED',
      'AccessDenied POLICY_FIELD_NOT_COVERED',
      'EntityTooLarge BODY_TOO_LARGE',
    ],
    wire: BOTH,
    references: ['GHSA-w5fh-f8xh-5x3p'],
  },
  {
    id: 'A32',
    name: 'POST form shapes',
    attack: 'A form is written so that two readers see different fields in it.',
    input:
      '`Policy` and `policy`; JSON with a key twice; `${filename}` with `../`; base64 with blanks; a scope of another day; a date that the policy does not cover',
    outcomes: [
      'InvalidArgument FORM_FIELD_INVALID',
      'InvalidPolicyDocument POLICY_MALFORMED',
      'InvalidArgument SCOPE_DATE_MISMATCH',
      'AccessDenied POLICY_FIELD_NOT_COVERED',
    ],
    result: 'What stands behind the file is not read; `../` is taken off the name.',
    wire: BOTH,
  },
  {
    id: 'A33',
    name: 'range checked against Content-Length',
    attack: 'A file is longer than its policy allows, and the length in the head does not say so.',
    input: 'a form in `Transfer-Encoding: chunked` whose file is a byte too long, and one that fits',
    outcomes: ['EntityTooLarge BODY_TOO_LARGE'],
    wire: ['http1'],
  },
  {
    id: 'A34',
    name: 'SigV2 holes',
    attack: 'The older version signs little of a request, and is taken for granted.',
    input:
      'version 2 where it was not asked for; where it was: a `Date` of ten years ago, `?versioning`, `?tagging`, `?policy` added, base64 with other padding bits',
    outcomes: [
      'InvalidRequest MECHANISM_UNSUPPORTED',
      'RequestTimeTooSkewed CLOCK_SKEWED',
      MISMATCH,
      'SignatureDoesNotMatch SIGNATURE_MALFORMED',
    ],
    wire: BOTH,
  },
  {
    id: 'A35',
    name: 'anonymous response override',
    attack:
      'Somebody without a key asks for a public file under a type of his choice, such as a page with scripts.',
    input: '`GET /public/x?response-content-type=text/html`, not signed',
    outcomes: ['AccessDenied SIGNATURE_MISSING'],
    result: 'Nothing is served to anybody without a signature.',
    wire: BOTH,
  },
  {
    id: 'A36',
    name: 'client-dependent canonicalisation',
    attack: 'A request names itself a client for which some servers bend their rules.',
    input:
      '`User-Agent` of old SDKs with `*` encoded otherwise; a signed `expect` that is not there; names sorted by locale',
    outcomes: [
      MISMATCH,
      'SignatureDoesNotMatch SIGNED_HEADER_MISSING',
      `${ON_QUERY} SIGNED_HEADERS_MALFORMED`,
    ],
    wire: BOTH,
  },
  {
    id: 'A37',
    name: 'shape of SignedHeaders',
    attack: 'The list of signed headers is written so that two readers see different lists.',
    input: '`Host;X-Amz-Date`, unsorted, `host;host`, `host;;x-amz-date`, 10,000 names',
    outcomes: [`${ON_HEADER} SIGNED_HEADERS_MALFORMED`, 'InvalidRequest LIMIT_EXCEEDED'],
    wire: BOTH,
  },
  {
    id: 'A38',
    name: 'credential class decides',
    attack:
      'The first letters of a key id make a server believe that the key is a temporary one that it knows.',
    input:
      'an invented key that begins with `ASIA`, with a token and without; a wrong signature of a known one',
    outcomes: ['InvalidAccessKeyId KEY_UNKNOWN', MISMATCH],
    wire: BOTH,
  },
  {
    id: 'A39',
    name: 'presence gate',
    attack: 'Parts of a signature are sent where nobody looks whether they are whole.',
    input: 'no signature at all; one parameter of a signature; the parameters as headers or in the body',
    outcomes: ['AccessDenied SIGNATURE_MISSING', `${ON_QUERY} QUERY_PARAMETER_MISSING`],
    wire: BOTH,
    references: ['CVE-2026-40344'],
  },
  {
    id: 'A40',
    name: 'header-side expiry',
    attack: 'The lifetime of a URL is sent a second time, in a header that nobody signed.',
    input: '`X-Amz-Expires` as an unsigned header, beside either kind of signature',
    outcomes: ['AccessDenied HEADERS_NOT_SIGNED'],
    wire: BOTH,
  },
  {
    id: 'A41',
    name: 'separators',
    attack: 'The Authorization header is written so that two readers see different parts in it.',
    input: 'a part twice, an unknown part; and blanks, tabs and orders that do occur',
    outcomes: [`${ON_HEADER} AUTHORIZATION_MALFORMED`],
    result: 'Any order of the three parts and any blanks behind commas are let in.',
    wire: BOTH,
  },
]
