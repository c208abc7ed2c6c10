/**
 * What a server's own log should hold of a refusal: the exact cause and what the server built, without what nobody may
 * read in a log. Clients get an answer of `responses/` instead.
 *
 * @module
 */
import type { VerificationError, VerificationErrorCode } from '../errors.ts'

/** A refusal for the log: plain data, safe to be written as JSON. */
export interface RefusalDetail {
  /** The exact cause, also where the client is told another one. */
  readonly code: VerificationErrorCode
  /** The cause in one sentence, for the log. */
  readonly message: string
  /** Code and HTTP status of S3 for what the client is told. */
  readonly awsCode: string
  /** HTTP status of the answer. */
  readonly status: number
  /** What of the request the cause is about, by name. */
  readonly facts: Readonly<Record<string, string>>
  /** As the server built it, tokens and secrets redacted. */
  readonly canonicalRequest?: string
  /** As the server built it; of an upload form, its policy. */
  readonly stringToSign?: string
}

const REDACTED = '[redacted]'

/** Signed headers that hold something which lets its reader in, or opens what is stored. */
const SECRET_HEADERS =
  /^(authorization|cookie|proxy-authorization|x-api-key|x-amz-security-token|x-amz-s3session-token|x-amz-(?:copy-source-)?server-side-encryption-customer-key):.*$/gim
const SECRET_PARAMETERS =
  /((?:^|[&\n])(?:X-Amz-Security-Token|X-Amz-S3session-Token|SecurityToken)=)[^&\n]*/gi
const TOKEN_FIELD = /x-amz-security-token/i

/**
 * The detail of a refusal. Session tokens, cookies and customers' encryption keys in what was signed are redacted; that
 * is why the hash of the canonical request here may be another one than in the string to sign.
 *
 * ```js
 * requireSignature(verifier, { onRefused: (error) => log.warn(detailOf(error)) })
 * ```
 */
export function detailOf(error: VerificationError): RefusalDetail {
  const { exactCode: code, message, awsCode, status, facts: given, steps } = error
  // What stands in an Authorization header where no component can stand may be a secret: `AKID:secret`.
  const facts = given['fault'] === 'not-key-value' ? { ...given, component: REDACTED } : { ...given }
  const detail = { code, message, awsCode, status, facts }
  if (!steps) return detail
  const { canonicalRequest, stringToSign } = steps
  if (canonicalRequest === '') return { ...detail, stringToSign: redactText(stringToSign) }
  return { ...detail, canonicalRequest: redact(canonicalRequest), stringToSign }
}

function redact(text: string): string {
  return text
    .replace(SECRET_HEADERS, (_, name: string) => `${name}:${REDACTED}`)
    .replace(SECRET_PARAMETERS, (_, name: string) => name + REDACTED)
}

/** What was signed before version 4 holds the headers themselves; the policy of a form, the token as a condition. */
function redactText(stringToSign: string): string {
  return holdsToken(stringToSign) ? REDACTED : redact(stringToSign)
}

function holdsToken(stringToSign: string): boolean {
  try {
    return TOKEN_FIELD.test(atob(stringToSign))
  } catch {
    return false
  }
}
