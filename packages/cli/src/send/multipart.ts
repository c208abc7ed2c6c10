/**
 * Multipart forms: `--form name=value`, `name=@file`, `name=<file`. A form is written once; its files are read where
 * they lie.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7578}
 * @module
 */
import { randomBytes } from 'node:crypto'
import { basename, extname } from 'node:path'
import { CommandError } from '../frame/command-error.ts'
import type { Segment } from './request-body.ts'

/** A field of a form, as a flag has it. */
export interface FormField {
  readonly name: string
  /** The value itself, or a path behind `@` (a file) or `<` (its text). */
  readonly source: { readonly kind: 'text' | 'file' | 'content'; readonly value: string }
  readonly type: string | undefined
  readonly filename: string | undefined
}

/** A form that has been written. */
export interface Multipart {
  readonly contentType: string
  readonly segments: Segment[]
}

/** Types that curl tells by a file's name. */
const TYPES: ReadonlyMap<string, string> = new Map([
  ['.gif', 'image/gif'],
  ['.jpg', 'image/jpeg'],
  ['.jpeg', 'image/jpeg'],
  ['.png', 'image/png'],
  ['.svg', 'image/svg+xml'],
  ['.txt', 'text/plain'],
  ['.htm', 'text/html'],
  ['.html', 'text/html'],
  ['.pdf', 'application/pdf'],
  ['.xml', 'application/xml'],
])

const ATTRIBUTE =
  /;\s*(type|filename|encoder|headers)=("(?:[^"\\]|\\.)*"|[^;]*(?:;(?!\s*(?:type|filename|encoder|headers)=)[^;]*)*)/gy

/**
 * Reads the value of `--form`.
 *
 * @throws {@link CommandError} `USAGE`
 */
export function parseFormField(text: string): FormField {
  const equals = text.indexOf('=')
  if (equals < 0) throw malformed(text, 'there is no = in it')
  const name = text.slice(0, equals)
  const rest = text.slice(equals + 1)
  const kind = rest.startsWith('@') ? 'file' : rest.startsWith('<') ? 'content' : 'text'
  const { value, attributes } = splitAttributes(kind === 'text' ? rest : rest.slice(1))
  for (const unknown of ['encoder', 'headers']) {
    if (attributes.has(unknown)) throw malformed(text, `;${unknown}= is not supported`)
  }
  return { name, source: { kind, value }, type: attributes.get('type'), filename: attributes.get('filename') }
}

/** A value in quotes ends with its quote; any other where an attribute begins. */
function splitAttributes(text: string): { value: string; attributes: ReadonlyMap<string, string> } {
  const quoted = /^"((?:[^"\\]|\\.)*)"(?=;|$)/.exec(text)
  const start = quoted ? quoted[0].length : text.search(/;\s*(?:type|filename|encoder|headers)=|$/)
  const value = quoted ? unquote(quoted[0]) : text.slice(0, start)
  const attributes = new Map<string, string>()
  ATTRIBUTE.lastIndex = start
  for (const [, name = '', attribute = ''] of text
    .slice(start)
    .matchAll(new RegExp(ATTRIBUTE.source, 'gy'))) {
    attributes.set(name, unquote(attribute.trim()))
  }
  return { value, attributes }
}

function unquote(text: string): string {
  return /^".*"$/s.test(text) ? text.slice(1, -1).replace(/\\([\\"])/g, '$1') : text
}

function malformed(text: string, why: string): CommandError {
  const name = text.split('=', 1)[0] ?? ''
  return new CommandError('USAGE', `--form cannot be read: ${name}`, {
    why,
    fix: 'write -F name=value, -F name=@file or -F name=<file, with ;type= and ;filename= behind it',
  })
}

/**
 * Writes a form.
 *
 * @param open gives the bytes of a file; `-` is standard input
 */
export async function buildMultipart(
  fields: readonly FormField[],
  open: (path: string) => Promise<Segment>,
): Promise<Multipart> {
  const boundary = `------------------------${randomBytes(12).toString('hex')}`
  const segments: Segment[] = []
  for (const field of fields) {
    segments.push(Buffer.from(`--${boundary}\r\n${formatFieldHead(field)}\r\n`))
    const { kind, value } = field.source
    segments.push(kind === 'text' ? Buffer.from(value) : await open(value), Buffer.from('\r\n'))
  }
  segments.push(Buffer.from(`--${boundary}--\r\n`))
  return { contentType: `multipart/form-data; boundary=${boundary}`, segments }
}

function formatFieldHead({ name, source: { kind, value }, type, filename }: FormField): string {
  const shownName = filename ?? (kind === 'file' ? basename(value) : undefined)
  const file = shownName === undefined ? '' : `; filename="${escapeQuoted(shownName)}"`
  const guessed =
    kind === 'file' ? (TYPES.get(extname(value).toLowerCase()) ?? 'application/octet-stream') : undefined
  const typeLine = (type ?? guessed) === undefined ? '' : `Content-Type: ${type ?? guessed}\r\n`
  return `Content-Disposition: form-data; name="${escapeQuoted(name)}"${file}\r\n${typeLine}`
}

/** As browsers do, and curl since 7.81. */
function escapeQuoted(text: string): string {
  return text.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}
