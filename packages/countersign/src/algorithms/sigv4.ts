/**
 * SigV4: HMAC-SHA256 with a key that four HMACs derive from the secret, bound to day, region and service.
 *
 * @see {@link https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html}
 * @module
 */
import { bytesOfHex, utf8 } from '../core/bytes.ts'
import { TERMINATOR, type CredentialScope } from '../core/credential-scope.ts'
import { SIGV4_ALGORITHM } from '../core/names.ts'
import { defaultSha256 } from '../crypto/default-sha256.ts'
import type { SignatureAlgorithm } from './algorithm.ts'

const HEX_DIGEST = /^[0-9a-f]{64}$/

function deriveKey(secretAccessKey: string, { date, region, service }: CredentialScope): Uint8Array {
  const { hmacKey } = defaultSha256()
  let key: Uint8Array = utf8('AWS4' + secretAccessKey)
  for (const part of [date, region, service, TERMINATOR]) key = bytesOfHex(hmacKey(key).signHex(part))
  return key
}

/** SigV4 with HMAC-SHA256. */
export const sigV4: SignatureAlgorithm = {
  name: SIGV4_ALGORITHM,
  deriveKey,
  prepareKey: (bytes) => defaultSha256().hmacKey(bytes),
  isWellFormed: (signature) => HEX_DIGEST.test(signature),
}
