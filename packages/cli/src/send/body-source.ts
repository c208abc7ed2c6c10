/**
 * Where the bytes of a request come from: the command line, files, a form, standard input. What comes through a pipe is
 * kept until it has been hashed, in memory up to 64 MiB and in a file beyond.
 *
 * @module
 */
import { createReadStream } from 'node:fs'
import { mkdtemp, open, rmdir, stat, unlink, type FileHandle } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { CommandError } from '../frame/command-error.ts'
import { unreadable } from '../frame/files.ts'
import { claimInput } from '../frame/streams.ts'
import { createBody, createPipeBody, type RequestBody, type Segment } from './request-body.ts'

/** In bytes. */
const MEMORY_LIMIT = 64 * 1024 * 1024

/**
 * The body of `--upload-file`: a file as it lies there, or a pipe.
 *
 * @param isStreamed whether a pipe is sent while it comes in
 * @param size that of a pipe, when it is known, in bytes
 * @throws {@link CommandError} `FILE_UNREADABLE`
 */
export async function openUpload(
  path: string,
  isStreamed: boolean,
  size: number | undefined,
): Promise<RequestBody> {
  if (isStreamed && !(await isRegular(path))) return createPipeBody(openPipe(path, '--upload-file'), size)
  return createBody([await openSegment(path, '--upload-file')])
}

/**
 * The bytes of a file, or of standard input for `-`.
 *
 * @param flag what wants them
 * @throws {@link CommandError} `FILE_UNREADABLE`
 */
export async function openSegment(path: string, flag: string): Promise<Segment> {
  try {
    if (!(await isRegular(path))) return await spool(openPipe(path, flag))
    const file = await open(path, 'r')
    return { file, size: (await file.stat()).size }
  } catch (error) {
    if (error instanceof CommandError) throw error
    throw unreadable(path, flag, error)
  }
}

/** Whether the path is that of a file, or of nothing, which opening it will tell. */
async function isRegular(path: string): Promise<boolean> {
  if (path === '-') return false
  const found = await stat(path).catch(() => undefined)
  return found === undefined || found.isFile()
}

function openPipe(path: string, flag: string): Readable {
  if (path === '-') return claimInput(flag)
  return createReadStream(path)
}

async function spool(source: AsyncIterable<Uint8Array>): Promise<Segment> {
  const chunks: Uint8Array[] = []
  let size = 0
  let file: FileHandle | undefined
  for await (const chunk of source) {
    size += chunk.byteLength
    chunks.push(chunk)
    if (size <= MEMORY_LIMIT) continue
    file ??= await openNameless()
    await file.appendFile(Buffer.concat(chunks.splice(0)))
  }
  return file ? { file, size } : Buffer.concat(chunks)
}

/** A file without a name: it is gone when the command ends, however it ends. */
async function openNameless(): Promise<FileHandle> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-'))
  const path = join(folder, 'body')
  const file = await open(path, 'wx+', 0o600)
  await unlink(path)
  await rmdir(folder)
  return file
}
