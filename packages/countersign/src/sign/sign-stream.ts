/**
 * Signs a request whose body is sent in chunks while it is read: nothing is held but one chunk, and the server can
 * check every chunk before it takes it.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html}
 * @module
 */
import { isText } from '../core/bytes.ts'
import type { Header } from '../core/canonical-headers.ts'
import {
  AWS_CHUNKED,
  encodedLength,
  MAX_CHUNK,
  MIN_CHUNK,
  X_AMZ_DECODED_CONTENT_LENGTH,
  X_AMZ_TRAILER,
} from '../core/chunk-framing.ts'
import { SIGV4_ALGORITHM, X_AMZ_CONTENT_SHA256 } from '../core/names.ts'
import { serviceRules } from '../core/service-rules.ts'
import { formatStreamingMode } from '../core/streaming-mode.ts'
import { SigningError } from '../errors.ts'
import { ChunkEncoder, type ChunkPlan, type ChunkSigner, type Trailer } from './chunk-encoder.ts'
import { readSource, type ChunkSource, type OpenableSource } from './chunk-source.ts'
import { declaredLength } from './declared-length.ts'
import type { HttpRequest, SignedRequest } from './http-request.ts'
import { readHeaders } from './read-headers.ts'
import { readUrl } from './read-url.ts'
import { resolveKey } from './resolve-key.ts'
import type { SigningHost, SignOptions } from './sign-options.ts'
import { signWithBody } from './sign-request.ts'

/** A trailer that is declared before the body and known after it. */
export interface TrailerPlan {
  /** Lower case. */
  readonly name: string
  /** Length of its value, in bytes. */
  readonly length: number
  /** Begins a body. */
  begin(): Trailer
}

/** How the body is written, apart from its trailers. */
export interface StreamOptions extends Omit<SignOptions, 'payloadHash' | 'contentSha256Header'> {
  /** Length of the body in bytes; by default that of the bytes, the Blob, or the `content-length` given. */
  readonly decodedLength?: number | undefined
  /** Length of the chunks in bytes, 8 KiB to 16 MiB; 64 KiB by default. */
  readonly chunkSize?: number | undefined
  /** Whether the chunks are signed, as they are by default, or the head and nothing else. */
  readonly payload?: 'signed' | 'unsigned' | undefined
}

/** A signed request whose body is written while it is read. */
export interface SignedUpload extends SignedRequest<AsyncIterable<Uint8Array>> {
  readonly body: AsyncIterable<Uint8Array>
}

const DEFAULT_CHUNK = 64 * 1024
const DIGITS = /^\d+$/
const NO_CODING = /^(?:aws-chunked)?$/i

/** What a chunked upload sets itself. Beside a length there is no other framing. */
const REPLACED: ReadonlySet<string> = new Set([
  'transfer-encoding',
  'content-length',
  'content-encoding',
  X_AMZ_CONTENT_SHA256,
  X_AMZ_DECODED_CONTENT_LENGTH,
  X_AMZ_TRAILER,
])

/**
 * Signs the head of a request and gives it a body that writes, signs and frames chunks as it is read.
 *
 * @throws {@link SigningError}, {@link CredentialsError}
 */
export function signStream(
  request: HttpRequest<ChunkSource>,
  options: StreamOptions,
  trailers: readonly TrailerPlan[],
  host: SigningHost,
): SignedUpload {
  const source = readSource(request.body)
  const given = readHeaders(request.headers)
  const decodedLength = resolveLength(options, given, source)
  const framing = {
    decodedLength,
    chunkSize: resolveChunkSize(options),
    algorithm: options.payload === 'unsigned' ? undefined : (options.algorithm?.name ?? SIGV4_ALGORITHM),
    hasTrailer: options.payload === 'unsigned' || trailers.length > 0,
    trailers,
  }
  const headers: Header[] = [
    ...given.filter(([name]) => !REPLACED.has(name)),
    ['content-encoding', contentEncoding(given)],
    ['content-length', String(encodedLength(framing))],
    [X_AMZ_DECODED_CONTENT_LENGTH, String(decodedLength)],
  ]
  if (trailers.length > 0) headers.push([X_AMZ_TRAILER, trailers.map(({ name }) => name).join(',')])
  const payloadHash = formatStreamingMode(framing)
  const { signHeaders } = options
  const own = [X_AMZ_DECODED_CONTENT_LENGTH, X_AMZ_TRAILER]
  const selection = Array.isArray(signHeaders) ? { signHeaders: [...signHeaders, ...own] } : {}
  const signing = { ...options, ...selection, payloadHash }
  const signed = signWithBody({ ...request, headers }, undefined, signing, host)
  if (!serviceRules(signed.scope.service).unsignedPayload) {
    throw new SigningError('BODY_UNSUPPORTED', 'Only S3 takes chunks; collect the bytes of the stream')
  }
  const signer = framing.algorithm ? chunkSigner(request, options, signed) : undefined
  return { ...signed, body: new ChunkedBody({ ...framing, signer }, source, trailers) }
}

/** The body; reading it reads the source. */
class ChunkedBody implements AsyncIterable<Uint8Array> {
  readonly #plan: ChunkPlan
  readonly #source: OpenableSource
  readonly #trailers: readonly TrailerPlan[]

  constructor(plan: ChunkPlan, source: OpenableSource, trailers: readonly TrailerPlan[]) {
    this.#plan = plan
    this.#source = source
    this.#trailers = trailers
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    const trailers = this.#trailers.map((trailer) => trailer.begin())
    const encoder = new ChunkEncoder(this.#plan, trailers)
    for await (const piece of this.#source.open()) {
      if (!(piece instanceof Uint8Array)) {
        throw new SigningError('BODY_UNSUPPORTED', 'The stream must give bytes, without an encoding')
      }
      for (const part of encoder.write(piece)) yield part
    }
    yield encoder.end()
  }
}

/** The codings that the caller has applied himself, and ours. */
function contentEncoding(headers: readonly Header[]): string {
  const given = headers
    .filter(([name]) => name === 'content-encoding')
    .flatMap(([, value]) => value.split(','))
  const own = given.map((coding) => coding.trim()).filter((coding) => !NO_CODING.test(coding))
  return [...own, AWS_CHUNKED].join(',')
}

/** The key and the beginning of the chain, as the request was signed. */
function chunkSigner(
  { url }: HttpRequest<unknown>,
  options: SignOptions,
  { stringToSign, signature, scope }: SignedRequest,
): ChunkSigner {
  const [algorithm = '', amzDate = '', scopeText = ''] = stringToSign.split('\n')
  const key = resolveKey(options, readUrl(url), scope.date)
  return { algorithm, amzDate, scopeText, signature, sign: (text) => key.sign(text) }
}

function resolveLength(
  { decodedLength }: StreamOptions,
  headers: readonly Header[],
  source: OpenableSource,
): number {
  const declared = declaredLength(headers)
  const told = isText(declared, DIGITS) ? Number(declared) : NaN
  const length = decodedLength ?? source.length ?? told
  if (Number.isSafeInteger(length) && length >= 0) return length
  throw new SigningError(
    'BODY_LENGTH_UNKNOWN',
    'Chunks need the length of the stream: give content-length, or decodedLength, in bytes',
  )
}

function resolveChunkSize({ chunkSize = DEFAULT_CHUNK }: StreamOptions): number {
  if (Number.isInteger(chunkSize) && chunkSize >= MIN_CHUNK && chunkSize <= MAX_CHUNK) return chunkSize
  throw new SigningError('OPTION_INVALID', `chunkSize must be ${MIN_CHUNK} to ${MAX_CHUNK} bytes`)
}
