/**
 * SigV4: HMAC-SHA256 with a key that four HMACs derive from the secret, bound to day, region and service.
 *
 * @see {@link https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html}
 * @module
 */
import { bytesOfHex, utf8 } from '../core/bytes.ts'
import { formatCredentialScope, type RegionalScope } from '../core/credential-scope.ts'
import { SIGV4_ALGORITHM } from '../core/names.ts'
import { equalConstantTime } from '../crypto/constant-time.ts'
import { defaultSha256 } from '../crypto/default-sha256.ts'
import type { SignatureAlgorithm, SignatureKey } from './algorithm.ts'

const HEX_DIGEST = /^[0-9a-f]{64}$/

/** Derives the signing key of a day, region and service from a secret access key; 32 bytes. */
export function deriveSigV4Key(secretAccessKey: string, scope: RegionalScope): Uint8Array {
  let key = utf8('AWS4' + secretAccessKey)
  for (const part of formatCredentialScope(scope).split('/'))
    key = bytesOfHex(defaultSha256().hmacKey(key).signHex(part))
  return key
}

function prepareKey(bytes: Uint8Array): SignatureKey {
  const { signHex } = defaultSha256().hmacKey(bytes)
  return { signHex, hasSigned: (text, signature) => equalConstantTime(signHex(text), signature) }
}

/** SigV4 with HMAC-SHA256. */
export const sigV4: SignatureAlgorithm = {
  name: SIGV4_ALGORITHM,
  deriveKey: (secretAccessKey, { date, region = '', service }) =>
    deriveSigV4Key(secretAccessKey, { date, region, service }),
  prepareKey,
  isWellFormed: (signature) => HEX_DIGEST.test(signature),
}
