/**
 * The body of a request on its way to the handler: counted and hashed as it passes, and refused at its end when it
 * is not the one that was signed.
 *
 * @module
 */
import type { Header } from '../core/canonical-headers.ts'
import { EMPTY_SHA256 } from '../core/names.ts'
import { Pieces } from '../core/pieces.ts'
import { createSha256 } from '../crypto/incremental-sha256.ts'
import { assertDigests, BodyDigests } from './body-digests.ts'
import { tooLarge, wrongHash, wrongLength, type ExpectedBody } from './expected-body.ts'
import type { RequestMessage } from './message.ts'

/** A body that was looked at, and whether it is known to be the right one. */
export interface CheckedBody {
  readonly payload: 'verified' | 'unsigned' | 'pending'
  /** Whether something is still compared while it is read: its hash, its chunks or a checksum. */
  readonly isPending: boolean
  readonly body?: AsyncIterable<Uint8Array>
  /** Trailers, where it may have some: known to be right, and not known before its end. */
  readonly trailers?: () => readonly Header[] | undefined
}

/** Passes a body on; throws at the first byte too many, or at the end when it is not the expected one. */
async function* passChecked(
  body: RequestMessage['body'],
  expected: ExpectedBody,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  const hash = expected.hash === undefined ? undefined : createSha256()
  const digests = new BodyDigests(expected.digests ?? [])
  const most = Math.min(expected.maxBytes, expected.length ?? Infinity)
  let length = 0
  for await (const chunk of body instanceof Uint8Array ? [body] : (body ?? [])) {
    signal?.throwIfAborted()
    length += chunk.length
    if (length > most) throw most === expected.length ? wrongLength(most) : tooLarge(most)
    hash?.update(chunk)
    digests.update(chunk)
    yield chunk
  }
  if (expected.length !== undefined && length !== expected.length) throw wrongLength(expected.length)
  const computed = hash?.digestHex()
  if (computed !== undefined && computed !== expected.hash) throw wrongHash(expected.hash ?? '', computed)
  digests.check()
}

/**
 * Checks a body as far as it fits into memory. A longer one comes back while it is pending: it throws at its end on a
 * mismatch, and whoever consumes it must be able to undo what he did with it. One of which nothing is known is not read.
 *
 * @param maxBuffered bytes that are held back until hash and digests are known
 * @throws {@link VerificationError} `PAYLOAD_MISMATCH`, `CONTENT_MD5_MISMATCH`, `CHECKSUM_MISMATCH`, `BODY_TOO_LARGE`,
 * `BODY_LENGTH_MISMATCH`
 */
export function checkBody(
  { body, signal }: RequestMessage,
  expected: ExpectedBody,
  maxBuffered: number,
): CheckedBody | Promise<CheckedBody> {
  if (body === undefined) return checkEmptyBody(expected)
  const passed = passChecked(body, expected, signal)
  const isSigned = expected.hash !== undefined
  if (!isSigned && !expected.digests?.length) return { payload: 'unsigned', isPending: false, body: passed }
  const held = holdBack(passed, body instanceof Uint8Array ? Infinity : maxBuffered)
  return isSigned ? held : held.then(asUnsigned)
}

/** The body as one that is not signed, whatever else is known of it. */
export function asUnsigned(checked: CheckedBody): CheckedBody {
  return { ...checked, payload: 'unsigned' }
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
  const payload = isWhole ? 'verified' : 'pending'
  return { payload, isPending: !isWhole, body: replay(chunks, passed) }
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

const NOTHING = new Uint8Array()

// Most requests have no body; they need no hashing and no waiting.
function checkEmptyBody({ hash, length, digests }: ExpectedBody): CheckedBody {
  if (hash !== undefined && hash !== EMPTY_SHA256) throw wrongHash(hash, EMPTY_SHA256)
  if (length) throw wrongLength(length)
  if (digests?.length) assertDigests(NOTHING, digests)
  return { payload: hash === undefined ? 'unsigned' : 'verified', isPending: false }
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
