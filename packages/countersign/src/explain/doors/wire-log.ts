/**
 * The wire log of the SDKs for Java, which Apache's HTTP client writes: each line of the exchange in quotes, `>>` what
 * was sent, `<<` what came. Of several connections in one log the last one that was answered is taken.
 *
 * @see {@link https://docs.aws.amazon.com/sdk-for-java/latest/developer-guide/logging-slf4j.html}
 * @module
 */
import { bytesOfText } from '../../core/bytes.ts'
import type { ObservedAnswer } from '../evidence.ts'
import { joinChunks } from './curl-log.ts'
import type { Reading } from './reading.ts'
import { parseRawAnswer, parseRawRequest } from './raw-http.ts'
import { byteString, headerOf } from './text.ts'

const LINE = /(http-outgoing-\d+) (>>|<<) "(.*)/g
const SIGNS: ReadonlyMap<string, string> = new Map([
  ['[\\r]', '\r'],
  ['[\\n]', '\n'],
])

/** Whether a text is such a log. */
export function looksLikeWireLog(text: string): boolean {
  return /http-outgoing-\d+ (?:>>|<<) "/.test(text)
}

/**
 * Reads such a log.
 *
 * @throws `EvidenceError` `EVIDENCE_MALFORMED` where what was sent is no request, or what came no answer
 */
export function readWireLog(log: string): Reading {
  const lines = [...log.matchAll(LINE)]
  const connection = lines.findLast(([, , way]) => way === '<<')?.[1] ?? lines[0]?.[1]
  const sent = messagesOf(lines, connection, '>>').at(-1)
  const came = messagesOf(lines, connection, '<<').at(-1)
  const wire =
    sent === undefined ? undefined : { ...parseRawRequest(sent).request, protocol: 'https' as const }
  const answer = came === undefined ? undefined : withoutFrames(parseRawAnswer(came))
  return { form: 'sdk-log', request: wire, wire, answer, notes: [] }
}

function withoutFrames(answer: ObservedAnswer): ObservedAnswer {
  const isChunked = headerOf(answer.headers, 'transfer-encoding')?.toLowerCase() === 'chunked'
  if (!isChunked || !answer.body) return answer
  return { ...answer, body: bytesOfText(joinChunks(byteString(answer.body))) }
}

/** The messages of one way. A connection is used again, so each begins with its first line. */
function messagesOf(
  lines: readonly RegExpExecArray[],
  connection: string | undefined,
  way: string,
): Uint8Array[] {
  const texts = lines.flatMap(([, other, direction, text = '']) =>
    other === connection && direction === way && text.endsWith('"') ? [text.slice(0, -1)] : [],
  )
  const messages: string[] = []
  for (const text of texts) {
    const line = text.replace(/\[(?:\\[rn]|0x([\da-f]{1,2}))\]/g, (sign, hex) =>
      hex === undefined ? (SIGNS.get(sign) ?? '') : String.fromCharCode(parseInt(String(hex), 16)),
    )
    if (/^(?:[A-Z]+ \S+ HTTP\/1|HTTP\/1\.\d \d{3})/.test(line)) messages.push(line)
    else if (messages.length > 0) messages.push((messages.pop() ?? '') + line)
  }
  return messages.map((message) => bytesOfText(message.replace(/[^\0-\xff]/g, '?')))
}
