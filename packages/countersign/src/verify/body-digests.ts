/**
 * Digests of the body that a request's headers carry: `Content-MD5`, and `x-amz-checksum-crc32` and its kin. They are
 * of the data itself, without the frames of a chunked upload. None of them stands in for a signature: a body that they
 * fit is as unsigned as before, and one that they do not fit is refused all the same.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html}
 * @module
 */
import { X_AMZ_TRAILER } from '../core/chunk-framing.ts'
import { hexOf } from '../core/bytes.ts'
import type { Checksum } from '../crypto/checksums/checksum.ts'
import {
  CHECKSUM_PREFIX,
  checksumOfHeader,
  createChecksum,
  digestBase64,
  isChecksumText,
} from '../crypto/checksums/s3-checksums.ts'
import { equalConstantTime } from '../crypto/constant-time.ts'
import type { Claim } from './claim.ts'
import { valueOf } from './message.ts'
import { coveredPairs } from './rebuild.ts'
import { refuse } from './refusals.ts'

/** A digest that the body must have. */
export interface ExpectedDigest {
  /** Lower-case name of the header that carries it. */
  readonly header: string
  /** The checksum's own name: `md5`, `crc32`, … */
  readonly name: string
  /** In base64. */
  readonly value: string
}

const CONTENT_MD5 = 'content-md5'
/** Headers of S3 that tell something about checksums, and carry none. */
const NO_CHECKSUMS: ReadonlySet<string> = new Set(
  ['algorithm', 'mode', 'type'].map((name) => CHECKSUM_PREFIX + name),
)
const BLANKS = /^[\t ]+|[\t ]+$/g
const NONE: readonly ExpectedDigest[] = Object.freeze([])

/**
 * Reads the digests off the head, and looks at their form, before anything of the body is read.
 *
 * @param isWanted whether anything is done with them
 * @throws {@link VerificationError} `CONTENT_MD5_INVALID`, `CHECKSUM_INVALID`, `CHECKSUM_UNSUPPORTED`,
 * `CHECKSUMS_SEVERAL`, `REQUEST_MALFORMED`
 */
export function readDigests(claim: Claim, isWanted: boolean): readonly ExpectedDigest[] {
  if (!isWanted || claim.message.isUsual) return NONE
  let md5: ExpectedDigest | undefined
  let checksums: Claim['message']['headers'] | undefined
  for (const field of claim.message.headers) {
    const header = field[0]
    if (header === CONTENT_MD5) md5 = readContentMd5(field[1], md5)
    else if (header.startsWith(CHECKSUM_PREFIX) && isChecksum(header, claim)) {
      checksums = [...(checksums ?? []), field]
    }
  }
  const checksum = checksums && !isOfWholeObject(claim) ? readChecksum(checksums, claim) : undefined
  if (!md5 && !checksum) return NONE
  return [md5, checksum].filter((digest) => digest !== undefined)
}

function readContentMd5(value: string, earlier: ExpectedDigest | undefined): ExpectedDigest {
  if (earlier) {
    throw refuse('REQUEST_MALFORMED', `a header stands twice: ${CONTENT_MD5}`, { header: CONTENT_MD5 })
  }
  const text = value.replace(BLANKS, '')
  if (isChecksumText('md5', text)) return { header: CONTENT_MD5, name: 'md5', value: text }
  throw refuse('CONTENT_MD5_INVALID', 'Content-MD5 is not the base64 of 16 bytes', {
    contentMd5: text.slice(0, 64),
  })
}

/** Elsewhere than at S3 nothing says that a header with an unknown name behind this prefix carries a checksum. */
function isChecksum(header: string, { rules: { unsignedPayload: isS3 } }: Claim): boolean {
  return checksumOfHeader(header) !== undefined || (isS3 && !NO_CHECKSUMS.has(header))
}

/** CompleteMultipartUpload carries the checksum of the object that its parts become; its own body is a list of them. */
function isOfWholeObject(claim: Claim): boolean {
  const { message, rules } = claim
  if (!rules.unsignedPayload || message.method !== 'POST') return false
  return coveredPairs(claim).some(([name]) => name === 'uploadId')
}

function readChecksum(
  [field, another]: Claim['message']['headers'],
  { message }: Claim,
): ExpectedDigest | undefined {
  if (!field) return undefined
  const isAlsoTrailer = valueOf(message.headers, X_AMZ_TRAILER)?.toLowerCase().includes(CHECKSUM_PREFIX)
  if (another || isAlsoTrailer) {
    throw refuse('CHECKSUMS_SEVERAL', `Only one ${CHECKSUM_PREFIX}… may be sent, as header or as trailer`)
  }
  const [header, value] = field
  const name = checksumOfHeader(header)
  if (name === undefined) {
    // Whoever sends it believes the body to be checked.
    throw refuse('CHECKSUM_UNSUPPORTED', `${header} is none of the checksums that are verified here`, {
      header,
    })
  }
  const text = value.replace(BLANKS, '')
  if (isChecksumText(name, text)) return { header, name, value: text }
  throw refuse('CHECKSUM_INVALID', `${header} is not the base64 of a ${name}`, { header })
}

/** The digests of one body, computed as it passes. */
export class BodyDigests {
  readonly #underWay: readonly (readonly [expected: ExpectedDigest, computed: Checksum])[]

  constructor(expected: readonly ExpectedDigest[]) {
    this.#underWay = expected.map((digest) => [digest, createChecksum(digest.name)])
  }

  /** Takes data of the body. */
  update(data: Uint8Array): void {
    for (const [, computed] of this.#underWay) computed.update(data)
  }

  /**
   * Checks the digests at the body's end; to be called once.
   *
   * @throws {@link VerificationError} `CONTENT_MD5_MISMATCH`, `CHECKSUM_MISMATCH`
   */
  check(): void {
    for (const [{ header, name, value }, computed] of this.#underWay) {
      const text = digestBase64(computed)
      if (equalConstantTime(text, value)) continue
      if (header === CONTENT_MD5) throw wrongMd5(text, value)
      throw wrongChecksum(header, name)
    }
  }
}

/**
 * Checks a body that is at hand whole.
 *
 * @throws {@link VerificationError} `CONTENT_MD5_MISMATCH`, `CHECKSUM_MISMATCH`
 */
export function assertDigests(body: Uint8Array, expected: readonly ExpectedDigest[]): void {
  const digests = new BodyDigests(expected)
  digests.update(body)
  digests.check()
}

// S3 tells the one in base64 and the other in hex.
function wrongMd5(computed: string, given: string): Error {
  const bytes = Uint8Array.from(atob(given), (character) => character.charCodeAt(0))
  const facts = { calculatedDigest: computed, expectedDigest: hexOf(bytes) }
  return refuse('CONTENT_MD5_MISMATCH', 'The body is not the one that its Content-MD5 was made of', facts)
}

/** The refusal of another body than the one that a checksum was made of. */
export function wrongChecksum(header: string, checksum: string): Error {
  return refuse('CHECKSUM_MISMATCH', `The body is not the one that its ${header} was made of`, { checksum })
}
