/**
 * The forms that keys come in, brought to the two that WebCrypto reads: PKCS#8 for private ones, SPKI for public ones.
 * `openssl genrsa` of old writes PKCS#1 (`BEGIN RSA PRIVATE KEY`), `openssl ecparam -genkey` SEC1 (`BEGIN EC PRIVATE
 * KEY`): they lack only a wrapping that says of which kind they are.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc5958#section-2} PKCS#8
 * @see {@link https://www.rfc-editor.org/rfc/rfc8017#appendix-A.1} PKCS#1
 * @see {@link https://www.rfc-editor.org/rfc/rfc5915} SEC1
 * @module
 */
import { bytesOfHex, hexOf, type Bytes } from '../core/bytes.ts'
import { SigningError } from '../errors.ts'
import { formatDer, parseSequence, TAG, type DerElement } from './der.ts'
import { decodeBase64 } from './url-safe-base64.ts'

/** Kinds of keys that CloudFront takes. */
export type KeyKind = 'RSA' | 'EC'

/** Which half of a key pair. */
export type KeyHalf = 'private' | 'public'

/** A key as WebCrypto reads it. */
export interface EncodedKey {
  readonly kind: KeyKind
  /** PKCS#8 or SPKI. */
  readonly bytes: Bytes
}

// rsaEncryption with its NULL, and ecPublicKey on P-256.
const ALGORITHMS: Readonly<Record<KeyKind, string>> = {
  RSA: '06092a864886f70d0101010500',
  EC: '06072a8648ce3d020106082a8648ce3d030107',
}
const P256 = '06082a8648ce3d030107'
/** Tag of the curve's name in SEC1. */
const SEC1_CURVE = 0xa0

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----([\s\S]*?)-----END \1-----/g

/**
 * Takes the first key of a half out of a PEM text, which may hold other things as well.
 *
 * @throws {@link SigningError} `KEY_INVALID`
 */
export function parsePem(text: string, half: KeyHalf): Bytes {
  const blocks = [...text.matchAll(BLOCK)]
  const [, label = '', body = ''] =
    blocks.find(([, name = '']) => name.endsWith(`${half.toUpperCase()} KEY`)) ?? []
  if (label === '') {
    const others = blocks.map(([, name = '']) => name).join(', ')
    throw invalid(`The text has no PEM block of a ${half} key${others && `, but ${others}`}`)
  }
  // The headers of PEM's own encryption, which OpenSSL wrote before it wrote PKCS#8.
  if (label.startsWith('ENCRYPTED') || body.includes('Proc-Type')) {
    throw invalid('The key is encrypted: decrypt it first, with openssl pkcs8 -topk8 -nocrypt')
  }
  const bytes = decodeBase64(body)
  if (bytes) return bytes
  throw invalid(
    'The PEM block is damaged; in a variable of the environment its line ends may have become \\n',
  )
}

/**
 * Reads a private key in DER: PKCS#8, PKCS#1 or SEC1.
 *
 * @throws {@link SigningError} `KEY_INVALID`
 */
export function encodePrivateKey(der: Bytes): EncodedKey {
  const [version, second, third, fourth] = parseSequence(der) ?? []
  if (version?.tag === TAG.integer) {
    const kind = kindOf(second)
    if (kind) return { kind, bytes: der }
    if (second?.tag === TAG.integer) return wrapPrivateKey('RSA', der)
    // A curve that is not named is P-256 by the length of the key.
    const curve = [third, fourth].find((element) => element?.tag === SEC1_CURVE)
    const isP256 = curve === undefined || hexOf(curve.content) === P256
    if (second?.tag === TAG.octetString && second.content.length === 32 && isP256)
      return wrapPrivateKey('EC', der)
  }
  throw invalid('The private key must be RSA or ECDSA on P-256, in PKCS#8, PKCS#1 or SEC1')
}

/**
 * Reads a public key in DER: SPKI, or PKCS#1 of an RSA key.
 *
 * @throws {@link SigningError} `KEY_INVALID`
 */
export function encodePublicKey(der: Bytes): EncodedKey {
  const [first, second, third] = parseSequence(der) ?? []
  const kind = kindOf(first)
  if (kind && second?.tag === TAG.bitString) return { kind, bytes: der }
  if (first?.tag === TAG.integer && second?.tag === TAG.integer && third === undefined) {
    const bits = formatDer(TAG.bitString, Uint8Array.of(0), der)
    return { kind: 'RSA', bytes: formatDer(TAG.sequence, algorithmOf('RSA'), bits) }
  }
  throw invalid('The public key must be RSA or ECDSA on P-256, in SPKI or PKCS#1')
}

function wrapPrivateKey(kind: KeyKind, der: Bytes): EncodedKey {
  const version = formatDer(TAG.integer, Uint8Array.of(0))
  return {
    kind,
    bytes: formatDer(TAG.sequence, version, algorithmOf(kind), formatDer(TAG.octetString, der)),
  }
}

function algorithmOf(kind: KeyKind): Bytes {
  return formatDer(TAG.sequence, bytesOfHex(ALGORITHMS[kind]))
}

function kindOf(algorithm: DerElement | undefined): KeyKind | undefined {
  const text = algorithm?.tag === TAG.sequence ? hexOf(algorithm.content) : ''
  if (text === ALGORITHMS.EC) return 'EC'
  return text === ALGORITHMS.RSA ? 'RSA' : undefined
}

function invalid(message: string): SigningError {
  return new SigningError('KEY_INVALID', message)
}
