/**
 * The file in an upload form, handed on while it comes in.
 *
 * @module
 */
import { findDelimiter, type Delimiter } from './delimiter.ts'
import { fileTooLarge, fileTooSmall, malformedForm } from './post-refusals.ts'
import { isLast, type ReadForm } from './read-form.ts'

/** Sizes that a file may have, in bytes. */
export interface SizeRange {
  readonly minBytes: number
  readonly maxBytes: number
}

/**
 * Gives the file's bytes; throws before it gives the first one too many, and at the end when there are too few. To be
 * read once. Whoever stops early ends the body; after an error it stands where it is, so that an answer can be sent.
 *
 * @throws {@link VerificationError} `BODY_TOO_LARGE`, `BODY_TOO_SMALL`, `FORM_MALFORMED`
 */
export async function* readFile(
  { source, delimiter }: Pick<ReadForm, 'source' | 'delimiter'>,
  { minBytes, maxBytes }: SizeRange,
): AsyncGenerator<Uint8Array, void, undefined> {
  let size = 0
  let isAbandoned = true
  try {
    for await (const piece of splitFile(source, delimiter)) {
      size += piece.length
      if (size > maxBytes) throw fileTooLarge(maxBytes)
      yield piece
    }
    if (size < minBytes) throw fileTooSmall(size, minBytes)
    isAbandoned = false
  } catch (error) {
    isAbandoned = false
    throw error
  } finally {
    if (isAbandoned) await source.close()
  }
}

/** The pieces up to the delimiter. Only what may be its beginning is held back; nothing else is copied. */
async function* splitFile(
  source: ReadForm['source'],
  delimiter: Delimiter,
): AsyncGenerator<Uint8Array, void, undefined> {
  let held: Uint8Array = new Uint8Array()
  for (;;) {
    const next = await source.next()
    if (!next) throw malformedForm('The form ends before its closing boundary')
    const bytes = held.length === 0 ? next : joined(held, next)
    const at = findDelimiter(bytes, delimiter)
    if (at > 0) yield bytes.subarray(0, at)
    if (at + delimiter.bytes.length <= bytes.length) {
      source.putBack(bytes.subarray(at + delimiter.bytes.length))
      await isLast(source)
      await source.drain()
      return
    }
    held = bytes.subarray(at)
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length)
  both.set(first)
  both.set(second, first.length)
  return both
}
