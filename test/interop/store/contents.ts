/**
 * What a store holds: buckets, objects in memory, and uploads that are not done.
 *
 * @module
 */
import { createHash } from 'node:crypto'

/** What is told of an object beside its bytes. */
export interface ObjectFacts {
  /** With its quotes. */
  readonly etag: string
  readonly modified: Date
  /** `content-type` and `x-amz-meta-*`. */
  readonly headers: ReadonlyMap<string, string>
}

/** An upload in parts. */
export interface Upload {
  /** `/bucket/key` */
  readonly name: string
  readonly headers: ReadonlyMap<string, string>
  readonly parts: Map<number, Buffer>
}

/** All that there is in a store. */
export interface Contents {
  readonly region: string
  readonly buckets: Set<string>
  /** By `/bucket/key`, decoded once. */
  readonly objects: Map<string, Buffer>
  readonly facts: WeakMap<Buffer, ObjectFacts>
  /** By their ids. */
  readonly uploads: Map<string, Upload>
}

/** An empty store. */
export function createContents(region: string): Contents {
  return { region, buckets: new Set(), objects: new Map(), facts: new WeakMap(), uploads: new Map() }
}

/** MD5 in hex, which clients take an ETag for. */
export function md5(...pieces: Uint8Array[]): string {
  const hash = createHash('md5')
  for (const piece of pieces) hash.update(piece)
  return hash.digest('hex')
}

/** What a client wants kept of its headers. */
export function keptHeaders(headers: ReadonlyMap<string, string>): Map<string, string> {
  return new Map([...headers].filter(([name]) => name === 'content-type' || name.startsWith('x-amz-meta-')))
}

/** Keeps an object, and its bucket with it; gives back its ETag. */
export function keep(
  { buckets, objects, facts }: Contents,
  name: string,
  bytes: Buffer,
  headers: ReadonlyMap<string, string>,
  etag = `"${md5(bytes)}"`,
): string {
  buckets.add(name.split('/', 2)[1] ?? '')
  objects.set(name, bytes)
  facts.set(bytes, { etag, modified: new Date(), headers })
  return etag
}

/** The facts about an object, also of one that a test put there. */
export function factsOf({ facts }: Contents, bytes: Buffer): ObjectFacts {
  return facts.get(bytes) ?? { etag: `"${md5(bytes)}"`, modified: new Date(0), headers: new Map() }
}
