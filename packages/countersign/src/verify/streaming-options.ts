/**
 * Which chunked uploads a server takes.
 *
 * @module
 */
import { MAX_CHUNK, MIN_CHUNK } from '../core/chunk-framing.ts'
import { checksumNames, checksumHeader } from '../crypto/checksums/s3-checksums.ts'
import { assertAmounts } from './assert-amounts.ts'

/** Options of chunked uploads. */
export interface StreamingOptions {
  /** Services that take them; by default S3 and its kin. */
  readonly services?: readonly string[] | undefined
  /** Least length of a signed chunk that is not the last one, in bytes; 8192 by default, as S3. */
  readonly minChunk?: number | undefined
  /** Longest signed chunk that is taken, in bytes: it is held until its signature is checked. 16 MiB by default. */
  readonly maxChunk?: number | undefined
  /** Longest section of trailers that is taken, in bytes; 1024 by default, at most 32 KiB. */
  readonly maxTrailer?: number | undefined
  /** Names of trailers that are taken; by default the checksums that are checked here. */
  readonly trailers?: readonly string[] | undefined
}

/** The options with nothing left out. */
export interface StreamingRules {
  /** By default those whose bodies may be unsigned. */
  readonly services: readonly string[] | undefined
  readonly minChunk: number
  readonly maxChunk: number
  readonly maxTrailer: number
  /** Lower case. */
  readonly trailers: readonly string[]
}

const MAX_TRAILER = 1024
/** Beyond it nobody has trailers, and their lines would have to be read in another way. */
const MOST_TRAILER = 32 * 1024

/**
 * Fills in what is left out; the caller's lists are copied. `false` takes no chunks at all.
 *
 * @throws {@link SigningError} `OPTION_INVALID`
 */
export function settleStreaming(given: StreamingOptions | boolean = true): StreamingRules {
  const {
    services,
    minChunk = MIN_CHUNK,
    maxChunk = MAX_CHUNK,
    maxTrailer = MAX_TRAILER,
    trailers,
  } = typeof given === 'object' ? given : {}
  assertAmounts({ minChunk, maxChunk, maxTrailer })
  return {
    services: given === false ? [] : services && [...services],
    minChunk,
    maxChunk,
    maxTrailer: Math.min(maxTrailer, MOST_TRAILER),
    trailers: (trailers ?? checksumNames().map(checksumHeader)).map((name) => name.toLowerCase()),
  }
}
