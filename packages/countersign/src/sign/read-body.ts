/**
 * Makes bytes of a body, once: what is hashed is what is sent.
 *
 * @module
 */
import { utf8, type Bytes } from '../core/bytes.ts'
import { SigningError } from '../errors.ts'
import type { Body, SyncBody } from './http-request.ts'

/** Bytes of a body, and the content type that they cannot be read without. */
export interface BodyBytes {
  readonly bytes: Bytes | undefined
  /** With the boundary; of FormData alone. */
  readonly contentType?: string
}

/**
 * Bytes of a body that is at hand.
 *
 * @throws {@link SigningError} `BODY_UNSUPPORTED` for bodies that must be awaited, and for everything else
 */
export function readSyncBody(body: SyncBody): Bytes | undefined {
  if (body === undefined || body === null) return undefined
  if (typeof body === 'string' || body instanceof URLSearchParams) return utf8(String(body))
  if (body instanceof ArrayBuffer) return new Uint8Array(body)
  if (ArrayBuffer.isView(body)) {
    const view = new Uint8Array(body.buffer, body.byteOffset, body.byteLength)
    // Shared memory could change between hashing and sending.
    return body.buffer instanceof ArrayBuffer ? (view as Bytes) : view.slice()
  }
  throw new SigningError('BODY_UNSUPPORTED', 'The body must be text or bytes; createSigner() takes others')
}

/**
 * Bytes of a body of any kind that ends by itself.
 *
 * @throws {@link SigningError} `BODY_UNSUPPORTED` for streams, whose bytes can be read only once, and for unknown types
 */
export async function readBody(body: Body): Promise<BodyBytes> {
  if (body instanceof Blob) return { bytes: new Uint8Array(await body.arrayBuffer()) }
  if (body instanceof FormData) return readForm(body)
  if (isStream(body)) {
    throw new SigningError(
      'BODY_UNSUPPORTED',
      'A stream cannot be hashed before it is sent: collect its bytes, or for S3 give its content-length, or set x-amz-content-sha256: UNSIGNED-PAYLOAD',
    )
  }
  return { bytes: readSyncBody(body) }
}

/** Whether a body is a stream. */
export function isStream(body: Body): body is ReadableStream<Uint8Array> | AsyncIterable<Uint8Array> {
  return typeof body === 'object' && body !== null && (Symbol.asyncIterator in body || 'getReader' in body)
}

// A Response is the one part of the platform that writes multipart bytes and tells their boundary.
async function readForm(form: FormData): Promise<BodyBytes> {
  const response = new Response(form)
  const contentType = response.headers.get('content-type') ?? ''
  return { bytes: new Uint8Array(await response.arrayBuffer()), contentType }
}
