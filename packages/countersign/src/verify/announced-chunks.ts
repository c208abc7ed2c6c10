/**
 * What the signed head of a request says about the chunks that follow it.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html}
 * @module
 */
import { X_AMZ_DECODED_CONTENT_LENGTH, X_AMZ_TRAILER } from '../core/chunk-framing.ts'
import { parseStreamingMode } from '../core/streaming-mode.ts'
import type { Claim } from './claim.ts'
import { contentLength, readLength, tooLarge } from './expected-body.ts'
import { valueOf } from './message.ts'
import { refuse } from './refusals.ts'
import type { StreamingRules } from './streaming-options.ts'

/** A chunked body as it was announced. */
export interface AnnouncedChunks {
  /** Whether the chunks carry signatures. */
  readonly isSigned: boolean
  /** Whether there is a section of trailers. */
  readonly hasTrailer: boolean
  /** Names of the trailers, lower case. */
  readonly trailers: readonly string[]
  /** Length of the data, in bytes. */
  readonly decodedLength: number
  /** Length of the whole body on the wire in bytes, where the head tells it. */
  readonly encodedLength: number | undefined
}

/**
 * Reads the announcement.
 *
 * @throws {@link VerificationError} `DECODED_LENGTH_MISSING`, `REQUEST_MALFORMED`, `BODY_TOO_LARGE`,
 * `TRAILER_MALFORMED`, `TRAILER_UNSUPPORTED`
 */
export function readAnnouncement(
  { payload, message }: Claim,
  rules: StreamingRules,
  maxBytes: number,
): AnnouncedChunks {
  const mode = parseStreamingMode(payload.kind === 'streaming' ? payload.keyword : '')
  const decodedLength = readLength(message, X_AMZ_DECODED_CONTENT_LENGTH)
  if (decodedLength === undefined) {
    throw refuse('DECODED_LENGTH_MISSING', `A chunked body needs the header ${X_AMZ_DECODED_CONTENT_LENGTH}`)
  }
  if (decodedLength > maxBytes) throw tooLarge(maxBytes, decodedLength)
  const hasTrailer = mode?.hasTrailer ?? false
  const trailers = readTrailerNames(valueOf(message.headers, X_AMZ_TRAILER) ?? '')
  if (new Set(trailers).size < trailers.length || (trailers.length > 0 && !hasTrailer)) {
    throw refuse('TRAILER_MALFORMED', 'x-amz-trailer names a trailer twice, or one where there can be none')
  }
  if (!trailers.every((name) => rules.trailers.includes(name))) {
    throw refuse('TRAILER_UNSUPPORTED', 'x-amz-trailer names a trailer that is not taken here')
  }
  return {
    isSigned: mode?.algorithm !== undefined,
    hasTrailer,
    trailers,
    decodedLength,
    encodedLength: contentLength(message),
  }
}

function readTrailerNames(list: string): readonly string[] {
  return list
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '')
}
