/**
 * Refusals as DynamoDB and other awsJson services write them.
 *
 * @see {@link https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html}
 * @module
 */
import type { VerificationError } from '../../errors.ts'
import { generalCodeOf } from './general-codes.ts'
import { generalText } from './general-text.ts'
import { createRequestId, type ErrorResponse, type ResponseOptions } from './response.ts'

/** The refusal as awsJson, which answers nearly everything with 400. */
export function awsJson(error: VerificationError, options: ResponseOptions = {}): ErrorResponse {
  const { exception, restStatus } = generalCodeOf(error)
  return {
    status: restStatus === 413 ? 413 : 400,
    headers: [
      ['content-type', 'application/x-amz-json-1.1'],
      ['x-amzn-requestid', options.requestId ?? createRequestId()],
    ],
    body: JSON.stringify({
      __type: `com.amazon.coral.service#${exception}`,
      message: generalText(error, options),
    }),
  }
}
