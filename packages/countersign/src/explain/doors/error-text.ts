/**
 * What clients say when a server refused, in one line: the texts of the AWS CLI and boto3, of the SDKs for Go, Java and
 * JavaScript, of Lattice, and a status alone.
 *
 * @module
 */
import { utf8 } from '../../core/bytes.ts'
import type { ObservedAnswer } from '../evidence.ts'
import type { Reading } from './reading.ts'

/** Code, message and status in the sentences of clients; the first that fits is taken. */
const SENTENCES: readonly RegExp[] = [
  /An error occurred \((?<code>[\w.]+)\) when calling the \w+ operation[^:\n]*: (?<message>[^\n]*)/,
  /StatusCode: (?<status>\d{3}),.*?api error (?<code>[\w.]+): (?<message>[^\n]*)/,
  /^(?:[^\n]*Exception: )?(?<message>[^\n]*?) ?\(Service: [^;,)]+[;,] Status Code: (?<status>\d{3})(?:; Error Code: (?<code>[\w.]+))?[^)\n]*\)/m,
  /(?:^|\n|Uncaught |Error: )(?<code>[A-Z][A-Za-z]{4,60}?(?:Exception|DoesNotMatch|Denied|Token|Skewed|Malformed|Expired|Signature|Redirect|TokenId|KeyId|Failure|Error|Throttling|SlowDown)): (?<message>[^\n]*)/,
  /^[^\n]*?(?<status>[45]\d\d)(?: [A-Z][\w ]*)?$/,
  /^(?:HTTP |status(?: code)?[ :=]*)?(?<status>[3-5]\d\d)\b[^\n]*$/i,
]

/** Reads such a text; `undefined` when it is none of them. */
export function readErrorText(text: string): Reading | undefined {
  const trimmed = text.trim()
  for (const sentence of SENTENCES) {
    const { code, message, status } = sentence.exec(trimmed)?.groups ?? {}
    if (code !== undefined || status !== undefined) {
      return { form: 'error-text', answer: answerOf(Number(status ?? 0), code, message), notes: [] }
    }
  }
  return undefined
}

/** The answer that a client's words stand for: its code and its message, as a service with JSON writes them. */
function answerOf(status: number, code: string | undefined, message: string | undefined): ObservedAnswer {
  if (code === undefined && message === undefined) return { status, headers: [] }
  return { status, headers: [], body: utf8(JSON.stringify({ __type: code, message })) }
}
