/**
 * Keys of CloudFront signatures, read once and given to WebCrypto, which every runtime has.
 *
 * @see {@link https://www.w3.org/TR/WebCryptoAPI/}
 * @module
 */
import type { Bytes } from '../core/bytes.ts'
import { SigningError } from '../errors.ts'
import { formatEcdsaSignature, parseEcdsaSignature } from './ecdsa-signature.ts'
import {
  encodePrivateKey,
  encodePublicKey,
  parsePem,
  type EncodedKey,
  type KeyHalf,
  type KeyKind,
} from './key-encoding.ts'

/** A key: PEM, DER, JWK, or a `CryptoKey`. */
export type CloudFrontKey = string | Uint8Array | ArrayBuffer | JsonWebKey | CryptoKey

/** The hash of a signature. CloudFront takes SHA-1 unless the signature says `Hash-Algorithm=SHA256`. */
export type CloudFrontAlgorithm = 'SHA1' | 'SHA256'

/** A key that was read and not yet given to WebCrypto. */
export type ReadKey = EncodedKey | { readonly kind: KeyKind; readonly jwk: JsonWebKey } | CryptoKey

/** What one kind of keys needs of WebCrypto, and how its signatures look on the wire. */
interface Scheme {
  readonly name: string
  readonly namedCurve?: string
  readonly members: Readonly<Record<KeyHalf, readonly string[]>>
  format(raw: Uint8Array): Uint8Array
  parse(signature: Bytes): Bytes | undefined
}

const SCHEMES: Readonly<Record<KeyKind, Scheme>> = {
  RSA: {
    name: 'RSASSA-PKCS1-v1_5',
    members: { public: ['n', 'e'], private: ['n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qi'] },
    format: (raw) => raw,
    parse: (signature) => signature,
  },
  EC: {
    name: 'ECDSA',
    namedCurve: 'P-256',
    members: { public: ['x', 'y'], private: ['x', 'y', 'd'] },
    format: formatEcdsaSignature,
    parse: parseEcdsaSignature,
  },
}

const HASHES: ReadonlyMap<string, string> = new Map([
  ['SHA1', 'SHA-1'],
  ['SHA256', 'SHA-256'],
])
const USES: Readonly<Record<KeyHalf, KeyUsage>> = { private: 'sign', public: 'verify' }

/**
 * Reads a key, without waiting for anything.
 *
 * @throws {@link SigningError} `KEY_INVALID`
 */
export function readKey(key: CloudFrontKey, half: KeyHalf): ReadKey {
  const encode = half === 'private' ? encodePrivateKey : encodePublicKey
  if (typeof key === 'string') return encode(parsePem(key, half))
  if (key instanceof ArrayBuffer || ArrayBuffer.isView(key)) return encode(new Uint8Array(key))
  if (typeof key === 'object' && key !== null && 'kty' in key) return readJwk(key, half)
  if (typeof key === 'object' && key !== null && 'usages' in key && isOfHalf(key, half)) return key
  throw new SigningError(
    'KEY_INVALID',
    `The ${half} key must be PEM, DER, a JWK, or a CryptoKey for RSASSA-PKCS1-v1_5 or ECDSA that may ${USES[half]}`,
  )
}

/** Whether a key can work with a hash; a `CryptoKey` for RSA is bound to one. */
export function isForAlgorithm(key: ReadKey, algorithm: CloudFrontAlgorithm): boolean {
  if (!('algorithm' in key) || !('hash' in key.algorithm)) return true
  return (key.algorithm as RsaHashedKeyAlgorithm).hash.name === HASHES.get(algorithm)
}

/**
 * Gives a key to WebCrypto, from which it cannot be had again.
 *
 * @throws {@link SigningError} `KEY_INVALID`, `WEBCRYPTO_UNAVAILABLE`
 */
