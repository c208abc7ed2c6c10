/**
 * What is wrong with the letters of a key: a line end that was copied along, a secret that was URL-encoded, a key id in
 * the place of the secret. It is told by position, length and code point, and never shown.
 *
 * @module
 */
import { EXIT } from '../frame/exit-codes.ts'
import { suspect, wrong, type Finding } from './finding.ts'

/** A key to be looked at. */
export interface KeyMaterial {
  readonly accessKeyId: string
  /** Not there where a derived key takes its place. */
  readonly secretAccessKey?: string | undefined
  readonly sessionToken?: string | undefined
}

/** Lengths of those that AWS hands out. */
const ID_LENGTH = 20
const SECRET_LENGTH = 40

const AWS_ID = /^A(?:KIA|SIA)[A-Z0-9]{16}$/

/** Looks at a key. */
export function lintKey(key: KeyMaterial): readonly Finding[] {
  const { accessKeyId, secretAccessKey: secret, sessionToken } = key
  if (secret !== undefined && accessKeyId.length === SECRET_LENGTH && AWS_ID.test(secret)) {
    return [
      wrong(
        'key',
        'the access key id and the secret access key are exchanged',
        'exchange them; if a request was sent, make a new key, since the secret was sent with it',
        EXIT.credentials,
      ),
    ]
  }
  return [
    ...lintText('access key id', accessKeyId, /[^\w.-]/u),
    ...(secret === undefined ? [] : lintSecret(secret, AWS_ID.test(accessKeyId.trim()))),
    ...(sessionToken === undefined ? [] : lintText('session token', sessionToken, /[^\u0021-\u007E]/u)),
    ...lintPrefix(accessKeyId, sessionToken),
  ]
}

function lintSecret(secret: string, isOfAws: boolean): readonly Finding[] {
  const encoded = /%[0-9a-f]{2}/i.exec(secret)
  if (encoded) {
    const fix = 'store it as it was handed out: / and + stand for themselves'
    return [bad(`the secret access key has ${encoded[0]} in it: it was URL-encoded`, fix)]
  }
  // The secrets of other stores may hold whatever can be typed.
  const findings = lintText('secret access key', secret, isOfAws ? /[^A-Za-z0-9/+=]/u : /[^\u0021-\u007E]/u)
  if (findings.length > 0 || !isOfAws || secret.length === SECRET_LENGTH) return findings
  const message = `the secret access key has ${secret.length} characters, and those of AWS have ${SECRET_LENGTH}`
  return [bad(message, 'copy it again; quote it where a shell could eat \\, $ or !')]
}

/** The first character that cannot belong there. */
function lintText(name: string, text: string, foreign: RegExp): readonly Finding[] {
  const place = text.search(foreign)
  if (place < 0) return []
  const shape = `${text.length} characters, ${text.trim().length} without blanks at its ends`
  const character = text.codePointAt(place) ?? 0
  const fix = 'store it without; or, for a secret, use --trim-secret'
  if (place >= text.trimEnd().length) return [bad(`the ${name} ends in ${nameOf(character)} (${shape})`, fix)]
  if (text.trimStart() !== text) return [bad(`the ${name} begins with ${nameOf(character)} (${shape})`, fix)]
  return [
    bad(
      `the ${name} has ${nameOf(character)} at position ${place + 1}`,
      'copy it again, from the start to the end',
    ),
  ]
}

function lintPrefix(accessKeyId: string, sessionToken: string | undefined): readonly Finding[] {
  if (accessKeyId.endsWith('EXAMPLE')) {
    return [
      suspect('key', 'the access key id is an example of AWS, which works nowhere', 'set one of your own'),
    ]
  }
  if (accessKeyId.startsWith('ASIA') && !sessionToken) {
    const fix = 'set AWS_SESSION_TOKEN, which came with the key'
    return [bad('keys that begin with ASIA need their session token, and there is none', fix)]
  }
  if (accessKeyId.startsWith('AKIA') && sessionToken) {
    const fix = 'unset AWS_SESSION_TOKEN: it is left over from another key'
    return [suspect('key', 'the key is a long-term one, and a session token came with it', fix)]
  }
  if (!/^A(?:KIA|SIA)/.test(accessKeyId) || accessKeyId.trim().length === ID_LENGTH) return []
  const message = `the access key id has ${accessKeyId.length} characters, and those of AWS have ${ID_LENGTH}`
  return [bad(message, 'copy it again')]
}

const bad = (message: string, fix: string): Finding => wrong('key', message, fix, EXIT.credentials)

const NAMES: ReadonlyMap<number, string> = new Map([
  [0x09, 'a tab'],
  [0x0a, 'a line end'],
  [0x0d, 'a carriage return'],
  [0x20, 'a blank'],
  [0xa0, 'a no-break space'],
  [0x200b, 'a zero-width space'],
  [0xfeff, 'a byte order mark'],
])

function nameOf(character: number): string {
  const code = `U+${character.toString(16).toUpperCase().padStart(4, '0')}`
  const name = NAMES.get(character)
  return name === undefined ? `the character ${code}` : `${name} (${code})`
}
