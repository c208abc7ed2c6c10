/**
 * A verified body as a stream of Node, for parsers that read nothing else.
 *
 * @module
 */
import { Readable } from 'node:stream'

/** A stream of Node. */
export type NodeStream = Readable

/** Makes a stream of bytes, which ends in the body's error where it turns out to be another than was signed. */
export function readableOf(body: AsyncIterable<Uint8Array>): NodeStream {
  return Readable.from(body, { objectMode: false })
}
