/**
 * Signatures that are right, and written in another form than their algorithm has: in upper case, in base64, or, with
 * SigV4A, as the two numbers one behind the other, as WebCrypto gives them.
 *
 * @see {@link https://www.w3.org/TR/WebCryptoAPI/#ecdsa}
 * @module
 */
import { bytesOfHex, hexOf } from '../core/bytes.ts'
import { SIGV4A_ALGORITHM } from '../core/names.ts'
import { isDerSignature } from '../algorithms/der-signature.ts'
import type { SignatureClaim } from './signature-claim.ts'

/** A signature, and how it was written. */
export interface SignatureForm {
  /** In the form that is due. */
  readonly signature: string
  /** How it stands in the request, for people; `undefined` where that is right. */
  readonly writtenAs?: string | undefined
}

const HEX = /^(?:[0-9a-f]{2}){32,72}$/i
const BASE64 = /^[\w+/-]{43,100}={0,2}$/
const RAW = 64
const DIGEST = 32

/** Reads a signature in any form; `undefined` where it is none. */
export function readSignature({
  algorithm,
  signature,
}: Pick<SignatureClaim, 'algorithm' | 'signature'>): SignatureForm | undefined {
  const isHex = HEX.test(signature)
  const lower = signature.toLowerCase()
  const hex = isHex ? lower : hexOfBase64(signature)
  const form = isHex ? (lower === signature ? undefined : 'in upper-case hex') : 'in base64'
  if (algorithm !== SIGV4A_ALGORITHM)
    return hex.length === 2 * DIGEST ? { signature: hex, writtenAs: form } : undefined
  if (isDerSignature(hex)) return { signature: hex, writtenAs: form }
  if (hex.length !== 2 * RAW) return undefined
  return { signature: derOf(hex), writtenAs: 'as its two numbers one behind the other, without DER' }
}

function hexOfBase64(text: string): string {
  if (!BASE64.test(text)) return ''
  try {
    const decoded = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
    return hexOf(Uint8Array.from(decoded, (character) => character.charCodeAt(0)))
  } catch {
    return ''
  }
}

function derOf(raw: string): string {
  const body = [raw.slice(0, RAW), raw.slice(RAW)].map(integerOf).join('')
  return `30${lengthOf(body)}${body}`
}

/** A positive number in its shortest form. */
function integerOf(number: string): string {
  const [first = 0, ...rest] = bytesOfHex(number.replace(/^(?:00)+(?=..)/, ''))
  const bytes = Uint8Array.of(...(first > 0x7f ? [0] : []), first, ...rest)
  const hex = hexOf(bytes)
  return `02${lengthOf(hex)}${hex}`
}

function lengthOf(hex: string): string {
  return hexOf(Uint8Array.of(hex.length / 2))
}
