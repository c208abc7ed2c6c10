/**
 * Refusals as STS, IAM and other query services write them.
 *
 * @module
 */
import type { VerificationError } from '../../errors.ts'
import { generalCodeOf } from './general-codes.ts'
import { generalText } from './general-text.ts'
import { createRequestId, type ErrorResponse, type ResponseOptions } from './response.ts'
import { formatElements } from './xml.ts'

const NAMESPACE = 'https://sts.amazonaws.com/doc/2011-06-15/'

/** The refusal as query XML. */
export function queryXml(error: VerificationError, options: ResponseOptions = {}): ErrorResponse {
  const requestId = options.requestId ?? createRequestId()
  const [code, status] = generalCodeOf(error).query
  const inner = formatElements([
    ['Type', 'Sender'],
    ['Code', code],
    ['Message', generalText(error, options)],
  ])
  return {
    status,
    headers: [
      ['content-type', 'text/xml'],
      ['x-amzn-requestid', requestId],
    ],
    body: `<ErrorResponse xmlns="${NAMESPACE}"><Error>${inner}</Error>${formatElements([['RequestId', requestId]])}</ErrorResponse>`,
  }
}
