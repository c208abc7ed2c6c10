/**
 * What `-vvv` tells: the first bytes of what is sent and of what comes back, as they are on the wire, without what is
 * secret in them. What is no visible ASCII is shown as `\xNN`.
 *
 * @module
 */
import type { Output } from '../frame/output.ts'
import { redact, redactAll } from '../frame/redact.ts'
import type { DeliveryEvents } from './delivery.ts'

/** As much is shown of a body, in bytes. */
const SHOWN = 4096
/** What comes behind is looked at, too: a secret may begin before the end of what is shown. */
const BEHIND = 8192

/** Names of fields that hold secrets: `SecretAccessKey`, `SessionToken`, `chunk-signature`. */
const SECRET = '[\\w.-]*(?:secret|token|passw|private_?key|plaintext|signature|authorization)[\\w.-]*'

/** Such fields in JSON, in XML, and in forms of both kinds. A value that is not over yet is one, too. */
const PLACES: readonly RegExp[] = [
  new RegExp(`("${SECRET}"\\s*:\\s*")((?:[^"\\\\]|\\\\.)+)`, 'gi'),
  new RegExp(`(<${SECRET}>)([^<]+)`, 'gi'),
  new RegExp(`((?:^|[&;\\n])${SECRET}=)([^&;\\s]+)`, 'gi'),
  new RegExp(`(name="${SECRET}"[^\\n]*\\n(?:[^\\r\\n]+\\r?\\n)*\\r?\\n)([^\\r\\n]+)`, 'gi'),
]

/**
 * Adds bytes to what is told of a delivery.
 *
 * @param secrets that may stand anywhere
 */
export function withBytes(
  events: DeliveryEvents,
  secrets: readonly (string | undefined)[],
  output: Output,
): DeliveryEvents {
  let sent = createDump('>', secrets, output)
  let received = createDump('<', secrets, output)
  return {
    ...events,
    signed(attempt) {
      received.end()
      events.signed(attempt)
      sent = createDump('>', secrets, output)
    },
    sent: (chunk) => sent.add(chunk),
    answered(response) {
      sent.end()
      events.answered(response)
      received = createDump('<', secrets, output)
    },
    received(chunk) {
      if (chunk) received.add(chunk)
      else received.end()
    },
  }
}

interface Dump {
  add(chunk: Uint8Array): void
  end(): void
}

function createDump(sign: string, secrets: readonly (string | undefined)[], { note }: Output): Dump {
  const chunks: Uint8Array[] = []
  let kept = 0
  let total = 0
  let isTold = false
  const tell = (): void => {
    isTold = true
    const clean = redactBytes(Buffer.concat(chunks), secrets)
    const isCut = kept >= SHOWN + BEHIND
    const shown = clean.slice(0, isCut ? Math.min(SHOWN, clean.length - BEHIND / 2) : SHOWN)
    for (const line of linesOf(shown)) note(`${sign} | ${line}`)
  }
  return {
    add(chunk) {
      total += chunk.byteLength
      if (isTold) return
      const piece = chunk.slice(0, SHOWN + BEHIND - kept)
      chunks.push(piece)
      kept += piece.byteLength
      if (kept >= SHOWN + BEHIND) tell()
    },
    end() {
      if (total === 0) return
      if (!isTold) tell()
      if (total > SHOWN) note(`${sign} | … of ${total} bytes`)
      total = 0
    },
  }
}

function redactBytes(bytes: Buffer, secrets: readonly (string | undefined)[]): string {
  const text = redactAll(bytes.toString('latin1'), secrets)
  return PLACES.reduce(
    (clean, place) =>
      clean.replace(place, (whole, start: string, value: string) =>
        value.startsWith('[redacted:') ? whole : start + redact(value),
      ),
    text,
  )
}

const NAMED: ReadonlyMap<string, string> = new Map([
  ['\r', '\\r'],
  ['\n', '\\n'],
  ['\t', '\\t'],
  ['\\', '\\\\'],
])

/** Lines with their ends to be seen. */
function linesOf(text: string): readonly string[] {
  return (text.match(/[^\n]*\n|[^\n]+/g) ?? []).map((line) =>
    line.replace(/[^ -[\]-~]/g, (sign) => NAMED.get(sign) ?? `\\x${hex(sign)}`),
  )
}

const hex = (sign: string): string => sign.charCodeAt(0).toString(16).padStart(2, '0')
