/**
 * What an access key may be made of: its id, its secret, its principal and its end, given or made up.
 *
 * @module
 */
import { randomBytes } from 'node:crypto'
import { KeyStoreError } from '../errors.ts'
import type { KeyRequest } from './access-key.ts'

/** What the verifier takes for an access key id. */
const ACCESS_KEY_ID = /^[\w./=+-]{1,128}$/
/** What AWS's SDKs and the tools around them can hold without quoting. */
const SECRET = /^[\x21-\x7e]{8,256}$/
/** What can be sent as the value of an HTTP header, and comes out as it went in. */
const PRINCIPAL = /^(?=.{1,256}$)[\x21-\x7e]+(?: [\x21-\x7e]+)*$/
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const LONGEST_OVERLAP = 366 * 24 * 60 * 60

/** A key to be stored, with nothing left out. */
export interface NewKey {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly principal: string
  readonly expiresAt: Date | undefined
}

/**
 * Checks what was given and makes up the rest.
 *
 * @throws {@link KeyStoreError} `KEY_INVALID`
 */
export function resolveKeyRequest(request: KeyRequest, now: Date): NewKey {
  const {
    principal,
    accessKeyId = createAccessKeyId(),
    secretAccessKey = createSecretAccessKey(),
    expiresAt,
  } = request
  if (!ACCESS_KEY_ID.test(accessKeyId))
    throw invalid('An access key id is 1 to 128 letters, digits or _./=+-')
  if (!SECRET.test(secretAccessKey)) {
    throw invalid('A secret access key is 8 to 256 visible ASCII characters, without blanks')
  }
  if (!PRINCIPAL.test(principal)) {
    throw invalid(
      'A principal is 1 to 256 visible ASCII characters, with single blanks between words: it goes into a header',
    )
  }
  requireFuture(expiresAt, now)
  return { accessKeyId, secretAccessKey, principal, expiresAt }
}

/**
 * Refuses an end that has passed.
 *
 * @throws {@link KeyStoreError} `KEY_INVALID`
 */
export function requireFuture(expiresAt: Date | undefined, now: Date): void {
  if (expiresAt === undefined || expiresAt > now) return
  throw invalid('The expiry is not a date in the future; to stop a key at once, disable it')
}

/**
 * Refuses an overlap that is not a time.
 *
 * @param overlap in seconds
 * @throws {@link KeyStoreError} `KEY_INVALID`
 */
export function requireOverlap(overlap: number): void {
  if (overlap >= 0 && overlap <= LONGEST_OVERLAP) return
  throw invalid(`The overlap is 0 to ${LONGEST_OVERLAP} seconds, which is a year`)
}

/** The secret that a key gets at first, or by rotation: 240 bits. */
export function createSecretAccessKey(): string {
  return randomBytes(30).toString('base64url')
}

/** `CSAK` and 80 bits, in the letters of AWS's own ids. */
function createAccessKeyId(): string {
  return `CSAK${Array.from(randomBytes(16), (byte) => BASE32[byte % 32]).join('')}`
}

function invalid(message: string): KeyStoreError {
  return new KeyStoreError('KEY_INVALID', message)
}
