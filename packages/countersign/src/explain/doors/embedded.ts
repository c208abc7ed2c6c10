/**
 * An error document that stands somewhere in a text: in a line of a log, in the words of a client, in a string of JSON.
 *
 * @module
 */
import { readErrorDocument } from '../../answers/error-document.ts'
import { utf8 } from '../../core/bytes.ts'
import type { Reading } from './reading.ts'
import { unescapeScript } from './script-literal.ts'
import { inspected } from './sdk-log.ts'

const XML = /<(Error|ErrorResponse)[\s>][^]*?(?:<\/\1>|$)/
const JSON_START = /\{\s{0,9}"(?:__type|[mM]essage|detailedMessage)"\s{0,9}:\s{0,9}"/g
/** An object without another one in it. */
const JSON_OBJECT = /\{(?:[^{}"]|"(?:\\.|[^"\\])*")*\}/y
/** So many are looked at, the last one first: logs end with what went wrong. */
const MOST_OBJECTS = 20
const STATUS = /(?:\bHTTP\/[\d.]+|\bstatus(?:[ _]?code)?["']?\s{0,3}[:=]?|Exception\()\s{0,3}([345]\d\d)\b/i

/** Reads such a document; `undefined` where there is none. */
export function readEmbedded(text: string): Reading | undefined {
  const document = documentIn(text) ?? (text.includes('\\') ? documentIn(unescapeScript(text)) : undefined)
  if (document === undefined) return undefined
  const status = Number(STATUS.exec(text)?.[1] ?? 0)
  return { form: 'answer', answer: { status, headers: [], body: utf8(document) }, notes: [] }
}

function documentIn(text: string): string | undefined {
  const xml = XML.exec(text)?.[0]
  // In a string of JSON, line ends are escaped, and none stands as it is.
  if (xml !== undefined) return /\\n|\\"/.test(xml) && !xml.includes('\n') ? unescapeScript(xml) : xml
  for (const { index } of [...text.matchAll(JSON_START)].slice(-MOST_OBJECTS).toReversed()) {
    JSON_OBJECT.lastIndex = index
    const object = JSON_OBJECT.exec(text)?.[0]
    if (object !== undefined && isOfServer(object)) return object
  }
  // An error of axios or of another client, as Node prints it.
  const said = JSON.stringify({ message: inspected(text, 'message') })
  return isOfServer(said) ? said : undefined
}

/** Logs have messages of their own in JSON; a server's has a code, or tells one. */
function isOfServer(text: string): boolean {
  return readErrorDocument(text).code !== undefined
}
