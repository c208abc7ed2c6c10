/**
 * Uploads in chunks, as `--chunked` and `--trailer` ask for them: each chunk is signed, or with `--unsigned-payload`
 * none of them, and a checksum that is computed on the way comes last.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html}
 * @module
 */
import type { SignChunksOptions } from 'countersign/streaming'
import { CommandError } from '../frame/command-error.ts'

/** A checksum that is sent as a trailer. */
export type ChecksumName = NonNullable<SignChunksOptions['checksum']>

/** The checksums, as `--trailer` names them. */
export const CHECKSUMS: readonly ChecksumName[] = [
  'crc32',
  'crc32c',
  'crc64nvme',
  'sha1',
  'sha256',
  'sha512',
  'md5',
]

/** How a body is cut into chunks. */
export type ChunkPlan = Pick<SignChunksOptions, 'checksum' | 'payload'>

/** What the command line says of the chunks. */
interface ChunkFlags {
  readonly chunked?: boolean | undefined
  readonly trailer?: ChecksumName | undefined
  readonly uploadFile?: string | undefined
}

/**
 * The plan; nothing where the body goes out as it is.
 *
 * @param isUnsigned whether the body is left out of the signature
 * @param hash the `x-amz-content-sha256` that was given
 * @throws {@link CommandError} `USAGE`
 */
export function planChunks(
  { chunked = false, trailer, uploadFile }: ChunkFlags,
  isUnsigned: boolean,
  hash: string | undefined,
): ChunkPlan | undefined {
  if (!chunked && trailer === undefined) return undefined
  const flag = chunked ? '--chunked' : '--trailer'
  if (uploadFile === undefined) {
    throw new CommandError('USAGE', `${flag} is for uploads`, {
      why: 'data on the command line and forms are sent in one piece',
      fix: 'give the body with -T FILE',
    })
  }
  if (hash !== undefined) {
    throw new CommandError('USAGE', `${flag} and a header x-amz-content-sha256 exclude each other`, {
      why: 'the header says that the body comes in chunks',
      fix: 'leave one of them out; --unsigned-payload leaves the body unsigned',
    })
  }
  if (isUnsigned && trailer === undefined) {
    throw new CommandError('USAGE', '--chunked and --unsigned-payload need --trailer', {
      why: 'chunks without signatures have a checksum and nothing else to show',
      fix: 'add --trailer crc64nvme, or leave out --chunked',
    })
  }
  return { checksum: trailer, payload: isUnsigned ? 'unsigned' : 'signed' }
}
