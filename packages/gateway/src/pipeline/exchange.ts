/**
 * One request with its response on the way through the gateway, and what its line in the log will say.
 *
 * @module
 */
import { randomUUID } from 'node:crypto'
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import type { Credentials, KeyCredentials } from 'countersign'
import type { VerifiedRequest } from 'countersign/verify'
import type { Logger } from 'pino'

/** Whoever sends requests, and what is the same for all of them. */
export interface Caller {
  readonly principal: string
  readonly service: string
  /** `*` where the signature is for no single one. */
  readonly region: string
  /** Key, day, region and service, as the upstream is told. */
  readonly signed: string
  /** Writes lines that name the caller. */
  readonly log: Pick<Logger, 'info'>
}

/** A connection that its client wants to speak another protocol on, such as WebSocket. */
export interface Upgrade {
  readonly socket: Duplex
  /** What came behind the request already. */
  readonly head: Buffer
}

/** What requests are signed for. */
export interface Target {
  readonly host: string
  readonly service: string
  /** Of SigV4A a list. */
  readonly region: string
  /** Writes lines that name all that. */
  readonly log: Pick<Logger, 'info'>
}

/** What an upstream answered to a request whose signature it refused. */
export interface UpstreamRefusal {
  readonly message: SentMessage
  readonly credentials: Credentials | KeyCredentials
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Uint8Array
}

/** A request as it went out. */
export interface SentMessage {
  readonly method: string
  readonly scheme: 'http' | 'https'
  readonly path: string
  /** Names and values in turn. */
  readonly headers: readonly string[]
  readonly body?: unknown
  /** What was hashed and signed. */
  readonly steps: { readonly canonicalRequest: string; readonly stringToSign: string }
}

/** A request as it was signed for the upstream, and what that said to it. */
export interface Signed {
  readonly target: Target
  attempts: number
  /** The upstream's own id of the request. */
  requestId: string | undefined
  /** The upstream's code for a refusal. */
  cause: string | undefined
  /** Present where it refused the signature. */
  refusal: UpstreamRefusal | undefined
}

/** One request with its response. */
export interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** Sixteen upper-case hex digits, as S3 writes its ids. */
  readonly requestId: string
  /** Of `performance.now()`. */
  readonly startedAt: number
  /** Whether the client waits to be told to send the body. */
  readonly expectsContinue: boolean
  /** Absent in usual requests. */
  readonly upgrade: Upgrade | undefined
  /** What is known of its signature, once it is. */
  verified: VerifiedRequest<string> | undefined
  /** Who sent it, once that is known. */
  caller: Caller | undefined
  /** Stable code of the error that ended it. */
  failure: string | undefined
  /** For the operator: what the error says, free of secrets. */
  reason: string | undefined
  /** Code of the refusal, where the signature was refused. */
  refusal: string | undefined
  /** What was signed for the upstream, once it was. */
  signed: Signed | undefined
  /** Bytes of the bodies. */
  bytesIn: number
  bytesOut: number
}

/** Begins an exchange. */
export function openExchange(
  request: IncomingMessage,
  response: ServerResponse,
  expectsContinue: boolean,
  upgrade?: Upgrade,
): Exchange {
  const requestId = randomUUID().replaceAll('-', '').slice(0, 16).toUpperCase()
  return {
    request,
    response,
    requestId,
    startedAt: performance.now(),
    expectsContinue,
    upgrade,
    verified: undefined,
    caller: undefined,
    failure: undefined,
    reason: undefined,
    refusal: undefined,
    signed: undefined,
    bytesIn: 0,
    bytesOut: 0,
  }
}

/** Whether the client's connection is encrypted. */
export function protocolOf({ socket }: IncomingMessage): 'http' | 'https' {
  return (socket as Partial<TLSSocket>).encrypted ? 'https' : 'http'
}

/** Whether a response has gone out, or the agreement to speak another protocol in its place. */
export function wasAnswered({ headersSent, statusCode }: Exchange['response']): boolean {
  return headersSent || statusCode === 101
}
