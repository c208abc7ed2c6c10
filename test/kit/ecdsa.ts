/**
 * Signatures of SigV4A, made with node:crypto and not by the library.
 *
 * @module
 */
import { createECDH, createHmac, createPrivateKey, sign } from 'node:crypto'

/** Name of the algorithm. */
export const SIGV4A = 'AWS4-ECDSA-P256-SHA256'

interface AccessKey {
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

/** Signs with the first candidate, which is the key of all but one access key in 2^32; DER in hex. */
export function signWithEcdsa({ accessKeyId, secretAccessKey }: AccessKey, stringToSign: string): string {
  const input = `\0\0\0\x01${SIGV4A}\0${accessKeyId}\x01\0\0\x01\0`
  const candidate = createHmac('sha256', `AWS4A${secretAccessKey}`).update(input).digest('hex')
  const scalar = Buffer.from((BigInt(`0x${candidate}`) + 1n).toString(16).padStart(64, '0'), 'hex')
  const ecdh = createECDH('prime256v1')
  ecdh.setPrivateKey(scalar)
  const point = ecdh.getPublicKey()
  const parts = [scalar, point.subarray(1, 33), point.subarray(33)]
  const [d, x, y] = parts.map((part) => part.toString('base64url'))
  const jwk = { kty: 'EC', crv: 'P-256', d: d!, x: x!, y: y! }
  return sign('sha256', Buffer.from(stringToSign), createPrivateKey({ key: jwk, format: 'jwk' })).toString(
    'hex',
  )
}
