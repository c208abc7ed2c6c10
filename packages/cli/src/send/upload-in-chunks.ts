/**
 * Signs an upload in chunks: the head, and a body that signs and frames what it reads while it is sent.
 *
 * @module
 */
import type { HttpRequest } from 'countersign'
import { signChunks, type SignChunksOptions, type SignedUpload } from 'countersign/streaming'
import type { RequestBody } from './request-body.ts'
import { headerValue, type Header } from './wire-request.ts'

/** An upload that is ready to be sent. */
interface UploadInChunks {
  readonly signed: SignedUpload
  /** Those that were signed, but for the length: it is written as that of the body. */
  readonly headers: readonly Header[]
  /** The frames; its length is theirs. */
  readonly body: RequestBody
}

/**
 * Signs an upload.
 *
 * @param body one whose length is known
 * @throws {@link SigningError}; while the body is read, too: `BODY_LENGTH_MISMATCH`
 */
export function signUpload(
  request: HttpRequest<undefined>,
  body: RequestBody,
  options: SignChunksOptions,
): UploadInChunks {
  const signed = signChunks({ ...request, body: body.read() }, { ...options, decodedLength: body.size })
  return {
    signed,
    headers: signed.headers.filter(([name]) => name !== 'content-length'),
    body: {
      size: Number(headerValue(signed.headers, 'content-length')),
      isReplayable: false,
      bytes: undefined,
      read: () => signed.body,
      close: () => body.close(),
    },
  }
}
