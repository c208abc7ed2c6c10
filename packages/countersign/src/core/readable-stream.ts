/**
 * A chunked body as a web stream, for `fetch` and whatever else takes no async iterable. Node's streams need no help:
 * `Readable.from(body, { objectMode: false })`.
 *
 * @module
 */

/**
 * Makes a stream that reads the body as fast as it is read itself, and ends it when it is cancelled.
 *
 * `fetch` wants `duplex: 'half'` with it, and sends it without its length.
 */
export function createReadableStream(body: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const iterator = body[Symbol.asyncIterator]()
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await iterator.next()
        if (done) controller.close()
        else controller.enqueue(value)
      },
      async cancel() {
        await iterator.return?.()
      },
    },
    // Nothing is read ahead.
    { highWaterMark: 0 },
  )
}
