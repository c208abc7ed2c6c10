/**
 * Bodies as curl's `-d` and its relatives build them: pieces with `&` between them, from the command line and from
 * files, which are read as bytes and never as text.
 *
 * @see {@link https://curl.se/docs/manpage.html#-d}
 * @module
 */
import type { ReadSource } from './read-source.ts'
import { encodeForm } from './url-query.ts'

/** How a piece of data is taken. */
export type DataKind =
  /** `--data`: `@file` loses its line ends. */
  | 'data'
  /** `--data-raw`: `@` means nothing. */
  | 'raw'
  /** `--data-binary`: `@file` as it is. */
  | 'binary'
  /** `--data-urlencode`. */
  | 'urlencode'
  /** curl's `--json`: as `binary`, and no `&` before it. */
  | 'json'

/** A piece of data, as it stood on the command line. */
export interface DataPart {
  readonly kind: DataKind
  readonly text: string
}

/** CR, LF and NUL, which `--data` leaves out of files. */
const LEFT_OUT: ReadonlySet<number> = new Set([0x0d, 0x0a, 0x00])

/** The body that the pieces make, or nothing when there are none. */
export async function readData(
  parts: readonly DataPart[],
  readSource: ReadSource,
): Promise<Uint8Array | undefined> {
  if (parts.length === 0) return undefined
  const chunks: Uint8Array[] = []
  for (const part of parts) {
    const bytes = await readPart(part, readSource)
    if (part.kind !== 'json' && chunks.length > 0) chunks.push(Buffer.from('&'))
    chunks.push(bytes)
  }
  return Buffer.concat(chunks)
}

async function readPart({ kind, text }: DataPart, readSource: ReadSource): Promise<Uint8Array> {
  if (kind === 'urlencode') return Buffer.from(await encodeForm(text, '+', readSource, '--data-urlencode'))
  if (kind === 'raw' || !text.startsWith('@')) return Buffer.from(text)
  const bytes = await readSource(text.slice(1), kind === 'data' ? '--data' : `--${kind}`)
  return kind === 'data' ? bytes.filter((byte) => !LEFT_OUT.has(byte)) : bytes
}
