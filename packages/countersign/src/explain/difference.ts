/**
 * Where two canonical requests differ, part by part and header by header.
 *
 * @module
 */
import { lineOf, type CanonicalParts } from './canonical-parts.ts'

/** The parts that are one line each. */
export type PlainField = 'method' | 'path' | 'query' | 'signedHeaders' | 'payloadHash'

/** One part that is not the same on both sides. */
export interface Difference {
  /** One of the plain parts, or `header`. */
  readonly part: PlainField | 'header'
  /** Name of the header, in lower case; empty for the other parts. */
  readonly header: string
  /** `undefined`: the header has no line. */
  readonly signed: string | undefined
  readonly received: string | undefined
}

const PLAIN: readonly PlainField[] = ['method', 'path', 'query', 'signedHeaders', 'payloadHash']
const NAMES: ReadonlyMap<string, string> = new Map([
  ['signedHeaders', 'signed headers'],
  ['payloadHash', 'payload hash'],
])

/** The part as people call it: `path`, `header host`, `payload hash`. */
export function nameOfField({ part, header }: Pick<Difference, 'part' | 'header'>): string {
  return part === 'header' ? `header ${header}` : (NAMES.get(part) ?? part)
}

/** All differences, in the order of the text. */
export function compareParts(signed: CanonicalParts, received: CanonicalParts): Difference[] {
  const differences: Difference[] = []
  const compare = (part: Difference['part'], header: string, a?: string, b?: string): void => {
    if (a !== b) differences.push({ part, header, signed: a, received: b })
  }
  for (const part of PLAIN.slice(0, 3)) compare(part, '', signed[part], received[part])
  const names = new Set([...signed.headers, ...received.headers].map(([name]) => name))
  for (const name of names) compare('header', name, lineOf(signed, name), lineOf(received, name))
  for (const part of PLAIN.slice(3)) compare(part, '', signed[part], received[part])
  return differences
}
