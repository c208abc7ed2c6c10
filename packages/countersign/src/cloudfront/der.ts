/**
 * As much of DER as keys and signatures need: elements with a tag and a length, one after the other.
 *
 * @see {@link https://www.itu.int/rec/T-REC-X.690} X.690, section 8.1
 * @module
 */
import type { Bytes } from '../core/bytes.ts'

/** Tags of the elements that are used. */
export const TAG = { integer: 0x02, bitString: 0x03, octetString: 0x04, sequence: 0x30 } as const

/** One element. */
export interface DerElement {
  readonly tag: number
  readonly content: Uint8Array
}

/** Writes an element. */
export function formatDer(tag: number, ...parts: readonly Uint8Array[]): Bytes {
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  return concat([Uint8Array.of(tag, ...lengthBytes(length)), ...parts])
}

/** Reads elements that follow each other up to the end; `undefined` when they are not such. */
function parseDer(bytes: Uint8Array): DerElement[] | undefined {
  const elements: DerElement[] = []
  let at = 0
  while (at < bytes.length) {
    const [tag = 0, first = 0] = bytes.subarray(at, at + 2)
    const lengthOctets = first < 0x80 ? 0 : first - 0x80
    // Four octets tell any length that there is; none would mean that the end is marked, which DER does not allow.
    if (first === 0x80 || lengthOctets > 4) return undefined
    const start = at + 2 + lengthOctets
    const length = lengthOctets
      ? bytes.subarray(at + 2, start).reduce((sum, byte) => sum * 256 + byte, 0)
      : first
    at = start + length
    if (at > bytes.length) return undefined
    elements.push({ tag, content: bytes.subarray(start, at) })
  }
  return elements
}

/** The elements of a sequence that is all there is. */
export function parseSequence(bytes: Uint8Array): DerElement[] | undefined {
  const [sequence, ...rest] = parseDer(bytes) ?? []
  return sequence?.tag === TAG.sequence && rest.length === 0 ? parseDer(sequence.content) : undefined
}

function lengthBytes(length: number): number[] {
  if (length < 0x80) return [length]
  const octets: number[] = []
  for (let rest = length; rest > 0; rest >>>= 8) octets.unshift(rest & 255)
  return [0x80 + octets.length, ...octets]
}

function concat(parts: readonly Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
