/**
 * The texts that a server built when it checked a signature, where it tells them: S3 in elements of their own, older
 * services behind the message.
 *
 * @module
 */
import { bytesOfHex, utf8 } from '../core/bytes.ts'

/** Byte strings: one character is one byte, U+0000 to U+00FF. */
export interface Echo {
  /** May hold a session token. */
  readonly canonicalRequest: string | undefined
  readonly stringToSign: string | undefined
}

const CANONICAL = 'The Canonical String for this request should have been\n'
const TO_SIGN = 'The String-to-Sign should have been\n'

/** Reads them. Bytes in hex come before texts, which XML and white space damage. */
export function echoOf(fields: ReadonlyMap<string, string>, message = ''): Echo {
  const lines = message.replaceAll('\r\n', '\n')
  return {
    canonicalRequest: textOf(fields, 'CanonicalRequest') ?? quotedBehind(lines, CANONICAL),
    stringToSign: textOf(fields, 'StringToSign') ?? quotedBehind(lines, TO_SIGN),
  }
}

function textOf(fields: ReadonlyMap<string, string>, name: string): string | undefined {
  const hex = fields.get(`${name}Bytes`)?.replace(/\s/g, '') ?? ''
  if (hex !== '' && hex.length % 2 === 0 && /^[\da-f]+$/i.test(hex)) return byteString(bytesOfHex(hex))
  const text = fields.get(name)
  return text === undefined ? undefined : byteString(utf8(text))
}

/** Between quotes; the text itself may have more of them. */
function quotedBehind(message: string, title: string): string | undefined {
  const start = message.indexOf(title)
  if (start < 0) return undefined
  const rest = message.slice(start + title.length)
  const end = title === CANONICAL ? rest.indexOf(`'\n\n${TO_SIGN.trim()}`) : rest.trimEnd().lastIndexOf("'")
  return rest.startsWith("'") && end > 0 ? byteString(utf8(rest.slice(1, end))) : undefined
}

function byteString(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return text
}
