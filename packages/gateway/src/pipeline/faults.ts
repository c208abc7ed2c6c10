/**
 * What goes wrong between the client and the upstream although the signature is good.
 *
 * @module
 */
import { CountersignError } from 'countersign/errors'

/** What a {@link GatewayFault} can be about. */
export type GatewayFaultCode =
  /** The Connection header names a signed header, which would be taken away on the way. */
  | 'HEADER_DISPUTED'
  /** The path has dot segments, which the upstream could read as another path than the one that was signed. */
  | 'PATH_DISPUTED'
  /** The client sent nothing more of its body for too long. */
  | 'BODY_STALLED'
  /** The client closed the connection before it was answered, or reads nothing of the answer. */
  | 'CLIENT_GONE'
  /** The upstream cannot be reached, or closed the connection. */
  | 'UPSTREAM_UNAVAILABLE'
  /** The upstream did not answer in time. */
  | 'UPSTREAM_TIMED_OUT'
  /** The whole exchange took too long. */
  | 'EXCHANGE_TIMED_OUT'
  /** The gateway itself failed; its log has the cause. */
  | 'INTERNAL'

/** How a fault is told to a client. */
interface Answer {
  readonly status: number
  /** AWS's code for it in XML; JSON services append `Exception`. */
  readonly awsCode: string
  readonly text: string
}

const ANSWERS: ReadonlyMap<GatewayFaultCode, Answer> = new Map([
  [
    'HEADER_DISPUTED',
    { status: 400, awsCode: 'InvalidRequest', text: 'The Connection header names a signed header' },
  ],
  ['PATH_DISPUTED', { status: 400, awsCode: 'InvalidURI', text: 'The path must not have dot segments' }],
  [
    'BODY_STALLED',
    {
      status: 408,
      awsCode: 'RequestTimeout',
      text: 'Your socket connection to the server was not read from or written to within the timeout period.',
    },
  ],
  ['UPSTREAM_UNAVAILABLE', { status: 502, awsCode: 'BadGateway', text: 'The upstream cannot be reached' }],
  ['UPSTREAM_TIMED_OUT', { status: 504, awsCode: 'GatewayTimeout', text: 'Endpoint request timed out' }],
  ['EXCHANGE_TIMED_OUT', { status: 504, awsCode: 'GatewayTimeout', text: 'Endpoint request timed out' }],
])

const INTERNAL: Answer = { status: 500, awsCode: 'InternalError', text: 'Internal server error' }

/** The request cannot be passed on, or was not answered. */
export class GatewayFault extends CountersignError {
  declare readonly code: GatewayFaultCode

  constructor(code: GatewayFaultCode, message: string, options?: ErrorOptions) {
    super(code, message, options)
    this.name = 'GatewayFault'
  }
}

/** How a fault is told to the client: without what only the operator should know. */
export function answerOf({ code }: GatewayFault): Answer {
  return ANSWERS.get(code) ?? INTERNAL
}
