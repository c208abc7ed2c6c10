/**
 * Refusals in each dialect, as AWS writes them: shape, code, status and text.
 */
import { describe, expect, it } from 'vitest'
import { signUpload, uploadMessage, withFrames } from '../../../../../test/kit/chunked-uploads.ts'
import {
  bytesOf,
  dateAt,
  EMPTY_HASH,
  KEY_ID,
  NOW,
  presign,
  refusalOf,
  SECRET,
  sha256,
  signInHeader,
  TOKEN,
  withAuthorization,
  withBadSignature,
  withHeaders,
  withoutHeader,
  withTarget,
  type SentMessage,
} from '../../../../../test/kit/messages.ts'
import { VerificationError } from '../../errors.ts'
import { apiGateway } from './api-gateway.ts'
import { awsJson } from './aws-json.ts'
import { queryXml } from './query-xml.ts'
import type { ErrorResponse } from './response.ts'
import { restJson } from './rest-json.ts'
import { s3Xml } from './s3-xml.ts'

const REQUEST_ID = '4442587FB7D0A2F9'
const ON_HEADER = 'AuthorizationHeaderMalformed'
const ON_QUERY = 'AuthorizationQueryParametersError'
const MALFORMED = 'The authorization header is malformed; '
const PARSING = 'Error parsing the X-Amz-Credential parameter; '
const CREDENTIAL_FORM =
  'the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".'
const S3_NO_MATCH =
  'The request signature we calculated does not match the signature you provided. Check your key and signing method.'
const NO_MATCH =
  'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.'
const TEMPORARY = { secrets: () => ({ secretAccessKey: SECRET, sessionToken: TOKEN, principal: 'alice' }) }
const AT_S3 = { service: 's3' }

