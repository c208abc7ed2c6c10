/**
 * Refusals as Lambda and other restJson services write them.
 *
 * @see {@link https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html}
 * @module
 */
import type { VerificationError } from '../../errors.ts'
import { generalCodeOf } from './general-codes.ts'
import { generalText } from './general-text.ts'
import { createRequestId, type ErrorResponse, type ResponseOptions } from './response.ts'

/** The refusal as restJson. */
export function restJson(error: VerificationError, options: ResponseOptions = {}): ErrorResponse {
  const { exception, restStatus } = generalCodeOf(error)
  return {
    status: restStatus,
    headers: [
      ['content-type', 'application/json'],
      ['x-amzn-errortype', exception],
      ['x-amzn-requestid', options.requestId ?? createRequestId()],
    ],
    body: JSON.stringify({ message: generalText(error, options) }),
  }
}
