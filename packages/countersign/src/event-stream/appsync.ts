/**
 * AppSync over WebSockets, signed with AWS credentials. AppSync has no presigned URLs: the headers of a signed request
 * that is never sent go into a subprotocol of the socket, and into each message that asks for something.
 *
 * ```js
 * const url = 'https://example.appsync-api.eu-west-1.amazonaws.com/event'
 * const { url: socketUrl, protocols } = createAppSyncSocket(url, { credentials })
 * const socket = new WebSocket(socketUrl, protocols)
 * const authorization = signAppSyncBody(url, JSON.stringify({ channel: '/news/*' }), { credentials })
 * socket.send(JSON.stringify({ type: 'subscribe', id, channel: '/news/*', authorization }))
 * ```
 *
 * @see {@link https://docs.aws.amazon.com/appsync/latest/devguide/real-time-websocket-client.html}
 * @see {@link https://docs.aws.amazon.com/appsync/latest/eventapi/event-api-websocket-protocol.html}
 * @module
 */
import { SigningError } from '../errors.ts'
import { readUrl, type UrlParts } from '../sign/read-url.ts'
import type { SignOptions } from '../sign/sign-options.ts'
import { signRequest } from '../sign/sign-request.ts'
import { encodeUrlSafe } from '../tokens/url-safe-base64.ts'

/** Options of AppSync's signatures. */
export type AppSyncOptions = Pick<SignOptions, 'credentials' | 'region' | 'date' | 'keyDate'>

/** What opens a socket: `new WebSocket(url, protocols)`. */
export interface AppSyncSocket {
  /** `wss://…` */
  readonly url: string
  /** The second one carries the signature: whoever has it can connect as you within minutes. */
  readonly protocols: readonly [name: string, header: string]
}

/** What the two kinds of API differ in. */
interface ApiKind {
  readonly protocol: string
  /** Behind the path of the API: what is signed to connect, and where AWS's own hosts and others take sockets. */
  readonly connect: string
  readonly socket: string
  readonly socketOfCustomDomain: string
}

const KINDS: ReadonlyMap<string, ApiKind> = new Map([
  [
    '/graphql',
    { protocol: 'graphql-ws', connect: '/connect', socket: '', socketOfCustomDomain: '/realtime' },
  ],
  [
    '/event',
    {
      protocol: 'aws-appsync-event-ws',
      connect: '',
      socket: '/realtime',
      socketOfCustomDomain: '/realtime',
    },
  ],
])

const HEADERS = {
  accept: 'application/json, text/javascript',
  'content-encoding': 'amz-1.0',
  'content-type': 'application/json; charset=UTF-8',
}

const AWS_HOST = /^([a-z0-9]+)\.appsync-api\./

/**
 * URL and subprotocols that open a WebSocket to an API of AppSync, signed.
 *
 * @param url HTTP endpoint of the API: `https://….appsync-api.eu-west-1.amazonaws.com/graphql`, or `…/event`. A domain
 *   of one's own does not tell its region; give it
 * @throws {@link SigningError} `URL_INVALID`, `SCOPE_UNKNOWN`; {@link CredentialsError} `CREDENTIALS_INVALID`
 */
export function createAppSyncSocket(url: string, options: AppSyncOptions): AppSyncSocket {
  const parts = readUrl(url)
  const { host, path } = parts
  const kind = kindOf(parts)
  const header = JSON.stringify(signAppSync(`https://${host}${path}${kind.connect}`, '{}', options))
  const realtime = host.replace(AWS_HOST, '$1.appsync-realtime-api.')
  const socket = realtime === host ? kind.socketOfCustomDomain : kind.socket
  return {
    url: `wss://${realtime}${path}${socket}`,
    protocols: [kind.protocol, `header-${encodeUrlSafe(header)}`],
  }
}

/**
 * The `authorization` of a message that subscribes or publishes.
 *
 * @param url HTTP endpoint of the API, as {@link createAppSyncSocket} takes it
 * @param body JSON text that the message asks with: `{"query":…,"variables":…}`, `{"channel":…}` or
 *   `{"channel":…,"events":[…]}`
 * @throws {@link SigningError} `URL_INVALID`, `SCOPE_UNKNOWN`; {@link CredentialsError} `CREDENTIALS_INVALID`
 */
export function signAppSyncBody(
  url: string,
  body: string,
  options: AppSyncOptions,
): Readonly<Record<string, string>> {
  kindOf(readUrl(url))
  return signAppSync(url, body, options)
}

function kindOf({ scheme, path, query }: UrlParts): ApiKind {
  const kind = KINDS.get(path)
  if (kind && scheme === 'https' && query === '') return kind
  throw new SigningError(
    'URL_INVALID',
    'The URL of an AppSync API is https://host/graphql or https://host/event',
  )
}

function signAppSync(url: string, body: string, options: AppSyncOptions): Readonly<Record<string, string>> {
  const { credentials, region, date, keyDate } = options
  const { headers } = signRequest(
    { method: 'POST', url, headers: HEADERS, body },
    { credentials, region, date, keyDate, service: 'appsync', signHeaders: Object.keys(HEADERS) },
  )
  return Object.fromEntries(headers)
}