function unescapeXml(text: string): string {
  const marks: Record<string, string> = {
    '&lt;': '<',
    '&gt;': '>',
    '&quot;': '"',
    '&#13;': '\r',
    '&amp;': '&',
  }
  return text.replace(/&(?:lt|gt|quot|amp|#13);/g, (mark) => marks[mark]!)
}

/** The elements inside of `<Error>`, in their order. */
function elementsOf(body: string): [name: string, text: string][] {
  const inner = /<Error>(.*)<\/Error>/s.exec(body)![1]!
  return [...inner.matchAll(/<([A-Za-z0-9-]+)>(.*?)<\/\1>/gs)].map(([, name, text]) => [
    name!,
    unescapeXml(text!),
  ])
}

type Row = [
  name: string,
  message: SentMessage,
  code: string,
  status: number,
  text: string,
  extra?: Readonly<Record<string, string>>,
  options?: Parameters<typeof refusalOf>[1],
]

function scoped(sign: typeof presign, scope: string): SentMessage {
  return sign({ scope })
}

const forged = withBadSignature(signInHeader())
const hashed = signInHeader({ method: 'PUT', body: 'A' })
const upload = signUpload({ data: bytesOf('b') })

const S3_ROWS: Row[] = [
  [
    'unknown key',
    signInHeader({ accessKeyId: 'NOBODY' }),
    'InvalidAccessKeyId',
    403,
    'The AWS Access Key Id you provided does not exist in our records.',
    { AWSAccessKeyId: 'NOBODY' },
  ],
  [
    'temporary key, no token',
    signInHeader(),
    'InvalidAccessKeyId',
    403,
    'The AWS Access Key Id you provided does not exist in our records.',
    {},
    TEMPORARY,
  ],
  [
    'skew',
    signInHeader({ amzDate: dateAt(-901) }),
    'RequestTimeTooSkewed',
    403,
    'The difference between the request time and the current time is too large.',
    { RequestTime: dateAt(-901), MaxAllowedSkewMilliseconds: '900000' },
  ],
  [
    'presigned expired',
    presign({ amzDate: dateAt(-61), expires: '60' }),
    'AccessDenied',
    403,
    'Request has expired',
    { 'X-Amz-Expires': '60' },
  ],
  [
    'presigned in the future',
    presign({ amzDate: dateAt(3600) }),
    'AccessDenied',
    403,
    'Request is not valid yet',
  ],
  [
    'unsigned headers',
    withHeaders(presign(), ['x-amz-date', '1'], ['x-amz-decoded-content-length', '5']),
    'AccessDenied',
    403,
    'There were headers present in the request which were not signed',
    { HeadersNotSigned: 'x-amz-date, x-amz-decoded-content-length' },
  ],
  [
    'presigned parameter missing',
    presign({ expires: undefined }),
    ON_QUERY,
    400,
    'Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.',
  ],
  [
    'X-Amz-Algorithm unknown',
    withTarget(presign(), (target) => target.replace('AWS4-HMAC-SHA256', 'AWS4')),
    ON_QUERY,
    400,
    'X-Amz-Algorithm only supports "AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256"',
  ],
  [
    'X-Amz-Credential malformed',
    scoped(presign, '20261122/us-east-1'),
    ON_QUERY,
    400,
    PARSING + CREDENTIAL_FORM,
  ],
  [
    'X-Amz-Credential encoded twice',
    withTarget(presign(), (target) => target.replaceAll('%2F', '%252F')),
    ON_QUERY,
    400,
    PARSING + CREDENTIAL_FORM,
  ],
  [
    'X-Amz-Credential, wrong service',
    scoped(presign, '20261122/us-east-1/ec2/aws4_request'),
    ON_QUERY,
    400,
    `${PARSING}incorrect service "ec2". This endpoint belongs to "s3".`,
  ],
  [
    'X-Amz-Credential, wrong region',
    presign({ region: 'x' }),
    ON_QUERY,
    400,
    `${PARSING}the region 'x' is wrong; expecting 'us-east-1'`,
    { Region: 'us-east-1' },
  ],
  [
    'X-Amz-Credential, wrong terminator',
    scoped(presign, '20261122/us-east-1/s3/x'),
    ON_QUERY,
    400,
    `${PARSING}incorrect terminal "x". This endpoint uses "aws4_request".`,
  ],
  [
    'X-Amz-Credential, bad date',
    scoped(presign, 'x/us-east-1/s3/aws4_request'),
    ON_QUERY,
    400,
    `${PARSING}incorrect date format "x". This date in the credential must be in the format "yyyyMMdd".`,
  ],
  [
    'X-Amz-Credential, another date',
    scoped(presign, '20261121/us-east-1/s3/aws4_request'),
    ON_QUERY,
    400,
    'Invalid credential date "20261121". This date is not the same as X-Amz-Date: "20261122T120000Z".',
  ],
  [
    'X-Amz-Date malformed',
    presign({ amzDate: '2026', scope: '20261122/us-east-1/s3/aws4_request' }),
    ON_QUERY,
    400,
    `X-Amz-Date must be in the ISO8601 Long Format "yyyyMMdd'T'HHmmss'Z'"`,
  ],
  [
    'X-Amz-Expires too large',
    presign({ expires: '604801' }),
    ON_QUERY,
    400,
    'X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds',
  ],
  [
    'X-Amz-Expires far too large',
    presign({ expires: '31536000' }),
    ON_QUERY,
    400,
    'X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds',
  ],
  [
    'X-Amz-Expires of no time at all',
    presign({ expires: '0' }),
    ON_QUERY,
    400,
    'X-Amz-Expires must be a number of seconds from 1 to 604800',
  ],
  ['X-Amz-Expires negative', presign({ expires: '-1' }), ON_QUERY, 400, 'X-Amz-Expires must be non-negative'],
  [
    'X-Amz-Expires not a number',
    presign({ expires: 'x' }),
    ON_QUERY,
    400,
    'X-Amz-Expires should be a number',
  ],
  [
    'SigV2',
    withAuthorization(signInHeader(), () => 'AWS AK:c2ln'),
    'InvalidRequest',
    400,
    'The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.',
  ],
  [
    'date missing',
    withoutHeader(signInHeader(), 'x-amz-date'),
    'AccessDenied',
    403,
    'AWS authentication requires a valid Date or x-amz-date header',
  ],
  [
    'content-sha256 missing',
    withoutHeader(signInHeader(), 'x-amz-content-sha256'),
    'InvalidRequest',
    400,
    'Missing required header for this request: x-amz-content-sha256',
  ],
  [
    'content-sha256 neither hex nor keyword',
    signInHeader({ payloadHash: 'x' }),
    'InvalidArgument',
    400,
    'x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER, STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD, STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER or a valid sha256 value.',
  ],
  [
    'keyword not allowed here',
    signInHeader({ payloadHash: 'UNSIGNED-PAYLOAD' }),
    'InvalidRequest',
    400,
    'The value of x-amz-content-sha256 header is invalid.',
    {},
    { ...AT_S3, unsignedPayload: 'refused' },
  ],
  [
    'events',
    signInHeader({ payloadHash: 'STREAMING-AWS4-HMAC-SHA256-EVENTS' }),
    'InvalidRequest',
    400,
    'The value of x-amz-content-sha256 header is invalid.',
  ],
  [
    'body hash differs',
    { ...hashed, body: bytesOf('B') },
    'XAmzContentSHA256Mismatch',
    400,
    "The provided 'x-amz-content-sha256' header does not match what was computed.",
    { ClientComputedContentSHA256: sha256('A'), S3ComputedContentSHA256: sha256('B') },
  ],
  [
    'chunk signature wrong',
    withFrames(upload, [upload.frames[0]!.replace('b', 'c'), ...upload.frames.slice(1)]),
    'SignatureDoesNotMatch',
    403,
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
    { Chunk: '1' },
  ],
  [
    'chunk too small',
    uploadMessage({ data: bytesOf('hello'), chunkSize: 3 }),
    'InvalidChunkSizeError',
    400,
    'Only the last chunk is allowed to have a size less than 8192 bytes',
    // As S3 answers this very upload: the chunk at which it found out, and the size of the one before.
    { Chunk: '2', BadChunkSize: '3' },
  ],
  [
    'chunk too large',
    uploadMessage({ data: bytesOf('b'.repeat(8193)), chunkSize: 8193 }),
    'InvalidChunkSizeError',
    400,
    'A chunk has over 8192 bytes',
    { Chunk: '1', BadChunkSize: '8193' },
    { ...AT_S3, streaming: { maxChunk: 8192 } },
  ],
  [
    'chunked body too short',
    withFrames(upload, upload.frames.slice(0, 1)),
    'IncompleteBody',
    400,
    'The request body terminated unexpectedly',
  ],
  [
    'length missing',
    uploadMessage({ data: bytesOf('b'), headers: [['x-amz-decoded-content-length', '']] }),
    'MissingContentLength',
    411,
    'You must provide the Content-Length HTTP header.',
  ],
  [
    'trailer missing',
    uploadMessage({ data: bytesOf('b'), headers: [['x-amz-trailer', 'x-amz-checksum-crc32']], trailers: [] }),
    'MalformedTrailerError',
    400,
    'The request contained trailing data that was not well-formed or did not conform to our published schema.',
  ],
  [
    'checksum differs',
    uploadMessage({ data: bytesOf('b'), trailers: [['x-amz-checksum-crc32', 'AAAAAA==']] }),
    'BadDigest',
    400,
    'The CRC32 you specified did not match the calculated checksum.',
  ],
  [
    'Content-MD5 differs',
    signInHeader({ headers: [['content-md5', 'XUFAKrxLKna5cZ2REBfFkg==']], body: 'hullo' }),
    'BadDigest',
    400,
    'The Content-MD5 you specified did not match what we received.',
    {
      CalculatedDigest: 'VL9Dll4ruqIMIsIsp7Tpxw==',
      ExpectedDigest: '5d41402abc4b2a76b9719d911017c592',
    },
  ],
  [
    'Content-MD5 malformed',
    signInHeader({ headers: [['content-md5', 'short']], body: 'hello' }),
    'InvalidDigest',
    400,
    'The Content-MD5 you specified was invalid.',
    { 'Content-MD5': 'short' },
  ],
  [
    'checksum in a header differs',
    signInHeader({ headers: [['x-amz-checksum-crc64nvme', 'AAAAAAAAAAA=']], body: 'hello' }),
    'BadDigest',
    400,
    'The CRC64NVME you specified did not match the calculated checksum.',
  ],
  [
    'checksum malformed',
    signInHeader({ headers: [['x-amz-checksum-crc32', 'short']], body: 'hello' }),
    'InvalidRequest',
    400,
    'Value for x-amz-checksum-crc32 header is invalid.',
  ],
  [
    'two checksums',
    signInHeader({
      headers: [
        ['x-amz-checksum-crc32', 'AAAAAA=='],
        ['x-amz-checksum-crc32c', 'AAAAAA=='],
      ],
    }),
    'InvalidRequest',
    400,
    'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.',
  ],
  [
    // Our own words: of this nothing of AWS's is recorded.
    'checksum unknown',
    signInHeader({ headers: [['x-amz-checksum-crc16', 'AAA=']] }),
    'InvalidRequest',
    400,
    'x-amz-checksum-crc16 is none of the checksums that are verified here',
  ],
  [
    'trailer unknown',
    uploadMessage({ data: bytesOf('x'), trailers: [['x-amz-meta-a', 'b']] }),
    'InvalidRequest',
    400,
    'The value specified in the x-amz-trailer header is not supported',
  ],
  [
    'metadata too large',
    signInHeader({ headers: [['x-amz-meta-a', 'v'.repeat(2048)]] }),
    'MetadataTooLarge',
    400,
    'Your metadata headers exceed the maximum allowed metadata size',
    { Size: '2049', MaxSizeAllowed: '2048' },
  ],
  [
    'body too long by its head',
    { ...presign({ headers: [['content-length', '2']] }), body: bytesOf('xx') },
    'EntityTooLarge',
    400,
    'Your proposed upload exceeds the maximum allowed size',
    { ProposedSize: '2', MaxSizeAllowed: '1' },
    { ...AT_S3, maxBytes: 1 },
  ],
  [
    'body too short',
    { ...presign({ headers: [['content-length', '5']] }), body: bytesOf('x') },
    'IncompleteBody',
    400,
    'The request body terminated unexpectedly',
  ],
  [
    'body too long',
    { ...presign(), body: bytesOf('xx') },
    'EntityTooLarge',
    400,
    'Your proposed upload exceeds the maximum allowed size',
    { MaxSizeAllowed: '1' },
    { ...AT_S3, maxBytes: 1 },
  ],
  [
    'token wrong',
    presign({ sessionToken: 'x' }),
    'InvalidToken',
    400,
    'The provided token is malformed or otherwise invalid.',
  ],
  [
    'key past its end',
    presign(),
    'ExpiredToken',
    400,
    'The provided token has expired.',
    {},
    { ...AT_S3, secrets: () => ({ secretAccessKey: SECRET, notAfter: new Date(NOW.getTime() - 1) }) },
  ],
  [
    'no authentication',
    { method: 'GET', target: '/', headers: [['host', 'h']] },
    'AccessDenied',
    403,
    'Access Denied',
  ],
  [
    'credential not five parts',
    scoped(signInHeader, '20261122'),
    ON_HEADER,
    400,
    MALFORMED + CREDENTIAL_FORM,
  ],
  [
    'no Credential',
    withAuthorization(signInHeader(), (value) => value.replace(/Credential=[^,]*, /, '')),
    ON_HEADER,
    400,
    `${MALFORMED}missing Credential.`,
  ],
  [
    'neither Credential nor SignedHeaders',
    withAuthorization(signInHeader(), (value) => value.replace(/Credential=.*, /, '')),
    ON_HEADER,
    400,
    `${MALFORMED}missing Credential.`,
  ],
  [
    'no SignedHeaders',
    withAuthorization(signInHeader(), (value) => value.replace(/SignedHeaders=[^,]*, /, '')),
    ON_HEADER,
    400,
    `${MALFORMED}missing SignedHeaders.`,
  ],
  [
    'no Signature',
    withAuthorization(signInHeader(), (value) => value.replace(/, Signature=.*/, '')),
    ON_HEADER,
    400,
    `${MALFORMED}missing Signature.`,
  ],
  [
    'four components',
    withAuthorization(signInHeader(), (value) => `${value}, A=b`),
    ON_HEADER,
    400,
    `${MALFORMED}the authorization header requires three components: Credential, SignedHeaders, and Signature.`,
  ],
  [
    'component without =',
    withAuthorization(signInHeader(), (value) => `${value}, x`),
    ON_HEADER,
    400,
    `${MALFORMED}the authorization component "x" is malformed.`,
  ],
  [
    'region',
    signInHeader({ region: 'x' }),
    ON_HEADER,
    400,
    `${MALFORMED}the region 'x' is wrong; expecting 'us-east-1'`,
    { Region: 'us-east-1' },
  ],
  [
    'none of several regions',
    signInHeader({ region: 'x' }),
    ON_HEADER,
    400,
    `${MALFORMED}the region 'x' is wrong; expecting 'eu-west-1, eu-central-1'`,
    { Region: 'eu-west-1' },
    { ...AT_S3, region: ['eu-west-1', 'eu-central-1'] },
  ],
  [
    'service',
    scoped(signInHeader, '20261122/us-east-1/ec2/aws4_request'),
    ON_HEADER,
    400,
    `${MALFORMED}incorrect service "ec2". This endpoint belongs to "s3".`,
  ],
  [
    'terminator',
    scoped(signInHeader, '20261122/us-east-1/s3/x'),
    ON_HEADER,
    400,
    `${MALFORMED}incorrect terminal "x". This endpoint uses "aws4_request".`,
  ],
  [
    'date format',
    scoped(signInHeader, 'x/us-east-1/s3/aws4_request'),
    ON_HEADER,
    400,
    `${MALFORMED}incorrect date format "x". This date in the credential must be in the format "yyyyMMdd".`,
  ],
  [
    'date against x-amz-date',
    scoped(signInHeader, '20261121/us-east-1/s3/aws4_request'),
    ON_HEADER,
    400,
    `${MALFORMED}Invalid credential date. Date is not the same as X-Amz-Date.`,
  ],
  // Rows with an authorization that is none of AWS's.
  [
    'unknown scheme',
    withAuthorization(signInHeader(), () => 'Bearer x'),
    'InvalidArgument',
    400,
    'Unsupported Authorization Type',
    { ArgumentName: 'Authorization' },
  ],
  [
    'no blank in Authorization',
    withAuthorization(signInHeader(), () => 'AWS4-HMAC-SHA256'),
    'InvalidArgument',
    400,
    "Authorization header is invalid -- one and only one ' ' (space) required.",
    { ArgumentName: 'Authorization' },
  ],
  [
    'two mechanisms',
    withHeaders(presign(), ['authorization', 'AWS4-HMAC-SHA256 x']),
    'InvalidArgument',
    400,
    'Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified',
    { ArgumentName: 'Authorization' },
  ],
]

describe('S3 XML', () => {
  it.each(S3_ROWS)('%s', async (_, message, code, status, text, extra = {}, options = AT_S3) => {
    const error = await refusalOf(message, { ...AT_S3, ...options })
    const response = s3Xml(error, { requestId: REQUEST_ID, echo: 'none' })
    const elements = new Map(elementsOf(response.body))
    expect(response.status).toBe(status)
    expect(elements.get('Code')).toBe(code)
    expect(elements.get('Message')).toBe(text)
    expect(Object.fromEntries(elements)).toMatchObject(extra)
    expect([error.awsCode, error.status]).toEqual([code, status])
  })

  it('a wrong signature: every element in its order, and the headers', async () => {
    const error = await refusalOf(forged, AT_S3)
    const { status, headers, body } = s3Xml(error, { requestId: REQUEST_ID })
    const { canonicalRequest, stringToSign } = error.steps!
    const hex = (text: string): string =>
      Buffer.from(text)
        .toString('hex')
        .replace(/(..)(?=.)/g, '$1 ')
    const elements = elementsOf(body)
    expect(elements.slice(0, -1)).toEqual([
      ['Code', 'SignatureDoesNotMatch'],
      ['Message', S3_NO_MATCH],
      ['AWSAccessKeyId', KEY_ID],
      ['SignatureProvided', '0'.repeat(64)],
      ['StringToSign', stringToSign],
      ['StringToSignBytes', hex(stringToSign)],
      ['CanonicalRequest', canonicalRequest],
      ['CanonicalRequestBytes', hex(canonicalRequest)],
      ['RequestId', REQUEST_ID],
    ])
    const [hostIdName, hostId] = elements.at(-1)!
    expect(hostIdName).toBe('HostId')
    expect(status).toBe(403)
    expect(headers).toEqual([
      ['content-type', 'application/xml'],
      ['x-amz-request-id', REQUEST_ID],
      ['x-amz-id-2', hostId],
    ])
    expect(body.startsWith('<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>')).toBe(true)
    expect(canonicalRequest).toBe(
      `GET\n/bucket/key\n\nhost:tenant-a.example.com\nx-amz-content-sha256:${EMPTY_HASH}\nx-amz-date:20261122T120000Z\n\nhost;x-amz-content-sha256;x-amz-date\n${EMPTY_HASH}`,
    )
    expect(stringToSign).toBe(
      `AWS4-HMAC-SHA256\n20261122T120000Z\n20261122/us-east-1/s3/aws4_request\n${sha256(canonicalRequest)}`,
    )
  })

  it('a malformed signature is given back as well', async () => {
    const short = withAuthorization(signInHeader(), (value) => value.slice(0, -1))
    const elements = new Map(elementsOf(s3Xml(await refusalOf(short, AT_S3)).body))
    expect(elements.get('Code')).toBe('SignatureDoesNotMatch')
    expect(elements.get('SignatureProvided')).toHaveLength(63)
  })

  it('times of a skew and an expiry are instants', async () => {
    const skewed = await refusalOf(signInHeader({ amzDate: dateAt(-901) }), AT_S3)
    expect(elementsOf(s3Xml(skewed).body).map(([name]) => name)).toEqual([
      'Code',
      'Message',
      'RequestTime',
      'ServerTime',
      'MaxAllowedSkewMilliseconds',
      'RequestId',
      'HostId',
    ])
    expect(new Date(new Map(elementsOf(s3Xml(skewed).body)).get('ServerTime')!)).toEqual(NOW)
    const expired = new Map(
      elementsOf(s3Xml(await refusalOf(presign({ amzDate: dateAt(-61), expires: '60' }), AT_S3)).body),
    )
    expect(new Date(expired.get('ServerTime')!)).toEqual(NOW)
    expect(new Date(expired.get('Expires')!)).toEqual(new Date(NOW.getTime() - 1000))
  })
})

type GeneralRow = [
  name: string,
  message: SentMessage,
  query: readonly [code: string, status: number],
  exception: string,
  restStatus: number,
  text: string,
  options?: Parameters<typeof refusalOf>[1],
]

const api = { service: 'execute-api' } as const
const AT_API = { service: 'execute-api' }
const UNMATCHED = [['SignatureDoesNotMatch', 403], 'InvalidSignatureException', 403] as const
const INCOMPLETE = [['IncompleteSignature', 400], 'IncompleteSignatureException', 403] as const
const INVALID = [['ValidationError', 400], 'ValidationException', 400] as const
const UNKNOWN = [['InvalidClientTokenId', 403], 'UnrecognizedClientException', 403] as const
const INVALID_TOKEN = 'The security token included in the request is invalid.'

const GENERAL_ROWS: GeneralRow[] = [
  ['wrong signature', withBadSignature(signInHeader(api)), ...UNMATCHED, NO_MATCH],
  [
    'too old',
    signInHeader({ ...api, amzDate: dateAt(-900) }),
    ...UNMATCHED,
    'Signature expired: 20261122T114500Z is now earlier than 20261122T115500Z (20261122T120000Z - 5 min.)',
  ],
  [
    'too new',
    signInHeader({ ...api, amzDate: dateAt(900) }),
    ...UNMATCHED,
    'Signature not yet current: 20261122T121500Z is still later than 20261122T120500Z (20261122T120000Z + 5 min.)',
  ],
  [
    'Content-MD5 differs',
    signInHeader({ ...api, headers: [['content-md5', 'XUFAKrxLKna5cZ2REBfFkg==']], body: 'hullo' }),
    ...INVALID,
    'The body is not the one that its Content-MD5 was made of',
  ],
  [
    'Content-MD5 malformed',
    signInHeader({ ...api, headers: [['content-md5', 'x']] }),
    ...INVALID,
    'Content-MD5 is not the base64 of 16 bytes',
  ],
  [
    'two checksums',
    signInHeader({
      ...api,
      headers: [
        ['x-amz-checksum-crc32', 'AAAAAA=='],
        ['x-amz-checksum-crc32c', 'AAAAAA=='],
      ],
    }),
    ...INVALID,
    'Only one x-amz-checksum-… may be sent, as header or as trailer',
  ],
  [
    'host not signed',
    signInHeader({ ...api, signedHeaders: 'x-amz-date' }),
    ...UNMATCHED,
    "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
  ],
  [
    'region',
    signInHeader({ ...api, region: 'x' }),
    ...UNMATCHED,
    "Credential should be scoped to a valid region, not 'x'. ",
  ],
  [
    'service',
    signInHeader({ ...api, scope: '20261122/us-east-1/x/aws4_request' }),
    ...UNMATCHED,
    "Credential should be scoped to correct service: 'execute-api'. ",
  ],
  [
    'scope date',
    signInHeader({ ...api, scope: '20261121/us-east-1/execute-api/aws4_request' }),
    ...UNMATCHED,
    "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20261121' != '20261122', from '20261122T120000Z'.",
  ],
  [
    'no Credential',
    withAuthorization(signInHeader(api), (value) => value.replace(/Credential=[^,]*, /, '')),
    ...INCOMPLETE,
    "Authorization header requires 'Credential' parameter.",
  ],
  [
    'no Signature',
    withAuthorization(signInHeader(api), (value) => value.replace(/, Signature=.*/, '')),
    ...INCOMPLETE,
    "Authorization header requires 'Signature' parameter.",
  ],
  [
    'no SignedHeaders',
    withAuthorization(signInHeader(api), (value) => value.replace(/SignedHeaders=[^,]*, /, '')),
    ...INCOMPLETE,
    "Authorization header requires 'SignedHeaders' parameter.",
  ],
  [
    'neither Credential nor Signature',
    withAuthorization(signInHeader(api), (value) =>
      value.replace(/Credential=[^,]*, /, '').replace(/, Signature=.*/, ''),
    ),
    ...INCOMPLETE,
    "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter.",
  ],
  [
    'a component twice',
    withAuthorization(signInHeader(api), (value) => `${value}, Signature=x`),
    ...INCOMPLETE,
    "'Signature' is repeated in Authorization header.",
  ],
  [
    'no date',
    withoutHeader(signInHeader(api), 'x-amz-date'),
    ...INCOMPLETE,
    "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
  ],
  [
    'no date in a URL that is one',
    presign({ ...api, amzDate: '20261122' }),
    ...INCOMPLETE,
    'X-Amz-Date is not a date as YYYYMMDDTHHMMSSZ',
  ],
  [
    'no authentication',
    { method: 'GET', target: '/', headers: [] },
    ['MissingAuthenticationToken', 403],
    'MissingAuthenticationTokenException',
    403,
    'Missing Authentication Token',
  ],
  ['unknown key', signInHeader({ ...api, accessKeyId: 'NOBODY' }), ...UNKNOWN, INVALID_TOKEN],
  ['no token', signInHeader(api), ...UNKNOWN, INVALID_TOKEN, TEMPORARY],
  ['another token', signInHeader({ ...api, sessionToken: 'x' }), ...UNKNOWN, INVALID_TOKEN, TEMPORARY],
  [
    'token expired',
    signInHeader(api),
    ['ExpiredToken', 403],
    'ExpiredTokenException',
    403,
    'The security token included in the request is expired',
    { secrets: () => ({ secretAccessKey: SECRET, notAfter: new Date(0) }) },
  ],
]

describe('other services', () => {
  describe.each(GENERAL_ROWS)(
    '%s',
    (_, message, [code, status], exception, restStatus, text, options = {}) => {
      const refusal = (): Promise<VerificationError> => refusalOf(message, { ...AT_API, ...options })

      it('query XML', async () => {
        const response = queryXml(await refusal(), { requestId: REQUEST_ID, echo: 'none' })
        expect(response.status).toBe(status)
        expect(unescapeXml(response.body)).toBe(
          `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${text}</Message></Error><RequestId>${REQUEST_ID}</RequestId></ErrorResponse>`,
        )
        expect(new Map(response.headers).get('content-type')).toBe('text/xml')
      })

      it('awsJson', async () => {
        const response = awsJson(await refusal(), { requestId: REQUEST_ID, echo: 'none' })
        expect(response.status).toBe(400)
        expect(JSON.parse(response.body)).toEqual({
          __type: `com.amazon.coral.service#${exception}`,
          message: text,
        })
        expect(new Map(response.headers).get('content-type')).toMatch(/^application\/x-amz-json-1\.[01]$/)
      })

      it.each([
        ['restJson', restJson],
        ['API Gateway', apiGateway],
      ])('%s', async (__, render) => {
        const response = render(await refusal(), { requestId: REQUEST_ID, echo: 'none' })
        expect(response.status).toBe(restStatus)
        expect(JSON.parse(response.body)).toEqual({ message: text })
        expect(new Map(response.headers).get('x-amzn-errortype')).toBe(exception)
      })
    },
  )

  it('beginnings of texts whose rest is not known', async () => {
    const textOf = async (message: SentMessage): Promise<string> =>
      JSON.parse(restJson(await refusalOf(message, AT_API), { echo: 'none' }).body).message
    const absent = withoutHeader(signInHeader({ ...api, headers: [['x-a', 'b']] }), 'x-a')
    expect(await textOf(absent)).toMatch(/^'x-a' is named as a SignedHeader, but it does not exist/)
    const fourParts = signInHeader({ ...api, scope: '20261122/us-east-1' })
    expect(await textOf(fourParts)).toMatch(/^Credential must have exactly 5 slash-delimited elements/)
    const noEquals = withAuthorization(signInHeader(api), (value) => `${value}, X`)
    expect(await textOf(noEquals)).toMatch(
      /^'X' not a valid key=value pair \(missing equal-sign\) in Authorization header/,
    )
  })

  it('the canonical strings behind the message', async () => {
    const error = await refusalOf(withBadSignature(signInHeader(api)), AT_API)
    const { canonicalRequest, stringToSign } = error.steps!
    const text = `${NO_MATCH}\n\nThe Canonical String for this request should have been\n'${canonicalRequest}'\n\nThe String-to-Sign should have been\n'${stringToSign}'\n`
    expect(JSON.parse(restJson(error).body)).toEqual({ message: text })
    expect(JSON.parse(awsJson(error).body).message).toBe(text)
    expect(unescapeXml(queryXml(error).body)).toContain(`<Message>${text}</Message>`)
    expect(restJson(error).body).toContain(String.raw`been\n'GET\n/bucket/key\n`)
  })
})

const DIALECTS: readonly (readonly [
  string,
  (error: VerificationError, options?: object) => ErrorResponse,
])[] = [
  ['s3Xml', s3Xml],
  ['queryXml', queryXml],
  ['awsJson', awsJson],
  ['restJson', restJson],
  ['apiGateway', apiGateway],
]

describe.each(DIALECTS)('%s', (_, render) => {
  it('echo none leaves the canonical strings out', async () => {
    const error = await refusalOf(withBadSignature(presign({ sessionToken: TOKEN })))
    const { body } = render(error, { echo: 'none' })
    expect(body).not.toMatch(/String-to-Sign|StringToSign|CanonicalRequest|AWS4-HMAC/)
    expect(body).not.toContain(TOKEN)
    expect(render(error).body).toContain('AWS4-HMAC-SHA256')
  })

  it('echo minimal tells the string to sign alone', async () => {
    const error = await refusalOf(withBadSignature(signInHeader({ sessionToken: TOKEN })))
    const { body } = render(error, { echo: 'minimal' })
    expect(body).toContain('AWS4-HMAC-SHA256')
    expect(body).toContain(sha256(error.steps!.canonicalRequest))
    expect(body).not.toMatch(/CanonicalRequest|Canonical String|SignBytes|x-amz-security-token/)
    expect(body).not.toContain(TOKEN)
  })

  it('never holds the signature that was expected, nor the secret', async () => {
    for (const sign of [signInHeader, presign]) {
      const message = sign()
      const text = JSON.stringify(message)
      const signature = /Signature=([0-9a-f]{64})/.exec(text)![1]!
      const { body } = render(await refusalOf(withBadSignature(message)))
      expect(body).not.toContain(signature)
      expect(body).not.toContain(SECRET)
      expect(body).not.toContain(
        Buffer.from(signature)
          .toString('hex')
          .replace(/(..)(?=.)/g, '$1 '),
      )
    }
  })

  it('what the client sent cannot leave its place', async () => {
    const nasty = '</Message><script>"&\'\\'
    const target = `/b/<x>&'"?a=<b>&c="d"`
    const error = await refusalOf(withBadSignature(presign({ target, headers: [['x-nasty', nasty]] })))
    const { body } = render(error)
    const isXml = body.startsWith('<')
    if (isXml) expect(body).not.toMatch(/<script|<x>|&(?!(?:lt|gt|quot|amp|#13);)/)
    else expect(JSON.parse(body).message).toContain(nasty)
  })

  it('characters that XML cannot hold are replaced, and long values cut', () => {
    const facts = { accessKeyId: `a\u0000\u0001\ud800\uffff\r${'x'.repeat(20_000)}` }
    const error = new VerificationError(
      'KEY_UNKNOWN',
      'x',
      { awsCode: 'InvalidAccessKeyId', status: 403 },
      facts,
    )
    const { body } = render(error)
    expect(body).not.toMatch(/[\u0000-\u0008\u000b-\u001f\ud800-\udfff\uffff]/)
    expect(body.length).toBeLessThan(10_000)
  })

  it('a request id is made up where none is given, a new one each time', async () => {
    const error = await refusalOf(forged)
    const idOf = (): string => render(error).headers.find(([name]) => /request-?id$/.test(name))![1]
    expect(idOf()).toMatch(/^[0-9A-F]{16}$/)
    expect(idOf()).not.toBe(idOf())
    expect(
      new Map(render(error, { requestId: 'R' }).headers).get(
        render === s3Xml ? 'x-amz-request-id' : 'x-amzn-requestid',
      ),
    ).toBe('R')
  })

  it('every cause has an answer', async () => {
    const codes = ['REQUEST_MALFORMED', 'LIMIT_EXCEEDED', 'PAYLOAD_UNSIGNED', 'BODY_TOO_LARGE'] as const
    for (const code of codes) {
      const error = new VerificationError(code, 'our words', { awsCode: 'InvalidRequest', status: 400 })
      const { status, body } = render(error)
      expect(status).toBeGreaterThanOrEqual(400)
      expect(status).toBeLessThan(500)
      expect(body.length).toBeGreaterThan(10)
    }
  })
})
