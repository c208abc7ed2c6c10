/**
 * The body of `-T`: a file that is hashed as it is read, however long it is, or standard input, which is read once and
 * so is held in memory.
 *
 * @module
 */
import { createHash } from 'node:crypto'
import { createReadStream, statSync } from 'node:fs'
import { CommandError } from '../frame/command-error.ts'
import { readBytes, unreadable } from '../frame/files.ts'
import type { GivenRequest } from './given-request.ts'

const READER = '--upload-file'

/**
 * Reads what is uploaded, or hashes it.
 *
 * @throws {@link CommandError} `FILE_UNREADABLE`, `USAGE`
 */
export async function readUpload(path: string): Promise<Pick<GivenRequest, 'body' | 'file' | 'payloadHash'>> {
  if (path === '-') return { body: await readBytes(path, READER) }
  const hash = createHash('sha256')
  let length = 0
  try {
    // A pipe has no length, and could not be read again to be sent.
    if (!statSync(path).isFile()) return { body: await readBytes(path, READER) }
    for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
      hash.update(chunk as Uint8Array)
      length += (chunk as Uint8Array).length
    }
  } catch (error) {
    throw error instanceof CommandError ? error : unreadable(path, READER, error)
  }
  return { file: { path, length }, payloadHash: hash.digest('hex') }
}
