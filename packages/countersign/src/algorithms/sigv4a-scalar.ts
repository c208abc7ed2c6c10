/**
 * The key of SigV4A: a private scalar of P-256 that a counter mode derives from an access key. It knows neither day
 * nor region nor service, and whoever has it can sign everything that the access key can.
 *
 * @see {@link https://nvlpubs.nist.gov/nistpubs/SpecialPublications/NIST.SP.800-108r1.pdf} KDF in counter mode
 * @module
 */
import { bytesOfHex, utf8 } from '../core/bytes.ts'
import { SIGV4A_ALGORITHM } from '../core/names.ts'
import { defaultSha256 } from '../crypto/default-sha256.ts'
import { SigningError } from '../errors.ts'

/** The largest candidate that a key is made of: the order of the curve less 2. */
const MOST = 'ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc63254f'
const TRIALS = 254

/** Derives the private scalar of an access key; 32 bytes. */
export function deriveSigV4AKey(secretAccessKey: string, accessKeyId: string): Uint8Array {
  const { signHex } = defaultSha256().hmacKey(utf8('AWS4A' + secretAccessKey))
  return deriveScalar(signHex, accessKeyId)
}

/**
 * Looks for the first candidate that is a scalar.
 *
 * @param mac HMAC-SHA256 with the key `AWS4A` and the secret, over a byte string, in lower-case hex
 * @throws {@link SigningError} `SIGNING_KEY_INVALID` when no candidate fits, as can only be by design
 */
export function deriveScalar(mac: (input: string) => string, accessKeyId: string): Uint8Array {
  // The second trial comes once in 2^32 keys. Each has the whole input anew, with the next counter.
  for (let counter = 1; counter <= TRIALS; counter++) {
    const context = accessKeyId + String.fromCharCode(counter)
    const candidate = bytesOfHex(mac(`\0\0\0\x01${SIGV4A_ALGORITHM}\0${context}\0\0\x01\0`))
    if (!isAbove(candidate, bytesOfHex(MOST))) return plusOne(candidate)
  }
  throw new SigningError('SIGNING_KEY_INVALID', 'No key can be derived; use another access key')
}

/** Whether a number is above another one of the same length, in a time that does not depend on either. */
function isAbove(number: Uint8Array, other: Uint8Array): boolean {
  let isGreater = 0
  let isEqual = 1
  number.forEach((byte, index) => {
    const difference = (other[index] ?? 0) - byte
    isGreater |= isEqual & (difference >>> 31)
    isEqual &= ~(difference | -difference) >>> 31
  })
  return isGreater === 1
}

function plusOne(number: Uint8Array): Uint8Array {
  const sum = Uint8Array.from(number)
  let carry = 1
  for (let index = sum.length - 1; index >= 0; index--) {
    const digit = (sum[index] ?? 0) + carry
    sum[index] = digit
    carry = digit >>> 8
  }
  return sum
}
