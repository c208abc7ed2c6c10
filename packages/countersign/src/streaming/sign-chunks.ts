/**
 * Signs uploads to S3 chunk by chunk, with checksums as trailers.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html}
 * @module
 */
import { X_AMZ_TRAILER_SIGNATURE } from '../core/chunk-framing.ts'
import {
  checksumHeader,
  checksumLength,
  checksumNames,
  createChecksum,
  digestBase64,
  type ChecksumName,
} from '../crypto/checksums/s3-checksums.ts'
import { SigningError } from '../errors.ts'
import { readCommonDate } from '../sign/common-date.ts'
import type { ChunkSource } from '../sign/chunk-source.ts'
import type { HeadersLike, HttpRequest } from '../sign/http-request.ts'
import { readHeaders } from '../sign/read-headers.ts'
import { signStream, type SignedUpload, type StreamOptions, type TrailerPlan } from '../sign/sign-stream.ts'

/** Options of {@link signChunks}. */
export interface SignChunksOptions extends StreamOptions {
  /**
   * A checksum that is computed on the way and sent as a trailer; none by default. `sha512` is refused where the runtime
   * has no `node:crypto`.
   */
  readonly checksum?: ChecksumName | undefined
  /** Trailers whose values are known already. */
  readonly trailers?: HeadersLike | undefined
}

/**
 * Signs a request whose body is sent in chunks while it is read. The length of a stream must be known: S3 takes no
 * upload without it. Send `body` with the headers as they are; `content-length` is that of the frames.
 *
 * A stream can be sent once; a request with bytes or a Blob can be sent again. Pieces that the stream has given must
 * not be changed.
 *
 * @throws {@link SigningError} when the request cannot be signed; `BODY_LENGTH_UNKNOWN`, `OPTION_INVALID`. While the
 *   body is read: `BODY_LENGTH_MISMATCH`, `BODY_NOT_REPEATABLE`
 * @throws {@link CredentialsError} `CREDENTIALS_INVALID`
 */
export function signChunks(request: HttpRequest<ChunkSource>, options: SignChunksOptions): SignedUpload {
  const trailers = readHeaders(options.trailers).map(([name, value]) => givenTrailer(name, value.trim()))
  if (options.checksum !== undefined) trailers.unshift(checksumTrailer(options.checksum))
  const names = new Set(trailers.map(({ name }) => name))
  if (names.size < trailers.length || names.has(X_AMZ_TRAILER_SIGNATURE)) {
    throw new SigningError('OPTION_INVALID', 'Each trailer must stand once, and be none of the signature')
  }
  return signStream(request, options, trailers, { now: Date.now, readDate: readCommonDate })
}

function givenTrailer(name: string, value: string): TrailerPlan {
  return { name, length: value.length, begin: () => ({ name, value: () => value }) }
}

function checksumTrailer(checksum: string): TrailerPlan {
  const length = checksumLength(checksum)
  if (length === undefined) {
    throw new SigningError('OPTION_INVALID', `checksum must be one of ${checksumNames().join(', ')}`)
  }
  const name = checksumHeader(checksum)
  return {
    name,
    length,
    begin() {
      const state = createChecksum(checksum)
      return { name, update: (bytes) => state.update(bytes), value: () => digestBase64(state) }
    },
  }
}
