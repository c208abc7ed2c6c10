/**
 * Holds a body back until its hash is known, so that no byte goes upstream that was not signed: in memory, and what
 * does not fit there in a temporary file.
 *
 * @module
 */
import { createHash, randomUUID } from 'node:crypto'
import { open, unlink, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import type { VerifiedRequest } from 'countersign/verify'
import { countPassed } from '../server/memory.ts'

/** A body that may go upstream. */
export interface HeldBody {
  /** What is held can be read more than once. */
  readonly content: Buffer | AsyncIterable<Uint8Array>
  readonly isRepeatable: boolean
  /** In hex, where it was computed here. */
  readonly sha256?: string | undefined
  /** In bytes, where it is known before the end. */
  readonly length?: number | undefined
  /** Lets go of the temporary file. */
  release(): Promise<void>
}

/** How much of a file is read at once. */
const READ_BYTES = 64 * 1024

const nothing = async (): Promise<void> => {}

/**
 * Holds a verified request's body. One that is not compared with anything is handed on as it comes.
 *
 * @param isFramed whether it came in the frames of a chunked upload, so that its length is not that of the head
 * @param folder for temporary files
 * @throws {@link VerificationError} where the body is not the one that it should be
 */
export async function holdBody(
  { payload, isPending }: Pick<VerifiedRequest, 'payload' | 'isPending'>,
  body: AsyncIterable<Uint8Array>,
  isFramed: boolean,
  folder: string,
): Promise<HeldBody> {
  if (isPending) return holdInFile(body, folder)
  if (payload === 'unsigned' && !isFramed) return { content: body, isRepeatable: false, release: nothing }
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  const content =
    chunks.length === 1
      ? Buffer.from(chunks[0]!.buffer, chunks[0]!.byteOffset, chunks[0]!.length)
      : Buffer.concat(chunks)
  return { content, length: content.length, isRepeatable: true, release: nothing }
}

/**
 * Holds a body of which nothing is known until all of it is here, and hashes it.
 *
 * @param most bytes in memory; a longer one goes to a file
 */
export async function collectBody(
  body: AsyncIterable<Uint8Array>,
  most: number,
  folder: string,
): Promise<HeldBody> {
  const iterator = body[Symbol.asyncIterator]()
  const chunks: Uint8Array[] = []
  for (let length = 0; length <= most;) {
    const next = await iterator.next()
    if (next.done) {
      const content = Buffer.concat(chunks)
      return { content, length: content.length, isRepeatable: true, release: nothing }
    }
    chunks.push(next.value)
    length += next.value.length
  }
  const hash = createHash('sha256')
  const held = await holdInFile(rest(), folder)
  return { ...held, sha256: hash.digest('hex') }

  async function* rest(): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for (let chunk = chunks.shift(); chunk; chunk = chunks.shift()) yield hashed(chunk)
      for (let next = await iterator.next(); !next.done; next = await iterator.next())
        yield hashed(next.value)
    } finally {
      await iterator.return?.()
    }
  }

  function hashed(chunk: Uint8Array): Uint8Array {
    hash.update(chunk)
    return chunk
  }
}

async function holdInFile(body: AsyncIterable<Uint8Array>, folder: string): Promise<HeldBody> {
  const path = join(folder, `countersign-body-${randomUUID()}`)
  const file = await open(path, 'wx+', 0o600)
  try {
    const removed = await removeNow(path)
    let length = 0
    for await (const chunk of body) {
      await writeAll(file, chunk)
      length += chunk.length
    }
    return {
      content: { [Symbol.asyncIterator]: () => readBack(file) },
      length,
      isRepeatable: true,
      release: () => letGo(file, removed ? undefined : path),
    }
  } catch (error) {
    await letGo(file, path)
    throw error
  }
}

/** A file without a name is gone with its process, however that ends. Windows keeps the names of open files. */
async function removeNow(path: string): Promise<boolean> {
  try {
    await unlink(path)
    return true
  } catch {
    return false
  }
}

async function* readBack(file: FileHandle): AsyncGenerator<Uint8Array, void, undefined> {
  for (let position = 0; ;) {
    const { bytesRead, buffer } = await file.read({ buffer: Buffer.allocUnsafe(READ_BYTES), position })
    if (bytesRead === 0) return
    position += bytesRead
    countPassed(bytesRead)
    yield buffer.subarray(0, bytesRead)
  }
}

async function letGo(file: FileHandle, path: string | undefined): Promise<void> {
  await file.close().catch(() => {})
  if (path) await unlink(path).catch(() => {})
}

async function writeAll(file: FileHandle, chunk: Uint8Array): Promise<void> {
  let at = 0
  while (at < chunk.length) at += (await file.write(chunk, at)).bytesWritten
}
