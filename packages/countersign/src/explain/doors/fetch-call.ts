/**
 * A call of `fetch`, as browsers copy it ("Copy as fetch") and as people write it in their code.
 *
 * @module
 */
import { utf8 } from '../../core/bytes.ts'
import { EvidenceError } from '../../errors.ts'
import type { Reading } from './reading.ts'
import { readLiteral, type LiteralValue } from './script-literal.ts'
import { splitUrl, wireText } from './text.ts'

const CALL = /^(?:(?:const|let|var)\s+[\w$]+\s*=\s*)?(?:await\s+|return\s+)?(?:\w+\.)?fetch\s*\(/

/** Whether a text begins as such a call does. */
export function looksLikeFetch(text: string): boolean {
  return CALL.test(text.trimStart())
}

/**
 * Reads such a call.
 *
 * @throws {@link EvidenceError} `EVIDENCE_MALFORMED`
 */
export function readFetchCall(given: string): Reading {
  const text = given.trimStart()
  const { value: url, end } = readLiteral(text, CALL.exec(text)?.[0].length ?? 0)
  const parts = typeof url === 'string' ? splitUrl(url) : undefined
  if (!parts) throw new EvidenceError('EVIDENCE_MALFORMED', 'The call of fetch has no absolute URL')
  const rest = /^\s*,/.exec(text.slice(end))
  const options = rest ? readLiteral(text, end + rest[0].length).value : null
  const fields = options instanceof Map ? options : new Map<string, LiteralValue>()
  const method = fields.get('method')
  const body = fields.get('body')
  const { protocol, host, target } = parts
  const request = {
    method: typeof method === 'string' ? method : 'GET',
    target,
    headers: [['host', host] as const, ...headersOf(fields.get('headers'))],
    body: typeof body === 'string' ? utf8(body) : undefined,
    protocol,
    host,
  }
  return { form: 'fetch', request, notes: notesOn(target, body) }
}

function headersOf(value: LiteralValue | undefined): [string, string][] {
  const pairs: (readonly [unknown, unknown])[] =
    value instanceof Map
      ? [...value]
      : Array.isArray(value)
        ? value.flatMap((item) => (Array.isArray(item) ? [[item[0], item[1]] as const] : []))
        : []
  return pairs.flatMap(([name, text]): [string, string][] =>
    typeof name === 'string' && (typeof text === 'string' || typeof text === 'number')
      ? [[name, wireText(String(text))]]
      : [],
  )
}

function notesOn(target: string, body: LiteralValue | undefined): string[] {
  const notes: string[] = []
  if (/\/(?:\.|%2e){1,2}(?:[/?]|$)/i.test(target)) {
    notes.push('fetch takes . and .. out of the path before it sends')
  }
  if (body !== undefined && body !== null && typeof body !== 'string')
    notes.push('The body is no text and is not known')
  return notes
}
