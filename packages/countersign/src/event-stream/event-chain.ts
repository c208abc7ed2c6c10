/**
 * The chain of a signed event stream. Each message is wrapped in an outer one with the headers `:date` and
 * `:chunk-signature`; its signature covers the one before, the first that of the request. So none can be left out,
 * repeated or moved.
 *
 * @see {@link https://docs.aws.amazon.com/transcribe/latest/dg/streaming-setting-up.html}
 * @module
 */
import { buildStringToSign } from '../core/string-to-sign.ts'
import { defaultSha256 } from '../crypto/default-sha256.ts'

/** Header of the instant at which a message was signed. */
export const DATE_HEADER = ':date'

/** Header of a message's signature, as bytes. */
export const SIGNATURE_HEADER = ':chunk-signature'

/** Where and when a message is signed. */
export interface EventPlace {
  /** Name of the algorithm that signs. */
  readonly algorithm: string
  /** Date of the message, `YYYYMMDDTHHMMSSZ`. */
  readonly amzDate: string
  /** Its scope has the day of the message, not that of the request. */
  readonly scopeText: string
  /** Signature of the message before, else that of the request. */
  readonly previous: string
}

/**
 * String to sign of a message.
 *
 * @param headers the outer message's headers as on the wire, without the signature
 * @param payload the inner message; empty at the end of the stream
 */
export function buildEventStringToSign(
  { algorithm, amzDate, scopeText, previous }: EventPlace,
  headers: Uint8Array,
  payload: Uint8Array,
): string {
  const { hashHex } = defaultSha256()
  const hashes = `${previous}\n${hashHex(headers)}\n${hashHex(payload)}`
  return buildStringToSign(`${algorithm}-PAYLOAD`, amzDate, scopeText, hashes)
}

/** Value of `x-amz-content-sha256` that announces signed events. */
export function formatEventsMode(algorithm: string): string {
  return `STREAMING-${algorithm}-EVENTS`
}
