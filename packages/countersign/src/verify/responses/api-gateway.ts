/**
 * Refusals as API Gateway writes them. It has the shape of restJson.
 *
 * @see {@link https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html}
 * @module
 */
import type { VerificationError } from '../../errors.ts'
import type { ErrorResponse, ResponseOptions } from './response.ts'
import { restJson } from './rest-json.ts'

/** The refusal as API Gateway's. */
export function apiGateway(error: VerificationError, options: ResponseOptions = {}): ErrorResponse {
  return restJson(error, options)
}
