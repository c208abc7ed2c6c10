/**
 * What clients say when a server refused, in one line: the texts of the AWS CLI and boto3, of the SDKs for Go, Java,
 * JavaScript, PHP and Ruby, of Lattice, a code, a message or a status alone.
 *
 * @module
 */
import { utf8 } from '../../core/bytes.ts'
import type { ObservedAnswer } from '../evidence.ts'
import type { Reading } from './reading.ts'

const ENDINGS =
  'Exception|DoesNotMatch|Denied|Token|Skewed|Malformed|Expired|Signature|Redirect|TokenId|KeyId|Failure|Error|Throttling|SlowDown'
/** How messages of AWS begin that tell their code. */
const MESSAGES =
  'The request signature we|Signature (?:expired|not yet)|User: \\S+ is not auth|The security token in'
/** Names of clients' own errors, which are no codes of a server. */
const OWN = '(?:Axios|Client|Fetch|HTTP|Http|Type)Error'

/** Code, message and status in the sentences of clients; the first that fits is taken. */
const SENTENCES: readonly RegExp[] = [
  /An error occurred \((?<code>[\w.]+)\) when calling the \w+ operation(?: \([^)\n]{0,99}\))?[^:\n]{0,99}: (?<message>[^\n]*)/,
  /StatusCode: (?<status>\d{3}),.{0,1000}?api error (?<code>[\w.]+): (?<message>[^\n]*)/,
  /^(?:[^\n]{0,1000}Exception: )?(?<message>[^\n]{0,500}?) ?\(Service: [^;,)]{1,99}[;,] Status Code: (?<status>\d{3})(?:; Error Code: (?<code>[\w.]+))?[^)\n]*\)/m,
  /(?:^|: )(?<message>[^\n:]{0,500}?) ?\(Aws::\w+::Errors::(?<code>\w+)\)/m,
  /(?<![\w.])(?<code>[A-Z][A-Za-z]{4,60}) \((?:client|server)\): (?<message>[^\n]*)/,
  new RegExp(
    `(?:^|\\n|Uncaught |Error: )(?!${OWN})(?<code>[A-Z][A-Za-z]{4,60}?(?:${ENDINGS})): (?<message>[^\\n]*)`,
  ),
  new RegExp(`^(?<code>[A-Z][A-Za-z]{4,60}?(?:${ENDINGS}))$`),
  new RegExp(`^(?<message>(?:${MESSAGES})[^\\n]*)`, 'm'),
  /\b(?:status code:? |HTTPError: )(?<status>[345]\d\d)\b/i,
  /^[^\n]{0,500}?(?<status>[45]\d\d)(?: [A-Z][\w ]{0,99})?$/,
  /^(?:HTTP |status(?: code)?[ :=]*)?(?<status>[3-5]\d\d)\b[^\n]*$/i,
]

/** Reads such a text; `undefined` when it is none of them. */
export function readErrorText(text: string): Reading | undefined {
  const trimmed = text.trim()
  for (const sentence of SENTENCES) {
    const { code, message, status } = sentence.exec(trimmed)?.groups ?? {}
    if ([code, message, status].some((found) => found !== undefined)) {
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
