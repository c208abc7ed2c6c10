/**
 * Digests of the body that a request's headers carry: `Content-MD5`, and `x-amz-checksum-crc32` and its kin. They are
 * of the data itself, without the frames of a chunked upload. None of them stands in for a signature: a body that they
 * fit is as unsigned as before, and one that they do not fit is refused all the same.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html}
 * @module
 */
import { bytesOfText, hexOf } from '../core/bytes.ts'
import { canonicalHeaderValue, type Header } from '../core/canonical-headers.ts'
import { X_AMZ_TRAILER } from '../core/chunk-framing.ts'
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
import { CONTENT_MD5, valueOf } from './message.ts'
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

/** At S3; three headers with this prefix tell something about checksums, and carry none. */
const CARRIES_CHECKSUM = /^x-amz-checksum-(?!(?:algorithm|mode|type)$)/
const NONE: readonly ExpectedDigest[] = Object.freeze([])

/**
 * Reads the digests off the head, and looks at their form, before anything of the body is read.
 *
 * @param isWanted whether anything is done with them
 * @throws {@link VerificationError} `CONTENT_MD5_INVALID`, `CHECKSUM_INVALID`, `CHECKSUM_UNSUPPORTED`,
 * `CHECKSUMS_SEVERAL`, `REQUEST_MALFORMED`
 */
export function readDigests(claim: Claim, isWanted: boolean): readonly ExpectedDigest[] {
  const { headers, hasDigest } = claim.message
  if (!isWanted || !hasDigest) return NONE
  const md5 = headers.filter(([header]) => header === CONTENT_MD5)
  if (md5.length > 1) {
    throw refuse('REQUEST_MALFORMED', `a header stands twice: ${CONTENT_MD5}`, { header: CONTENT_MD5 })
  }
  const checksums = isOfWholeObject(claim) ? [] : headers.filter(([header]) => isChecksum(header, claim))
  const trailers = valueOf(headers, X_AMZ_TRAILER) ?? ''
  if (checksums.length > (trailers.toLowerCase().includes(CHECKSUM_PREFIX) ? 0 : 1)) {
    throw refuse('CHECKSUMS_SEVERAL', `Only one ${CHECKSUM_PREFIX}… may be sent, as header or as trailer`)
  }
  return [...md5, ...checksums].map(readDigest)
}

/** Elsewhere than at S3 nothing says that a header with an unknown name behind this prefix carries a checksum. */
function isChecksum(header: string, { rules: { unsignedPayload: isS3 } }: Claim): boolean {
  return checksumOfHeader(header) !== undefined || (isS3 && CARRIES_CHECKSUM.test(header))
}

/** CompleteMultipartUpload carries the checksum of the object that its parts become; its own body is a list of them. */
function isOfWholeObject(claim: Claim): boolean {
  const { message, rules } = claim
  if (!rules.unsignedPayload || message.method !== 'POST') return false
  return coveredPairs(claim).some(([name]) => name === 'uploadId')
}

function readDigest([header, given]: Header): ExpectedDigest {
  const isMd5 = header === CONTENT_MD5
  const name = isMd5 ? 'md5' : checksumOfHeader(header)
  if (name === undefined) {
    // Whoever sends it believes the body to be checked.
    throw refuse('CHECKSUM_UNSUPPORTED', `${header} is none of the checksums that are verified here`, {
      header,
    })
  }
  const value = canonicalHeaderValue(given)
  if (isChecksumText(name, value)) return { header, name, value }
  throw isMd5
    ? refuse('CONTENT_MD5_INVALID', 'Content-MD5 is not the base64 of 16 bytes', {
        contentMd5: value.slice(0, 64),
      })
    : refuse('CHECKSUM_INVALID', `${header} is not the base64 of a ${name}`, { header })
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
  const facts = { calculatedDigest: computed, expectedDigest: hexOf(bytesOfText(atob(given))) }
  return refuse('CONTENT_MD5_MISMATCH', differs('Content-MD5'), facts)
}

/** The refusal of another body than the one that a checksum was made of. */
export function wrongChecksum(header: string, checksum: string): Error {
  return refuse('CHECKSUM_MISMATCH', differs(header), { checksum })
}

function differs(header: string): string {
  return `The body is not the one that its ${header} was made of`
}
