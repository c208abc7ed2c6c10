/**
 * All that an error answer tells, for whoever explains it: code and message, ids, region, the server's clock, and the
 * canonical request that the server built, where it echoes it.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html}
 * @module
 */
import { readErrorDocument, type ErrorDialect } from './error-document.ts'
import { echoOf, type Echo } from './echo.ts'
import { errorKind, type ErrorKind } from './error-kind.ts'
import { readAnswerHeaders, type AnswerHeaders, type HeaderReader } from './headers.ts'
import { readServerTime } from './server-time.ts'

/** Most of a body that is looked at, in bytes: enough for any error document. */
export const MAX_DOCUMENT: number = 64 * 1024

/** An answer as it came. */
export interface GivenAnswer {
  readonly status: number
  readonly headers?: AnswerHeaders | undefined
  /** The body, or its beginning. */
  readonly body?: string | Uint8Array | undefined
}

/**
 * An error answer, understood as far as it goes. Its texts are the server's own: they may quote the request, session
 * token and all, so that they are to be redacted before anybody sees them.
 */
export interface ErrorAnswer extends Echo {
  readonly status: number
  readonly dialect: ErrorDialect
  readonly kind: ErrorKind
  /** AWS's code without its name space, such as `SignatureDoesNotMatch`. */
  readonly code: string | undefined
  /** All of AWS's message. */
  readonly message: string | undefined
  readonly requestId: string | undefined
  /** S3's second id, which its support asks for. */
  readonly hostId: string | undefined
  /** The region that the server names as the right one. */
  readonly region: string | undefined
  /** The host that S3 names as the right one. */
  readonly endpoint: string | undefined
  readonly serverTime: Date | undefined
  /** Every element or field of the document that has a text, such as `HeadersNotSigned` and `SignatureProvided`. */
  readonly fields: ReadonlyMap<string, string>
}

/** Reads an error answer. Nothing of it has to be there. */
export function readErrorAnswer({ status, headers, body }: GivenAnswer): ErrorAnswer {
  const header = readAnswerHeaders(headers)
  const { dialect, fields, ...told } = readErrorDocument(textOf(body))
  const code = cleanCode(header('x-amzn-errortype')) ?? cleanCode(told.code)
  const message = told.message?.trim() || undefined
  return {
    status,
    dialect,
    kind: errorKind(status, code, message),
    code,
    message,
    requestId: requestIdOf(header, fields),
    hostId: header('x-amz-id-2') ?? fields.get('HostId'),
    region: regionOf(header, fields, message),
    endpoint: fields.get('Endpoint'),
    serverTime: readServerTime(message, fields.get('ServerTime'), header),
    ...echoOf(fields, message),
    fields,
  }
}

function textOf(body: string | Uint8Array | undefined): string {
  if (typeof body === 'string') return body.slice(0, MAX_DOCUMENT)
  return body === undefined ? '' : new TextDecoder().decode(body.subarray(0, MAX_DOCUMENT))
}

/** `com.amazon.coral.service#Name` and `Name:http://…` are both called `Name`. */
function cleanCode(code: string | undefined): string | undefined {
  const name = code?.slice(code.lastIndexOf('#') + 1).split(':', 1)[0]
  return /^[\w. -]{1,128}$/.exec(name?.trim() ?? '')?.[0]
}

const REQUEST_IDS = [
  'x-amzn-requestid',
  'x-amz-request-id',
  'x-amzn-request-id',
  'apigw-requestid',
  'x-guploader-uploadid',
]

function requestIdOf(header: HeaderReader, fields: ReadonlyMap<string, string>): string | undefined {
  for (const name of REQUEST_IDS) if (header(name)) return header(name)
  // EC2 spells it in another way, and Neptune in a third one.
  return fields.get('RequestId') ?? fields.get('RequestID') ?? fields.get('requestId')
}

function regionOf(
  header: HeaderReader,
  fields: ReadonlyMap<string, string>,
  message: string | undefined,
): string | undefined {
  const told =
    header('x-amz-bucket-region') ?? fields.get('Region') ?? /expecting '([\w-]+)'/.exec(message ?? '')?.[1]
  return told !== undefined && /^[\w-]{1,64}$/.test(told) ? told : undefined
}
