/**
 * HAR, the archive that browsers and proxies write: one of its exchanges, the last one that was signed and refused.
 *
 * @see {@link https://w3c.github.io/web-performance/specs/HAR/Overview.html}
 * @module
 */
import { utf8 } from '../../core/bytes.ts'
import { EvidenceError } from '../../errors.ts'
import type { ObservedAnswer, ObservedRequest } from '../evidence.ts'
import type { Reading } from './reading.ts'
import { headerOf, splitUrl, wireText } from './text.ts'

type Fields = Readonly<Record<string, unknown>>

/** Whether a document of JSON is such an archive. */
export function isHar(document: unknown): boolean {
  return Array.isArray(fieldsOf(fieldsOf(document)['log'])['entries'])
}

/**
 * Reads such an archive.
 *
 * @throws {@link EvidenceError} `EVIDENCE_MALFORMED` when it has no exchange with a URL
 */
export function readHar(document: unknown): Reading {
  const entries = listOf(fieldsOf(fieldsOf(document)['log'])['entries'])
  const exchanges = entries.flatMap((entry) => {
    const request = readRequest(fieldsOf(fieldsOf(entry)['request']))
    return request ? [{ request, answer: readAnswer(fieldsOf(fieldsOf(entry)['response'])) }] : []
  })
  const refused = exchanges.filter(({ answer }) => (answer?.status ?? 0) >= 300)
  const chosen =
    refused.findLast(({ request }) => isSigned(request)) ??
    exchanges.findLast(({ request }) => isSigned(request)) ??
    refused.at(-1) ??
    exchanges.at(-1)
  if (!chosen)
    throw new EvidenceError('EVIDENCE_MALFORMED', 'The archive has no exchange with an absolute URL')
  const notes =
    exchanges.length > 1
      ? [`The archive has ${exchanges.length} exchanges; number ${exchanges.indexOf(chosen) + 1} is read`]
      : []
  if (!isSigned(chosen.request))
    notes.push('Browsers leave Authorization and cookies out of an archive unless they are told to keep them')
  return { form: 'har', request: chosen.request, wire: chosen.request, answer: chosen.answer, notes }
}

function isSigned({ target, headers }: ObservedRequest): boolean {
  return /[?&]X-Amz-Signature=/i.test(target) || (headerOf(headers, 'authorization') ?? '').startsWith('AWS')
}

function readRequest(fields: Fields): ObservedRequest | undefined {
  const parts = splitUrl(textOf(fields['url']) ?? '')
  if (!parts) return undefined
  const listed = headersOf(fields['headers'])
  // HTTP/2 has its first line among its headers.
  const authority = headerOf(listed, ':authority')
  const headers = listed.filter(([name]) => !name.startsWith(':'))
  if (headerOf(headers, 'host') === undefined) headers.unshift(['host', authority ?? parts.host])
  const post = fieldsOf(fields['postData'])
  const text = textOf(post['text'])
  const body = text === undefined ? undefined : bodyOf(text, textOf(post['encoding']))
  const { protocol, host, target } = parts
  return { method: textOf(fields['method']) ?? 'GET', target, headers, body, protocol, host }
}

function readAnswer(fields: Fields): ObservedAnswer | undefined {
  const status = fields['status']
  if (typeof status !== 'number' || status === 0) return undefined
  const content = fieldsOf(fields['content'])
  const text = textOf(content['text'])
  const body = text === undefined ? undefined : bodyOf(text, textOf(content['encoding']))
  return { status, headers: headersOf(fields['headers']), body }
}

function headersOf(value: unknown): [string, string][] {
  return listOf(value).flatMap((item): [string, string][] => {
    const { name, value: text } = fieldsOf(item)
    return typeof name === 'string' && typeof text === 'string' ? [[name, wireText(text)]] : []
  })
}

function bodyOf(text: string, encoding: string | undefined): Uint8Array {
  if (encoding !== 'base64') return utf8(text)
  try {
    return Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0))
  } catch (cause) {
    throw new EvidenceError('EVIDENCE_MALFORMED', 'A body in the archive is no base64', { cause })
  }
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
