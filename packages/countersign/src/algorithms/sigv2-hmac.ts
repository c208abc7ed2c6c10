/**
 * The two HMACs of signatures before version 4: `HmacSHA1` and `HmacSHA256` under the secret access key itself, in
 * base64. They are bound to no day, no region and no service.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html}
 * @module
 */
import { hexOf, utf8, type Bytes } from '../core/bytes.ts'
import { equalConstantTime } from '../crypto/constant-time.ts'
import { hmacSha1 } from '../crypto/hmac-sha1.ts'
import { hmacSha256 } from '../crypto/hmac-sha256.ts'
import type { SignatureAlgorithm, SignatureKey } from './algorithm.ts'

type Mac = (key: Uint8Array, message: Uint8Array) => Uint8Array

// 20 and 32 bytes. The last digit has two bits to spare: they must be zero, or one signature could be written in four
// ways, and what has been seen before would look new.
const SHA1_FORM = /^[A-Za-z0-9+/]{26}[AEIMQUYcgkosw048]=$/
const SHA256_FORM = /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/

function binaryOf(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes)
}

/** Bytes of a byte string. */
export function bytesOfBinary(text: string): Bytes {
  return Uint8Array.from(text, (character) => character.charCodeAt(0))
}

function prepareKey(mac: Mac, form: RegExp, key: Uint8Array): SignatureKey {
  const sign = (text: string): Uint8Array => mac(key, bytesOfBinary(text))
  return {
    signHex: (text) => hexOf(sign(text)),
    hasSigned: (text, signature) =>
      form.test(signature) && equalConstantTime(binaryOf(sign(text)), atob(signature)),
  }
}

/** S3's version 2; its name is the scheme of its Authorization header. */
export const s3V2Hmac: SignatureAlgorithm = {
  name: 'AWS',
  deriveKey: utf8,
  prepareKey: (key) => prepareKey(hmacSha1, SHA1_FORM, key),
  isWellFormed: (signature) => SHA1_FORM.test(signature),
}

/** The HMAC of query APIs that `SignatureMethod=HmacSHA1` names. */
export const sigV2HmacSha1: SignatureAlgorithm = {
  name: 'HmacSHA1',
  deriveKey: utf8,
  prepareKey: (key) => prepareKey(hmacSha1, SHA1_FORM, key),
  isWellFormed: (signature) => SHA1_FORM.test(signature),
}

/** The HMAC of query APIs that `SignatureMethod=HmacSHA256` names. */
export const sigV2HmacSha256: SignatureAlgorithm = {
  name: 'HmacSHA256',
  deriveKey: utf8,
  prepareKey: (key) => prepareKey(hmacSha256, SHA256_FORM, key),
  isWellFormed: (signature) => SHA256_FORM.test(signature),
}

/** Signs a byte string with HMAC-SHA1; base64. */
export function signHmacSha1(secretAccessKey: string, text: string): string {
  return btoa(binaryOf(hmacSha1(utf8(secretAccessKey), bytesOfBinary(text))))
}

/** Signs bytes with HMAC-SHA256; base64. */
export function signHmacSha256(secretAccessKey: string, message: Uint8Array): string {
  return btoa(binaryOf(hmacSha256(utf8(secretAccessKey), message)))
}
