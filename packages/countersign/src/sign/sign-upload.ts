/**
 * Signs a stream of known length in chunks, and hands it back as the kind of stream that it was.
 *
 * @module
 */
import { createReadableStream } from '../core/readable-stream.ts'
import type { HttpRequest, SignedBody, SignedRequest } from './http-request.ts'
import { signStream } from './sign-stream.ts'
import type { SigningHost, SignOptions } from './sign-options.ts'

/** A body that can be read once. */
export type StreamBody = ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>

/** Signs the head, and gives it a body that signs its chunks as it is read. */
export function signUpload(
  request: HttpRequest<StreamBody> & { readonly body: StreamBody },
  options: SignOptions,
  host: SigningHost,
): SignedRequest<SignedBody> {
  const signed = signStream(request, options, [], host)
  // fetch, which takes web streams, takes nothing else that can be iterated.
  return 'getReader' in request.body ? { ...signed, body: createReadableStream(signed.body) } : signed
}
