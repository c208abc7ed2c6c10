/**
 * Causes in headers: values that were written in one way and signed in another.
 *
 * @module
 */
import { bytesOfText, utf8 } from '../../core/bytes.ts'
import { canonicalHeaderValue } from '../../core/canonical-headers.ts'
import { textOfBytes, type CanonicalParts } from '../canonical-parts.ts'
import type { Case } from '../case.ts'
import type { Cause } from '../cause.ts'
import type { Change } from '../change.ts'
import { eachLine, lines, missedFinding, missedHeader, namesIn, rawValues } from './header-lines.ts'

const duplicateJoin: Cause = {
  id: 'M68',
  code: 'duplicate-join',
  title: 'A repeated header was joined in another way',
  family: 'headers',
  fix: 'Join the values of a repeated header with a comma and no blank, in the order of the wire.',
  signedInstead: (received, evidence) => [
    ...received.headers.flatMap(([name]) => joinedOtherwise(received, name, evidence)),
    ...eachLine(received, (value) => value.replaceAll(', ', ',')),
    ...eachLine(received, (value) => value.replace(/,(?! )/g, ', ')),
  ],
  receivedInstead: (signed) => [
    ...eachLine(signed, (value) => value.replaceAll(', ', ',')),
    ...eachLine(signed, (value) => value.replace(/,(?! )/g, ', ')),
  ],
}

function joinedOtherwise(received: CanonicalParts, name: string, evidence: Case): Change[] {
  const raw = rawValues(received, name, evidence)
  const values = raw.map(canonicalHeaderValue)
  if (values.length < 2) return []
  const orders = [values, values.toSorted(), values.toReversed(), [...new Set(values)]]
  const texts = orders.flatMap((order) => [order.join(','), order.join(', '), order.join('; ')])
  return lines(
    received,
    name,
    ...texts,
    canonicalHeaderValue(raw.join(',')),
    canonicalHeaderValue(raw.join(', ')),
  )
}

const whitespace: Cause = {
  id: 'M69',
  code: 'whitespace',
  title: 'Blanks in a value were signed as they stand, or taken out in another way',
  family: 'headers',
  fix: 'Trim values and make one space of every run of blanks, also within quotes, in what is signed only.',
  signedInstead: (received, evidence) =>
    received.headers.flatMap(([name]) => {
      const raw = rawValues(received, name, evidence).join(',')
      return /[\t ]{2}|\t|^ | $/.test(raw) ? lines(received, name, ...spaced(raw)) : []
    }),
  receivedInstead: (signed) => eachLine(signed, canonicalHeaderValue),
}

function spaced(raw: string): string[] {
  const outsideQuotes = raw.replace(/"[^"]*"|[\t ]+/g, (text) => (text.startsWith('"') ? text : ' ')).trim()
  const spaces = raw.replaceAll('\t', ' ')
  return [
    raw,
    raw.trim(),
    outsideQuotes,
    spaces,
    spaces.trim(),
    raw.replace(/ +/g, ' ').trim(),
    ` ${raw.trim()}`,
    raw.replace(/[\t ]+/g, ''),
  ]
}

const CONTROL = /[\0-\x08\x0a-\x1f\x7f]/

const controlCharacters: Cause = {
  id: 'M70',
  code: 'control-chars',
  title: 'A line end or another control character stands in a header',
  family: 'headers',
  fix: 'Take it out: no header may hold one, and a folded line is written as one line.',
  signedInstead: (received, evidence) =>
    received.headers.flatMap(([name]) => {
      const raw = rawValues(received, name, evidence).join(',')
      if (!CONTROL.test(raw)) return []
      const folded = raw.replace(/[\t ]*\r?\n[\t ]+/g, ' ')
      return lines(
        received,
        name,
        folded,
        raw.replace(/[\r\n]+\s*/g, ','),
        raw.replace(/[\r\n]+/g, ''),
        raw.trim(),
      )
    }),
  detect: (evidence) =>
    evidence.request.headers.flatMap(([name, value]) => {
      if (!CONTROL.test(value)) return []
      const at = value.search(CONTROL)
      const point = value.charCodeAt(at).toString(16).toUpperCase().padStart(4, '0')
      const finding = `The header ${name} holds U+${point} at its character ${at + 1}, which servers refuse or read in different ways.`
      return [{ grade: 'likely' as const, finding, fix: controlCharacters.fix }]
    }),
}

const nonAscii: Cause = {
  id: 'M73',
  code: 'non-ascii',
  title: 'A value beyond ASCII was signed in one encoding and sent in another',
  family: 'headers',
  fix: 'Encode such values as ASCII yourself (percent-encoding, RFC 2047, base64) before signing.',
  signedInstead: (received) => eachLineMany(received, respelt),
  receivedInstead: (signed) => eachLineMany(signed, respelt),
}

function eachLineMany(parts: CanonicalParts, rewrite: (value: string) => readonly string[]): Change[] {
  return parts.headers.flatMap(([name, value]) => lines(parts, name, ...rewrite(value)))
}

function respelt(value: string): string[] {
  if (/^[\0-\x7f]*$/.test(value)) return encodedWord(value)
  const text = new TextDecoder().decode(bytesOfText(value))
  const isLatin = /^[\0-\xff]*$/.test(text)
  const nfc = [text.normalize('NFC'), text.normalize('NFD')].map((form) => textOfBytes(utf8(form)))
  return [
    textOfBytes(utf8(value)),
    ...(isLatin ? [text] : []),
    text.replace(/[^\0-\x7f]/g, '?'),
    value.replace(/[^\0-\x7f]/g, '?'),
    encodeURIComponent(text),
    ...nfc,
  ]
}

/** What an encoded word of RFC 2047 stands for. */
function encodedWord(value: string): string[] {
  const [, kind = '', text = ''] = /^=\?utf-8\?([bq])\?([^?]*)\?=$/i.exec(value) ?? []
  if (kind.toLowerCase() === 'b') return decodeBase64(text)
  return kind
    ? [
        text
          .replaceAll('_', ' ')
          .replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
      ]
    : []
}

function decodeBase64(text: string): string[] {
  try {
    return [atob(text)]
  } catch {
    return []
  }
}

const emptyHeader: Cause = {
  id: 'M75',
  code: 'empty-header',
  title: 'A header without a value was signed and then dropped, or kept and not signed',
  family: 'headers',
  fix: 'Leave headers without a value out, on the wire and in what is signed.',
  signedInstead: (received) => [
    ...received.headers.flatMap(([name, value]) => (value === '' ? lines(received, name, undefined) : [])),
    ...absentNames(received).flatMap((name) => lines(received, name, '')),
  ],
  receivedInstead: (signed) => [
    ...signed.headers.flatMap(([name, value]) => (value === '' ? lines(signed, name, undefined) : [])),
    ...absentNames(signed).flatMap((name) => lines(signed, name, '')),
  ],
  detect: (evidence) =>
    missedHeader(evidence)?.[1].trim() === '' ? missedFinding(evidence, emptyHeader.fix) : [],
}

function absentNames({ headers, signedHeaders }: CanonicalParts): string[] {
  const present = new Set(headers.map(([name]) => name))
  return namesIn(signedHeaders).filter((name) => !present.has(name))
}

/** The causes, the commonest first. */
export const HEADER_VALUES: readonly Cause[] = [
  duplicateJoin,
  whitespace,
  emptyHeader,
  nonAscii,
  controlCharacters,
]
