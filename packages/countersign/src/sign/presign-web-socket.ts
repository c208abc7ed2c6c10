/**
 * Presigned URLs that open a WebSocket, where a browser can send no headers: for Transcribe, API Gateway, Neptune, AWS
 * IoT and others.
 *
 * ```js
 * const { url } = presignWebSocket(
 *   'wss://transcribestreaming.eu-west-1.amazonaws.com:8443/stream-transcription-websocket?language-code=en-US',
 *   { credentials },
 * )
 * new WebSocket(url)
 * ```
 *
 * @see {@link https://docs.aws.amazon.com/transcribe/latest/dg/streaming-websocket.html}
 * @module
 */
import { MAX_EXPIRES } from '../core/names.ts'
import { SigningError } from '../errors.ts'
import type { PresignedUrl } from './http-request.ts'
import { presignUrl } from './presign-url.ts'
import type { PresignOptions } from './sign-options.ts'

/** Options of {@link presignWebSocket}. */
export interface PresignWebSocketOptions extends Pick<
  PresignOptions,
  'credentials' | 'service' | 'region' | 'algorithm' | 'date' | 'keyDate' | 'tokenPlacement'
> {
  /** Lifetime in whole seconds; 300 by default. The socket may stay open for longer. */
  readonly expiresIn?: number | undefined
}

const DEFAULT_EXPIRES = 300

/** Longest lives that services take, in seconds. */
const MOST_SECONDS: ReadonlyMap<string, number> = new Map([['transcribe', 300]])

/**
 * Presigns the URL of a WebSocket. Its signature begins the chain of the events that are sent over it.
 *
 * @param url `wss://…` with the parameters of the service
 * @throws {@link SigningError} when the URL cannot be signed; `EXPIRY_INVALID`
 * @throws {@link CredentialsError} `CREDENTIALS_INVALID`, `CREDENTIALS_EXPIRED`
 */
export function presignWebSocket(url: string | URL, options: PresignWebSocketOptions): PresignedUrl {
  if (!/^wss?:/i.test(String(url))) {
    throw new SigningError('URL_INVALID', 'The URL of a WebSocket begins with wss:// or ws://')
  }
  const { expiresIn = DEFAULT_EXPIRES } = options
  const presigned = presignUrl({ method: 'GET', url }, { ...options, expiresIn })
  const most = MOST_SECONDS.get(presigned.scope.service) ?? MAX_EXPIRES
  if (expiresIn <= most) return presigned
  throw new SigningError('EXPIRY_INVALID', `expiresIn must be 1 to ${most} whole seconds for this service`)
}
