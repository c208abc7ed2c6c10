/**
 * Events by which AWS Lambda hands an HTTP request to a function: of function URLs and HTTP APIs (payload 2.0), of REST
 * and HTTP APIs (payload 1.0), and of Application Load Balancers.
 *
 * None of them is the request as it was sent: queries come decoded, headers joined, and HTTP APIs decode the path. What
 * is put together again here is what the handler sees, so a request that was sent in another way than the event can tell
 * is refused, and none is let in that says something else than what was signed.
 *
 * @see {@link https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads}
 * @see {@link https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html}
 * @module
 */
import { utf8 } from '../core/bytes.ts'
import { encodeUri } from '../core/uri-encoding.ts'
import type { RequestMessage } from '../verify/message.ts'
import { refuse } from '../verify/refusals.ts'

/** Names and values as an event has them. */
type Values = Readonly<Record<string, string | undefined>>
/** Names with all their values. */
type MultiValues = Readonly<Record<string, readonly string[] | undefined>>

/** What is needed of an event, of whichever kind. */
export interface LambdaEvent {
  readonly version?: string | undefined
  readonly httpMethod?: string | undefined
  readonly path?: string | undefined
  readonly rawPath?: string | undefined
  readonly rawQueryString?: string | undefined
  readonly cookies?: readonly string[] | null | undefined
  readonly headers?: Values | null | undefined
  readonly multiValueHeaders?: MultiValues | null | undefined
  readonly queryStringParameters?: Values | null | undefined
  readonly multiValueQueryStringParameters?: MultiValues | null | undefined
  readonly body?: string | null | undefined
  readonly isBase64Encoded?: boolean | undefined
  readonly requestContext?: LambdaRequestContext | null | undefined
}

/** What the service in front of the function knows of a request. */
export interface LambdaRequestContext {
  readonly domainName?: string | undefined
  /** The whole path that a REST API was asked for, its stage included. */
  readonly path?: string | undefined
  readonly http?: { readonly method?: string | undefined; readonly sourceIp?: string | undefined } | undefined
  readonly identity?: { readonly sourceIp?: string | null | undefined } | undefined
  /** There in the events of load balancers alone. */
  readonly elb?: object | undefined
}

const FUNCTION_URL = /^[^.]+\.lambda-url\.[^.]+\.on\.aws$/
// A question mark in it would begin a query.
const PATH = /^\/[^?#]*$/
/** Paths that decoding leaves as they are: what is decoded to one of them was meant as it. */
const PLAIN_PATH = /^(?:\/(?!\.\.?(?:\/|$))[\w.~-]+)*\/?$/

/**
 * Reads an event.
 *
 * @throws {@link VerificationError} `REQUEST_MALFORMED` where the event does not tell what was sent
 */
export function readLambdaEvent(event: LambdaEvent): RequestMessage {
  const read = event.version === '2.0' ? readVersion2 : readVersion1
  const { path, query, ...request } = read(event, event.requestContext ?? {})
  if (!PATH.test(path)) throw untold('the path has characters that no request can have there')
  return { ...request, target: query === '' ? path : `${path}?${query}`, body: readBody(event) }
}

/** A message whose target is still in two parts. */
type EventParts = Omit<RequestMessage, 'target'> & { readonly path: string; readonly query: string }

function readVersion2(event: LambdaEvent, { http, domainName = '' }: LambdaRequestContext): EventParts {
  const rawPath = event.rawPath ?? ''
  const headers = listOf(event.headers)
  const { cookies } = event
  return {
    method: http?.method ?? '',
    path: FUNCTION_URL.test(domainName) ? rawPath : plainPath(rawPath),
    query: event.rawQueryString ?? '',
    headers: cookies && cookies.length > 0 ? [...headers, ['cookie', cookies.join('; ')]] : headers,
    protocol: 'https',
    remoteAddress: http?.sourceIp,
  }
}

function readVersion1(event: LambdaEvent, context: LambdaRequestContext): EventParts {
  const isBalancer = context.elb !== undefined
  return {
    method: event.httpMethod ?? '',
    path: isBalancer ? (event.path ?? '') : pathOfApi(event, context),
    // Load balancers leave it encoded, REST and HTTP APIs do not.
    query: queryOf(event, isBalancer ? (text) => text : encodeText),
    headers: event.multiValueHeaders ? listOfMany(event.multiValueHeaders) : listOf(event.headers),
    // Load balancers also listen on plain http, and the event does not say so.
    protocol: isBalancer ? 'http' : 'https',
    remoteAddress: context.identity?.sourceIp ?? undefined,
  }
}

/** The path that the client asked for: that of the function with the stage, or the base path, before it. */
function pathOfApi({ version, path = '' }: LambdaEvent, context: LambdaRequestContext): string {
  const whole = context.path ?? ''
  if (!whole.startsWith('/') || !whole.endsWith(path)) {
    throw untold('requestContext.path is not the path that was asked for')
  }
  return version === '1.0' ? plainPath(whole) : whole
}

// HTTP APIs decode paths: /a%2Fb arrives as /a/b, and nothing tells which of both was signed (honojs/hono#2156,
// fastify/aws-lambda-fastify#169).
function plainPath(path: string): string {
  if (PLAIN_PATH.test(path)) return path
  throw untold(
    'an HTTP API decodes the path, and this one may have been sent in several ways; use a function URL',
  )
}

function queryOf(event: LambdaEvent, encode: (text: string) => string): string {
  const { multiValueQueryStringParameters: many, queryStringParameters: single } = event
  const pairs = many ? listOfMany(many) : listOf(single)
  return pairs.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&')
}

function encodeText(text: string): string {
  return encodeUri(Array.from(utf8(text), (byte) => String.fromCharCode(byte)).join(''))
}

function listOf(values: Values | null | undefined): [string, string][] {
  return Object.entries(values ?? {}).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, value]],
  )
}

function listOfMany(values: MultiValues): [string, string][] {
  return Object.entries(values).flatMap(([name, list]) =>
    (list ?? []).map((value): [string, string] => [name, value]),
  )
}

function readBody({ body, isBase64Encoded }: LambdaEvent): Uint8Array | undefined {
  if (body === undefined || body === null || body === '') return undefined
  if (!isBase64Encoded) return utf8(body)
  try {
    return Uint8Array.from(atob(body), (character) => character.charCodeAt(0))
  } catch {
    throw untold('the body is not base64')
  }
}

function untold(what: string): Error {
  return refuse('REQUEST_MALFORMED', `The event does not tell what was sent: ${what}`)
}
