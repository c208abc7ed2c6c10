/**
 * Checksums of S3: `x-amz-checksum-crc32: DUoRhQ==` and its kin, computed on the way.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html}
 * @module
 */
import { _MD5 as NobleMd5, _SHA1 as NobleSha1 } from '@noble/hashes/legacy.js'
import { _SHA256 as NobleSha256, _SHA512 as NobleSha512 } from '@noble/hashes/sha2.js'
import type { Checksum } from './checksum.ts'
import { createCrc32, createCrc32c } from './crc32.ts'
import { createCrc64Nvme } from './crc64nvme.ts'

/** The checksums that are known here. */
export type ChecksumName = 'crc32' | 'crc32c' | 'crc64nvme' | 'md5' | 'sha1' | 'sha256' | 'sha512'

/** What the names of checksum headers begin with. */
export const CHECKSUM_PREFIX = 'x-amz-checksum-'

/** One kind of checksum. */
interface ChecksumKind {
  /** Length in bytes. */
  readonly length: number
  create(): Checksum
}

function ofHash(name: string, length: number, noble: () => Checksum): ChecksumKind {
  const create = (): Checksum => {
    const { process } = globalThis as { process?: Partial<NodeJS.Process> }
    const node = process?.getBuiltinModule?.('node:crypto')?.createHash(name)
    if (node) return { update: (bytes) => void node.update(bytes), digest: () => node.digest() }
    const state = noble()
    return { update: (bytes) => state.update(bytes), digest: () => state.digest() }
  }
  return { length, create }
}

const KINDS: ReadonlyMap<string, ChecksumKind> = new Map<ChecksumName, ChecksumKind>([
  ['crc32', { length: 4, create: createCrc32 }],
  ['crc32c', { length: 4, create: createCrc32c }],
  ['crc64nvme', { length: 8, create: createCrc64Nvme }],
  ['md5', ofHash('md5', 16, () => new NobleMd5())],
  ['sha1', ofHash('sha1', 20, () => new NobleSha1())],
  ['sha256', ofHash('sha256', 32, () => new NobleSha256())],
  ['sha512', ofHash('sha512', 64, () => new NobleSha512())],
])

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/

/** Names of all checksums. */
export const CHECKSUM_NAMES: readonly string[] = [...KINDS.keys()]

/** Name of the header or trailer that carries a checksum. */
export function checksumHeader(name: string): string {
  return CHECKSUM_PREFIX + name
}

/** The checksum that a header or trailer carries; `undefined` when it is none that is known here. */
export function checksumOfHeader(header: string): string | undefined {
  const name = header.startsWith(CHECKSUM_PREFIX) ? header.slice(CHECKSUM_PREFIX.length) : ''
  return KINDS.has(name) ? name : undefined
}

/** Length of a checksum as text, in characters; `undefined` when there is no such checksum. */
export function checksumLength(name: string): number | undefined {
  const kind = KINDS.get(name)
  return kind && Math.ceil(kind.length / 3) * 4
}

/**
 * Whether a text is a checksum as a header carries it: base64 of the right length, in the one spelling that an encoder
 * gives it.
 */
export function isChecksumText(name: string, text: string): boolean {
  if (text.length !== checksumLength(name) || !BASE64.test(text)) return false
  const bytes = atob(text)
  return bytes.length === KINDS.get(name)?.length && btoa(bytes) === text
}

/** Begins a checksum by one of {@link CHECKSUM_NAMES}. */
export function createChecksum(name: string): Checksum {
  const kind = KINDS.get(name)
  if (!kind) throw new TypeError(`There is no checksum ${name}`)
  return kind.create()
}

/** Ends a checksum; its text as a header carries it. */
export function digestBase64(checksum: Checksum): string {
  return btoa(String.fromCharCode(...checksum.digest()))
}
