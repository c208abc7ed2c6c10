/**
 * Refusals as S3 writes them.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#RESTErrorResponses}
 * @module
 */
import type { VerificationError, VerificationSteps } from '../../errors.ts'
import { S3_TEXTS, textOf } from './aws-texts.ts'
import { createRequestId, type ErrorResponse, type ResponseOptions } from './response.ts'
import { formatElements } from './xml.ts'

type Element = readonly [name: string, text: string]

/**
 * Facts that S3 tells in elements of their own, by the names that it gives them. Not told, as S3 would: `Token-0`, the
 * session token in clear, and an Authorization header that is none, as `ArgumentValue`, which may be a password.
 */
const ELEMENTS: ReadonlyMap<string, string> = new Map([
  ['argumentName', 'ArgumentName'],
  ['argumentValue', 'ArgumentValue'],
  ['condition', 'Condition'],
  ['accessKeyId', 'AWSAccessKeyId'],
  ['signatureProvided', 'SignatureProvided'],
  ['headersNotSigned', 'HeadersNotSigned'],
  ['requestTime', 'RequestTime'],
  ['expires', 'Expires'],
  ['expiresIn', 'X-Amz-Expires'],
  ['serverTime', 'ServerTime'],
  ['maxAllowedSkewMilliseconds', 'MaxAllowedSkewMilliseconds'],
  ['clientHash', 'ClientComputedContentSHA256'],
  ['computedHash', 'S3ComputedContentSHA256'],
  ['chunk', 'Chunk'],
  ['badChunkSize', 'BadChunkSize'],
  ['calculatedDigest', 'CalculatedDigest'],
  ['expectedDigest', 'ExpectedDigest'],
  ['contentMd5', 'Content-MD5'],
  ['proposedSize', 'ProposedSize'],
  ['size', 'Size'],
  ['minBytes', 'MinSizeAllowed'],
  ['maxBytes', 'MaxSizeAllowed'],
])

function extraElements({ code, facts }: VerificationError): Element[] {
  const extra: Element[] = []
  for (const [fact, element] of ELEMENTS) {
    const text = facts[fact]
    if (text !== undefined && code !== 'EXPIRES_INVALID') extra.push([element, formatFact(fact, text)])
  }
  // Clients sign again for what stands there: of several regions, the first.
  if (code === 'SCOPE_REGION_WRONG') extra.push(['Region', (facts['expected'] ?? '').replace(/,.*/, '')])
  return extra
}

/** S3 gives back a request's time as it came, and tells its own as `2026-11-22T12:34:56Z`. */
function formatFact(fact: string, text: string): string {
  if (fact !== 'serverTime') return text
  return text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z')
}

function bytesInHex(text: string): string {
  return Array.from(text, (character) => character.charCodeAt(0).toString(16).padStart(2, '0')).join(' ')
}

function stepElements(
  { canonicalRequest, stringToSign }: VerificationSteps,
  echo: ResponseOptions['echo'],
): Element[] {
  if (echo === 'none') return []
  if (echo === 'minimal') return [['StringToSign', stringToSign]]
  const signed: Element[] = [
    ['StringToSign', stringToSign],
    ['StringToSignBytes', bytesInHex(stringToSign)],
  ]
  // What an upload form signs is its policy; there is no canonical request.
  if (canonicalRequest === '') return signed
  return [
    ...signed,
    ['CanonicalRequest', canonicalRequest],
    ['CanonicalRequestBytes', bytesInHex(canonicalRequest)],
  ]
}

/** The refusal as S3 XML. The signature that the server computed is never in it. */
export function s3Xml(error: VerificationError, options: ResponseOptions = {}): ErrorResponse {
  const requestId = options.requestId ?? createRequestId()
  const hostId = createRequestId()
  const elements: Element[] = [
    ['Code', error.awsCode],
    ['Message', textOf(S3_TEXTS, error)],
    ...extraElements(error),
    ...(error.steps ? stepElements(error.steps, options.echo) : []),
    ['RequestId', requestId],
    ['HostId', hostId],
  ]
  return {
    status: error.status,
    headers: [
      ['content-type', 'application/xml'],
      ['x-amz-request-id', requestId],
      ['x-amz-id-2', hostId],
    ],
    body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${formatElements(elements)}</Error>`,
  }
}
