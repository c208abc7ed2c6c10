/**
 * SigV4A: signatures that hold in several regions, for multi-region access points and CloudFront KeyValueStore.
 *
 * ```js
 * import { signRequest } from 'countersign'
 * import { sigV4A } from 'countersign/sigv4a'
 *
 * signRequest({ method: 'GET', url }, { credentials, algorithm: sigV4A })
 * ```
 *
 * @see {@link https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html}
 * @module
 */
import type { SignatureAlgorithm, SignatureKey } from './algorithms/algorithm.ts'
import { isDerSignature } from './algorithms/der-signature.ts'
import { isInRegionSet, parseRegionSet } from './algorithms/region-set.ts'
import { deriveSigV4AKey } from './algorithms/sigv4a-scalar.ts'
import { SIGV4A_ALGORITHM } from './core/names.ts'
import { defaultP256 } from './crypto/default-p256.ts'
import { resolveSigV4AKey } from './keys/sigv4a-key.ts'

function prepareKey(bytes: Uint8Array): SignatureKey {
  const pair = defaultP256()(bytes)
  return {
    signHex: (text) => pair.signHex(text),
    hasSigned: (text, signature) => isDerSignature(signature) && pair.hasSigned(text, signature),
  }
}

/**
 * SigV4A with ECDSA on P-256 and SHA-256, for the `algorithm` of a signer and the `algorithms` of a verifier:
 *
 * ```js
 * signRequest(request, { credentials, algorithm: sigV4A, region: ['us-east-1', 'eu-*'] })
 * createVerifier({ secrets, service, region, algorithms: [sigV4, sigV4A] })
 * ```
 */
export const sigV4A: SignatureAlgorithm = {
  name: SIGV4A_ALGORITHM,
  regionSet: { resolveKey: resolveSigV4AKey, parse: parseRegionSet, includes: isInRegionSet },
  deriveKey: (secretAccessKey, _, accessKeyId) => deriveSigV4AKey(secretAccessKey, accessKeyId),
  prepareKey,
  isWellFormed: isDerSignature,
}

export type {
  KeyOwner,
  RegionSetRules,
  SignatureAlgorithm,
  SignatureKey,
  SignerKey,
} from './algorithms/algorithm.ts'