export async function importKey(
  key: ReadKey,
  half: KeyHalf,
  algorithm: CloudFrontAlgorithm,
): Promise<CryptoKey> {
  const subtle = requireSubtle()
  if ('usages' in key) return key
  const { name, namedCurve } = SCHEMES[key.kind]
  const parameters = { name, ...(namedCurve ? { namedCurve } : { hash: HASHES.get(algorithm) ?? '' }) }
  const uses = [USES[half]]
  try {
    if ('jwk' in key) return await subtle.importKey('jwk', key.jwk, parameters, false, uses)
    return await subtle.importKey(half === 'private' ? 'pkcs8' : 'spki', key.bytes, parameters, false, uses)
  } catch (cause) {
    throw new SigningError(
      'KEY_INVALID',
      `The ${half} key is refused by the runtime: it is damaged or too short`,
      {
        cause,
      },
    )
  }
}

/**
 * Signs, in the form that CloudFront reads.
 *
 * @throws {@link SigningError} `WEBCRYPTO_UNAVAILABLE`
 */
export async function signBytes(
  key: CryptoKey,
  algorithm: CloudFrontAlgorithm,
  bytes: Bytes,
): Promise<Uint8Array> {
  const { name, format } = schemeOf(key)
  const parameters = { name, hash: HASHES.get(algorithm) ?? '' }
  const raw = await requireSubtle().sign(parameters, key, bytes).catch(rejectScheme(name, algorithm))
  return format(new Uint8Array(raw))
}

/**
 * Whether a signature in the form that CloudFront reads is that of a key over bytes.
 *
 * @throws {@link SigningError} `WEBCRYPTO_UNAVAILABLE`
 */
export async function isSignatureOf(
  key: CryptoKey,
  algorithm: CloudFrontAlgorithm,
  bytes: Bytes,
  signature: Bytes,
): Promise<boolean> {
  const { name, parse } = schemeOf(key)
  const raw = parse(signature)
  if (raw === undefined) return false
  const parameters = { name, hash: HASHES.get(algorithm) ?? '' }
  return requireSubtle().verify(parameters, key, raw, bytes).catch(rejectScheme(name, algorithm))
}

function schemeOf(key: CryptoKey): Scheme {
  return key.algorithm.name === SCHEMES.EC.name ? SCHEMES.EC : SCHEMES.RSA
}

// Not every runtime has every hash for ECDSA.
function rejectScheme(name: string, algorithm: CloudFrontAlgorithm): (cause: unknown) => never {
  return (cause) => {
    const message = `This runtime has no ${name} with ${algorithm}: take the other algorithm, or another kind of key`
    throw new SigningError('WEBCRYPTO_UNAVAILABLE', message, { cause })
  }
}

function readJwk(key: JsonWebKey, half: KeyHalf): ReadKey {
  const kind = key.kty === 'RSA' ? 'RSA' : 'EC'
  const isKnown = kind === 'RSA' || (key.kty === 'EC' && key.crv === 'P-256')
  if (!isKnown || (half === 'private' && typeof key.d !== 'string')) {
    throw new SigningError('KEY_INVALID', `The JWK must be a ${half} key, RSA or ECDSA on P-256`)
  }
  // Members such as alg and key_ops may contradict the use that is made of it here.
  const members = Object.entries(key).filter(([name]) => SCHEMES[kind].members[half].includes(name))
  return { kind, jwk: { kty: kind, ...(kind === 'EC' && { crv: 'P-256' }), ...Object.fromEntries(members) } }
}

function isOfHalf({ type, usages, algorithm }: CryptoKey, half: KeyHalf): boolean {
  const isEcdsa = algorithm.name === SCHEMES.EC.name
  const isKnown = isEcdsa
    ? 'namedCurve' in algorithm && algorithm.namedCurve === SCHEMES.EC.namedCurve
    : algorithm.name === SCHEMES.RSA.name
  return type === half && isKnown && usages.includes(USES[half])
}

function requireSubtle(): SubtleCrypto {
  const { crypto } = globalThis as { crypto?: { subtle?: SubtleCrypto } }
  if (crypto?.subtle) return crypto.subtle
  throw new SigningError(
    'WEBCRYPTO_UNAVAILABLE',
    'There is no WebCrypto here: browsers have it on https pages alone',
  )
}
