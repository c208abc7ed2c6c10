/**
 * What is shown in the place of secrets and session tokens: `[redacted:sha256:1f2e3d4c]`, the same for the same
 * secret, so that two outputs can be compared.
 *
 * @module
 */
import { createHash } from 'node:crypto'

/** What is shown in the place of a secret or a token. */
export function redact(secret: string): string {
  return `[redacted:sha256:${createHash('sha256').update(secret).digest('hex').slice(0, 8)}]`
}

/** An access key id by its last four characters: `…MPLE`. */
export function shortId(accessKeyId: string): string {
  return `…${accessKeyId.slice(-4)}`
}

/** A text without the secrets that it holds, be they percent-encoded. Texts that are not there are passed over. */
export function redactAll(text: string, secrets: readonly (string | undefined)[]): string {
  let result = text
  for (const secret of secrets) {
    if (!secret) continue
    for (const form of new Set([secret, encodeStrictly(secret)])) {
      result = result.replaceAll(form, redact(secret))
    }
  }
  return result
}

function encodeStrictly(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
