/**
 * What is wrong with the text of a secret, said by position, length and code point, never by content.
 *
 * @module
 */
import type { Case } from '../case.ts'

/** What a secret can suffer from. */
export type SecretFault = 'whitespace' | 'invisible' | 'encoded'

/** Names of what people run into. */
const NAMES: ReadonlyMap<number, string> = new Map([
  [0x09, 'a tab'],
  [0x0a, 'a line feed'],
  [0x0d, 'a carriage return'],
  [0x20, 'a blank'],
  [0xa0, 'a no-break space'],
  [0x200b, 'a zero-width space'],
  [0x200d, 'a zero-width joiner'],
  [0x2060, 'a word joiner'],
  [0xfeff, 'a byte order mark'],
])

/** What is wrong with a secret, in one sentence; of one kind alone where a kind is given. */
export function secretsFault(secret: string, wanted?: SecretFault): string | undefined {
  for (const kind of ['whitespace', 'invisible', 'encoded'] as const) {
    const found = wanted === undefined || wanted === kind ? faultOf(secret, kind) : undefined
    if (found !== undefined) return found
  }
  return undefined
}

function faultOf(secret: string, kind: SecretFault): string | undefined {
  if (kind === 'whitespace') {
    const at = secret.search(/^[ \t\r\n]|[ \t\r\n]+$/)
    return at < 0 ? undefined : tell(secret, at)
  }
  if (kind === 'invisible') {
    // Not trim(), which takes a byte order mark off, too.
    const at = secret.search(/[^\t\r\n -~]|[!-~][\t\r\n ]+(?=[!-~])/)
    return at < 0 ? undefined : tell(secret, /[!-~]/.test(secret[at] ?? '') ? at + 1 : at)
  }
  if (/%[\dA-F]{2}/i.test(secret)) {
    return `The secret at hand has ${secret.length} characters, and among them a percent sign with two digits: it was URL-encoded.`
  }
  return /^(["']).*\1$/s.test(secret)
    ? 'The secret at hand stands in quotes, which are taken for a part of it.'
    : undefined
}

function tell(secret: string, at: number): string {
  const code = secret.codePointAt(at) ?? 0
  const name = NAMES.get(code) ?? 'a character that no secret has'
  const point = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
  return `The secret at hand has ${secret.length} characters, and number ${at + 1} is ${point}, ${name}.`
}

/** Whether both sides are known to have had the same string to sign, so that the key is what differs. */
export function isSameText({ signed, received, differences }: Case): boolean {
  return received.basis === 'echo' && signed.basis !== 'presumed' && differences.length === 0
}

/** Whether the server has the very text that the rules make of the request: what differs is the key, or nobody knows. */
export function isPresumedSame({ signed, received, differences, request, answer }: Case): boolean {
  const isBoth = received.basis === 'echo' && signed.basis === 'presumed' && differences.length === 0
  return isBoth && Boolean(request.claim?.signature) && answer?.kind === 'signature'
}

/** Whether the signature is right for the key at hand, and the server, with the same text, has another one. */
export function isOtherSecret(evidence: Case): boolean {
  const { signed, answer } = evidence
  return isSameText(evidence) && signed.basis === 'key' && answer?.kind === 'signature'
}

/** Whether the signature is the key's, of what was sent, so that what stands in the request is what is refused. */
export function isSignedAsSent({ signed, answer, differences }: Case): boolean {
  return signed.basis === 'key' && differences.length === 0 && (!answer || answer.kind === 'signature')
}
