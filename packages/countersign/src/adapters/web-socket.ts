/**
 * WebSockets that are opened with a signed URL: of Transcribe, API Gateway, Neptune, AWS IoT and others. A browser can
 * send no headers with a WebSocket, so the signature stands in the URL; each socket gets one of its own.
 *
 * ```js
 * const open = createSignedWebSocket({ credentials })
 * const socket = await open('wss://a1b2c3.execute-api.eu-west-1.amazonaws.com/live')
 * const mqtt = await open('wss://example-ats.iot.eu-west-1.amazonaws.com/mqtt', 'mqtt')
 * ```
 *
 * @module
 */
import { resolveProvider } from '../credentials/cache-credentials.ts'
import type { Credentials, CredentialsProvider, KeyCredentials } from '../credentials/credentials.ts'
import { SigningError } from '../errors.ts'
import { presignWebSocket, type PresignWebSocketOptions } from '../sign/presign-web-socket.ts'
import { readUrl } from '../sign/read-url.ts'

/** A class of WebSockets: the runtime's own, that of `ws`, or that of `undici`. */
export type WebSocketClass<S> = new (url: string, protocols?: string | string[]) => S

/** Options of {@link createSignedWebSocket}. */
export interface SignedWebSocketOptions<S> extends Omit<
  PresignWebSocketOptions,
  'credentials' | 'date' | 'keyDate'
> {
  /** Credentials, or what gives them when asked; each socket is opened with those that live then. */
  readonly credentials: Credentials | KeyCredentials | CredentialsProvider
  /** What opens sockets; the runtime's own class by default. */
  readonly WebSocket?: WebSocketClass<S> | undefined
  /** The clock. */
  readonly now?: (() => Date) | undefined
}

/** Opens a socket. It is handed over before it is open, as the class makes it. */
export type SignedWebSocket<S> = (url: string | URL, protocols?: string | string[]) => Promise<S>

/**
 * Makes a function that opens WebSockets. Service and region are read off the host unless they are given; the session
 * token stands inside of the signature, or behind it where AWS IoT wants that.
 *
 * @throws {@link SigningError} from the function: `TRANSPORT_WOULD_ALTER` for a path with dot segments, which no
 *   WebSocket sends as it was signed; `OPTION_INVALID` where there is no class of WebSockets; what
 *   `presignWebSocket` throws; {@link CredentialsError}
 */
export function createSignedWebSocket<S = WebSocket>(options: SignedWebSocketOptions<S>): SignedWebSocket<S> {
  const { credentials, now, WebSocket: given, ...rules } = options
  const provide = resolveProvider(credentials, now)
  return async (target, protocols) => {
    const opener = given ?? runtimeClass<S>()
    const { url } = presignWebSocket(target, { ...rules, credentials: await provide(), date: now?.() })
    const [signed, sent] = [readUrl(url), new URL(url)]
    if (sent.pathname !== signed.path || sent.host !== signed.host) {
      throw new SigningError(
        'TRANSPORT_WOULD_ALTER',
        'A WebSocket would ask for another path than was signed; take the dot segments out of it',
      )
    }
    return new opener(url, protocols)
  }
}

function runtimeClass<S>(): WebSocketClass<S> {
  const { WebSocket: found } = globalThis as { WebSocket?: unknown }
  if (typeof found === 'function') return found as WebSocketClass<S>
  throw new SigningError('OPTION_INVALID', 'This runtime has no WebSocket; pass the class of ws or undici')
}
