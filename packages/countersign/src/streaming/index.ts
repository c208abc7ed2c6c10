/**
 * Uploads in chunks: `signChunks` for bodies that are not known before they are sent. `createVerifier` of
 * `countersign/verify` takes them.
 *
 * @module
 */
export { signChunks, type SignChunksOptions } from './sign-chunks.ts'
export { createReadableStream } from '../sign/readable-stream.ts'
export type { ChunkSource } from '../sign/chunk-source.ts'
export type { SignedUpload, StreamOptions } from '../sign/sign-stream.ts'
export type { ChecksumName } from '../crypto/checksums/s3-checksums.ts'
