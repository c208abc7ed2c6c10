/**
 * Checksums of S3: `x-amz-checksum-crc32: DUoRhQ==` and its kin, computed on the way.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html}
 * @module
 */
import { _MD5 as NobleMd5, _SHA1 as NobleSha1 } from '@noble/hashes/legacy.js'
import { _SHA256 as NobleSha256 } from '@noble/hashes/sha2.js'
import { createNodeHash } from '../node-modules.ts'
import type { Checksum } from './checksum.ts'
import { createCrc32, createCrc32c } from './crc32.ts'
import { createCrc64Nvme } from './crc64nvme.ts'

/** The checksums that are known here; `sha512` only where the runtime has `node:crypto`. */
export type ChecksumName = 'crc32' | 'crc32c' | 'crc64nvme' | 'md5' | 'sha1' | 'sha256' | 'sha512'

/** What the names of checksum headers begin with. */
export const CHECKSUM_PREFIX = 'x-amz-checksum-'

/** Length in bytes, and what begins one: nothing where the runtime has not got it. */
type ChecksumKind = readonly [length: number, create: () => Checksum | undefined]

const KINDS: ReadonlyMap<string, ChecksumKind> = new Map<ChecksumName, ChecksumKind>([
  ['crc32', [4, createCrc32]],
  ['crc32c', [4, createCrc32c]],
  ['crc64nvme', [8, createCrc64Nvme]],
  ['md5', [16, () => createNodeHash('md5') ?? new NobleMd5()]],
  ['sha1', [20, () => createNodeHash('sha1') ?? new NobleSha1()]],
  ['sha256', [32, () => createNodeHash('sha256') ?? new NobleSha256()]],
  // In plain JavaScript it would be a tenth of all that a browser loads for a verifier.
  ['sha512', [64, () => createNodeHash('sha512')]],
])

function kindOf(name: string): ChecksumKind | undefined {
  const kind = KINDS.get(name)
  return name === 'sha512' && !kind?.[1]() ? undefined : kind
}

/** Names of all checksums that this runtime has. */
export function checksumNames(): readonly string[] {
  return [...KINDS.keys()].filter(kindOf)
}

/** Name of the header or trailer that carries a checksum. */
export function checksumHeader(name: string): string {
  return CHECKSUM_PREFIX + name
}

/** The checksum that a header or trailer carries; `undefined` when it is none that is known here. */
export function checksumOfHeader(header: string): string | undefined {
  const name = header.startsWith(CHECKSUM_PREFIX) ? header.slice(CHECKSUM_PREFIX.length) : ''
  return kindOf(name) && name
}

/** Length of a checksum as text, in characters; `undefined` when there is no such checksum. */
export function checksumLength(name: string): number | undefined {
  const kind = kindOf(name)
  return kind && Math.ceil(kind[0] / 3) * 4
}

/**
 * Whether a text is a checksum as a header carries it: base64 of the right length, in the one spelling that an encoder
 * gives it.
 */
export function isChecksumText(name: string, text: string): boolean {
  try {
    const bytes = atob(text)
    return bytes.length === kindOf(name)?.[0] && btoa(bytes) === text
  } catch {
    return false
  }
}

/** Begins a checksum by one of {@link checksumNames}. */
export function createChecksum(name: string): Checksum {
  const checksum = KINDS.get(name)?.[1]()
  if (!checksum) throw new TypeError(`There is no checksum ${name}`)
  return checksum
}

/** Ends a checksum; its text as a header carries it. */
export function digestBase64(checksum: Checksum): string {
  return btoa(String.fromCharCode(...checksum.digest()))
}
