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
  /** The body comes in a transfer coding other than chunked, which would have to be undone. */
  | 'CODING_UNKNOWN'
  /** The client sent nothing more of its body for too long. */
  | 'BODY_STALLED'
  /** The client closed the connection before it was answered, or reads nothing of the answer. */
  | 'CLIENT_GONE'
  /** The method has an upstream show what it is sent, the signature and the session token among it. */
  | 'METHOD_REFUSED'
  /** The client has no token, or another one. */
  | 'CLIENT_UNKNOWN'
  /** No route allows this host, path or method, or what it would be signed for. */
  | 'NOT_ALLOWED'
  /** A web page of another host asks, or one whose host only pretends to be this machine. */
  | 'PAGE_FOREIGN'
  /** The body is longer than is allowed. */
  | 'BODY_TOO_LONG'
  /** The request came signed in a way that cannot be signed anew. */
  | 'NOT_RESIGNABLE'
  /** There are no credentials to sign with. */
  | 'CREDENTIALS_UNAVAILABLE'
  /** The request cannot be signed as it is. */
  | 'NOT_SIGNABLE'
  /** The upstream does not speak the protocol that was asked for. */
  | 'UPGRADE_REFUSED'
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
    'CODING_UNKNOWN',
    {
      status: 501,
      awsCode: 'NotImplemented',
      text: 'A header you provided implies functionality that is not implemented',
    },
  ],
  [
    'BODY_STALLED',
    {
      status: 408,
      awsCode: 'RequestTimeout',
      text: 'Your socket connection to the server was not read from or written to within the timeout period.',
    },
  ],
  [
    'METHOD_REFUSED',
    {
      status: 405,
      awsCode: 'MethodNotAllowed',
      text: 'The specified method is not allowed against this resource.',
    },
  ],
  [
    'CLIENT_UNKNOWN',
    {
      status: 401,
      awsCode: 'AccessDenied',
      text: 'This proxy wants a bearer token, in Authorization or Proxy-Authorization',
    },
  ],
  ['NOT_ALLOWED', { status: 403, awsCode: 'AccessDenied', text: 'This proxy does not allow that' }],
  [
    'PAGE_FOREIGN',
    { status: 403, awsCode: 'AccessDenied', text: 'This proxy does not sign for web pages of other hosts' },
  ],
  [
    'BODY_TOO_LONG',
    {
      status: 413,
      awsCode: 'EntityTooLarge',
      text: 'The body is longer than this proxy takes: limits.body says how long it may be',
    },
  ],
  ['NOT_RESIGNABLE', { status: 400, awsCode: 'InvalidRequest', text: 'The request cannot be signed anew' }],
  [
    'CREDENTIALS_UNAVAILABLE',
    {
      status: 503,
      awsCode: 'CredentialsUnavailable',
      text: 'This proxy has no credentials to sign with; nothing was sent',
    },
  ],
  ['NOT_SIGNABLE', { status: 400, awsCode: 'InvalidRequest', text: 'The request cannot be signed' }],
  ['UPGRADE_REFUSED', { status: 501, awsCode: 'NotImplemented', text: 'This cannot be upgraded' }],
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

/** Faults whose message says to the client what to do, and nothing that only the operator should know. */
const TOLD: ReadonlySet<GatewayFaultCode> = new Set(['NOT_ALLOWED', 'NOT_RESIGNABLE', 'NOT_SIGNABLE'])

/** How a fault is told to the client: without what only the operator should know. */
export function answerOf({ code, message }: GatewayFault): Answer {
  const answer = ANSWERS.get(code) ?? INTERNAL
  return TOLD.has(code) ? { ...answer, text: message } : answer
}
