/**
 * The body of a request on its way to the handler: counted and hashed as it passes, and refused at its end when it
 * is not the one that was signed.
 *
 * @module
 */
import { EMPTY_SHA256 } from '../core/names.ts'
import { Pieces } from '../core/pieces.ts'
import { createSha256 } from '../crypto/incremental-sha256.ts'
import { wrongHash, wrongLength, type ExpectedBody } from './expected-body.ts'
import type { RequestMessage } from './message.ts'
import { refuse } from './refusals.ts'

/** A body that was looked at, and whether it is known to be the right one. */
export interface CheckedBody {
  readonly payload: 'verified' | 'unsigned' | 'pending'
  readonly body?: AsyncIterable<Uint8Array>
}

/** Passes a body on; throws at the first byte too many, or at the end when it is not the expected one. */
async function* passChecked(
  body: RequestMessage['body'],
  expected: ExpectedBody,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  const hash = expected.hash === undefined ? undefined : createSha256()
  const most = Math.min(expected.maxBytes, expected.length ?? Infinity)
  let length = 0
  for await (const chunk of body instanceof Uint8Array ? [body] : (body ?? [])) {
    signal?.throwIfAborted()
    length += chunk.length
    if (length > most) throw tooLong(expected)
    hash?.update(chunk)
    yield chunk
  }
  if (expected.length !== undefined && length !== expected.length) throw wrongLength(expected.length)
  const computed = hash?.digestHex()
  if (computed !== undefined && computed !== expected.hash) throw wrongHash(expected.hash ?? '', computed)
}

function tooLong({ length, maxBytes }: ExpectedBody): Error {
  if (length !== undefined && length <= maxBytes) return wrongLength(length)
  return refuse('BODY_TOO_LARGE', `The body is over ${maxBytes} bytes`, { maxBytes: String(maxBytes) })
}

/**
 * Checks a body as far as it fits into memory. A longer one comes back `pending`: it throws at its end on a mismatch,
 * and whoever consumes it must be able to undo what he did with it.
 *
 * @param maxBuffered bytes that are held back until the hash is known
 * @throws {@link VerificationError} `PAYLOAD_MISMATCH`, `BODY_TOO_LARGE`, `BODY_LENGTH_MISMATCH`
 */
export function checkBody(
  { body, signal }: RequestMessage,
  expected: ExpectedBody,
  maxBuffered: number,
): CheckedBody | Promise<CheckedBody> {
  if (body === undefined) return checkEmptyBody(expected)
  const passed = passChecked(body, expected, signal)
  if (expected.hash === undefined) return { payload: 'unsigned', body: passed }
  return holdBack(passed, body instanceof Uint8Array ? Infinity : maxBuffered)
}

/**
 * Reads a body ahead.
 *
 * @param most bytes after which it comes back although it is not known yet to be good
 */
export async function holdBack(
  passed: AsyncGenerator<Uint8Array, void, undefined>,
  most: number,
): Promise<CheckedBody> {
  const { chunks, isWhole } = await readAhead(passed, most)
  return { payload: isWhole ? 'verified' : 'pending', body: replay(chunks, passed) }
}

/**
 * Reads a whole body, for signatures that cannot be checked without it.
 *
 * @throws {@link VerificationError} `BODY_TOO_LARGE`, `BODY_LENGTH_MISMATCH`
 */
export async function readWholeBody(
  { body, signal }: RequestMessage,
  expected: ExpectedBody,
): Promise<Uint8Array> {
  if (body === undefined) return new Uint8Array()
  const { chunks } = await readAhead(passChecked(body, expected, signal), Infinity)
  const whole = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.length, 0))
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.length
  }
  return whole
}

// Most requests have no body; they need no hashing and no waiting.
function checkEmptyBody({ hash, length }: ExpectedBody): CheckedBody {
  if (hash !== undefined && hash !== EMPTY_SHA256) throw wrongHash(hash, EMPTY_SHA256)
  if (length) throw wrongLength(length)
  return { payload: hash === undefined ? 'unsigned' : 'verified' }
}

async function readAhead(
  source: AsyncGenerator<Uint8Array, void, undefined>,
  most: number,
): Promise<{ chunks: readonly Uint8Array[]; isWhole: boolean }> {
  const held = new Pieces()
  while (held.length <= most) {
    const next = await source.next()
    if (next.done) return { chunks: held.take(), isWhole: true }
    held.add(next.value)
  }
  return { chunks: held.take(), isWhole: false }
}

/** Gives out what was read ahead, then the rest. */
async function* replay(
  chunks: readonly Uint8Array[],
  rest: AsyncGenerator<Uint8Array, void, undefined>,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* chunks
    yield* rest
  } finally {
    await rest.return()
  }
}
