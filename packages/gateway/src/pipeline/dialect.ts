/**
 * The form in which a service refuses: S3's XML, that of the query services, or JSON. A client's SDK can read the
 * errors of the service that it believes to talk to, and no others.
 *
 * @module
 */
import {
  apiGateway,
  awsJson,
  queryXml,
  restJson,
  s3Xml,
  type ErrorResponse,
  type ResponseOptions,
  type VerificationError,
} from 'countersign/verify'
import { answerOf, type GatewayFault } from './faults.ts'
import type { RawHeaders } from './headers.ts'

/** Writes refusals and faults. */
export interface Dialect {
  refusal(error: VerificationError, options: ResponseOptions): ErrorResponse
  fault(fault: GatewayFault, requestId: string): ErrorResponse
}

const S3 = new Set(['s3', 's3express', 's3-object-lambda', 's3-outposts', 'glacier'])
const QUERY = new Set([
  'autoscaling',
  'cloudformation',
  'ec2',
  'elasticache',
  'elasticbeanstalk',
  'elasticloadbalancing',
  'email',
  'iam',
  'monitoring',
  'rds',
  'redshift',
  'sdb',
  'ses',
  'sns',
  'sqs',
  'sts',
])

const escapeXml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')

function s3Fault(fault: GatewayFault, requestId: string): ErrorResponse {
  const { status, awsCode, text } = answerOf(fault)
  return {
    status,
    headers: [
      ['content-type', 'application/xml'],
      ['x-amz-request-id', requestId],
    ],
    body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${awsCode}</Code><Message>${escapeXml(text)}</Message><RequestId>${requestId}</RequestId></Error>`,
  }
}

function queryFault(fault: GatewayFault, requestId: string): ErrorResponse {
  const { status, awsCode, text } = answerOf(fault)
  const type = status < 500 ? 'Sender' : 'Receiver'
  return {
    status,
    headers: [
      ['content-type', 'text/xml'],
      ['x-amzn-requestid', requestId],
    ],
    body: `<ErrorResponse><Error><Type>${type}</Type><Code>${awsCode}</Code><Message>${escapeXml(text)}</Message></Error><RequestId>${requestId}</RequestId></ErrorResponse>`,
  }
}

function jsonFault(fault: GatewayFault, requestId: string): ErrorResponse {
  const { status, awsCode, text } = answerOf(fault)
  return {
    status,
    headers: [
      ['content-type', 'application/json'],
      ['x-amzn-requestid', requestId],
      ['x-amzn-errortype', `${awsCode}Exception`],
    ],
    body: JSON.stringify({ message: text }),
  }
}

function awsJsonFault(fault: GatewayFault, requestId: string): ErrorResponse {
  const { status, awsCode, text } = answerOf(fault)
  return {
    status,
    headers: [
      ['content-type', 'application/x-amz-json-1.1'],
      ['x-amzn-requestid', requestId],
    ],
    body: JSON.stringify({ __type: `${awsCode}Exception`, message: text }),
  }
}

const S3_DIALECT: Dialect = { refusal: s3Xml, fault: s3Fault }
const QUERY_DIALECT: Dialect = { refusal: queryXml, fault: queryFault }
const AWS_JSON_DIALECT: Dialect = { refusal: awsJson, fault: awsJsonFault }
const API_GATEWAY_DIALECT: Dialect = { refusal: apiGateway, fault: jsonFault }
const REST_JSON_DIALECT: Dialect = { refusal: restJson, fault: jsonFault }

/**
 * The dialect of a request.
 *
 * @param served signing names that are served; the first one speaks where the request does not tell
 */
export function dialectOf(target: string, raw: RawHeaders, served: readonly string[]): Dialect {
  const service = claimedService(target, raw) ?? ''
  const speaker = served.includes(service) ? service : (served[0] ?? '')
  if (S3.has(speaker)) return S3_DIALECT
  if (raw.some((name, index) => index % 2 === 0 && name.toLowerCase() === 'x-amz-target'))
    return AWS_JSON_DIALECT
  if (QUERY.has(speaker)) return QUERY_DIALECT
  return speaker === 'execute-api' ? API_GATEWAY_DIALECT : REST_JSON_DIALECT
}

const CREDENTIAL = /credential=[^\s,&]{1,256}(?:\/|%2F)([\w-]{1,64})(?:\/|%2F)aws4_request/i

/** The service for which a request says that it is signed; nothing but the form of an answer hangs on it. */
function claimedService(target: string, raw: RawHeaders): string | undefined {
  const at = raw.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === 'authorization')
  const claim = at < 0 ? target : (raw[at + 1] ?? '')
  return CREDENTIAL.exec(claim.slice(0, 64 * 1024))?.[1]
}
