/**
 * Signs a request whose body is a stream of events, each signed while it is sent: for Transcribe, Lex, Bedrock and
 * whatever else takes `STREAMING-AWS4-HMAC-SHA256-EVENTS`.
 *
 * @see {@link https://docs.aws.amazon.com/transcribe/latest/dg/streaming-setting-up.html}
 * @module
 */
import type { Header } from '../core/canonical-headers.ts'
import { parseDate } from '../core/http-date.ts'
import { SIGV4_ALGORITHM, X_AMZ_CONTENT_SHA256 } from '../core/names.ts'
import { SigningError } from '../errors.ts'
import type { HttpRequest, SignedRequest } from '../sign/http-request.ts'
import { headerValue, readHeaders } from '../sign/read-headers.ts'
import type { SignOptions } from '../sign/sign-options.ts'
import { signWithBody } from '../sign/sign-request.ts'
import { formatEventsMode } from './event-chain.ts'
import { EVENT_STREAM_TYPE, type EventInput } from './event-message.ts'
import { createEventSigner, type EventSigner } from './event-signer.ts'

/** Where events come from. */
export type EventSource = AsyncIterable<EventInput> | Iterable<EventInput>

/** Options of {@link signEventStream}. */
export interface SignEventStreamOptions extends Omit<
  SignOptions,
  'date' | 'payloadHash' | 'contentSha256Header'
> {
  /** The clock: the request and each event have their own dates. */
  readonly now?: (() => Date) | undefined
}

/** A request whose body signs events as it is read. */
export interface SignedEventStream extends SignedRequest<AsyncIterable<Uint8Array>> {
  /** One piece of bytes for each event, and one for the end of the stream. To be read at most once. */
  readonly body: AsyncIterable<Uint8Array>
}

/** What the stream sets itself. Its length is known to nobody. */
const REPLACED: ReadonlySet<string> = new Set(['content-length', X_AMZ_CONTENT_SHA256])

/**
 * Signs the head of a request, and gives it a body that signs events as it is read: one piece of bytes for each event,
 * and one for the end of the stream. It can be sent once. `content-type` is that of event streams unless one is given.
 *
 * @throws {@link SigningError} when the request cannot be signed. While the body is read: as
 *   {@link EventSigner.sign}, and `BODY_NOT_REPEATABLE`
 * @throws {@link CredentialsError} `CREDENTIALS_INVALID`
 */
export function signEventStream(
  request: HttpRequest<EventSource>,
  options: SignEventStreamOptions,
): SignedEventStream {
  const { body } = request
  if (body === undefined) throw new SigningError('BODY_UNSUPPORTED', 'An event stream needs events to send')
  const { now = () => new Date() } = options
  const headers: Header[] = readHeaders(request.headers).filter(([name]) => !REPLACED.has(name))
  if (headerValue(headers, 'content-type') === undefined) headers.push(['content-type', EVENT_STREAM_TYPE])
  const payloadHash = formatEventsMode(options.algorithm?.name ?? SIGV4_ALGORITHM)
  const host = { now: () => now().getTime(), readDate: parseDate }
  const signed = signWithBody({ ...request, headers }, undefined, { ...options, payloadHash }, host)
  return { ...signed, body: new SignedEvents(body, () => createEventSigner(signed, { ...options, now })) }
}

/** The body; reading it reads the events. */
class SignedEvents implements AsyncIterable<Uint8Array> {
  readonly #source: EventSource
  readonly #createSigner: () => EventSigner
  #isOpen = false

  constructor(source: EventSource, createSigner: () => EventSigner) {
    this.#source = source
    this.#createSigner = createSigner
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    if (this.#isOpen) {
      throw new SigningError(
        'BODY_NOT_REPEATABLE',
        'A stream of events can be sent once; sign the request again',
      )
    }
    this.#isOpen = true
    const signer = this.#createSigner()
    for await (const event of this.#source) yield signer.sign(event)
    yield signer.end()
  }
}
