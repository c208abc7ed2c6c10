/**
 * The length of a stream, as the headers of its request tell it.
 *
 * @module
 */
import type { Header } from '../core/canonical-headers.ts'
import { X_AMZ_DECODED_CONTENT_LENGTH } from '../core/chunk-framing.ts'
import { headerValue } from './read-headers.ts'

/** The length that the headers of a request tell; `undefined` when they tell none. */
export function declaredLength(headers: readonly Header[]): string | undefined {
  return headerValue(headers, X_AMZ_DECODED_CONTENT_LENGTH) ?? headerValue(headers, 'content-length')
}
