/**
 * A refused exchange without what is secret in it: fit to be kept, and to be attached to a ticket. Bodies are told by
 * their length and their hash.
 *
 * @module
 */
import { createHash } from 'node:crypto'
import type { Evidence, ObservedRequest, Verdict } from 'countersign/explain'
import { redact } from '../frame/redact.ts'
import { redactHeader, redactUrl } from '../request/redacted-headers.ts'

/** A request that holds no secret. */
export interface RedactedRequest {
  readonly method: string
  readonly target: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body?: { readonly length: number; readonly sha256: string } | undefined
}

/** An exchange that holds no secret. */
export interface RedactedEvidence {
  readonly request: RedactedRequest
  readonly wire?: RedactedRequest | undefined
  readonly signed?: { readonly canonicalRequest?: string; readonly stringToSign?: string } | undefined
  readonly answer?:
    | {
        readonly status: number
        readonly headers: readonly (readonly [name: string, value: string])[]
        readonly body: string
      }
    | undefined
}

/** An error document is kept up to this length. */
const LONGEST = 64 * 1024

/**
 * Takes the secrets out.
 *
 * @param known secrets that may stand in it, wherever that is
 */
export function redactEvidence(
  { request, wire, signed, answer }: Evidence,
  known: readonly (string | undefined)[] = [],
): RedactedEvidence {
  const secrets = [...secretsOf([request, wire]), ...known.filter((secret) => secret !== undefined)]
  const clean = (text: string): string => redactText(text, secrets)
  return {
    request: redactRequest(request, clean),
    ...(wire && { wire: redactRequest(wire, clean) }),
    ...(signed && {
      signed: {
        ...(signed.canonicalRequest !== undefined && { canonicalRequest: clean(signed.canonicalRequest) }),
        ...(signed.stringToSign !== undefined && { stringToSign: signed.stringToSign }),
      },
    }),
    ...(answer && {
      answer: {
        status: answer.status,
        headers: answer.headers.map(redactHeader),
        body: clean(withoutBytes(Buffer.from(answer.body ?? []).toString('utf8', 0, LONGEST))),
      },
    }),
  }
}

function redactRequest(
  { method, target, headers, body }: ObservedRequest,
  clean: (text: string) => string,
): RedactedRequest {
  return {
    method,
    target: clean(redactUrl(target)),
    headers: headers.map(redactHeader).map(([name, value]) => [name, clean(value)]),
    ...(body && { body: { length: body.length, sha256: createHash('sha256').update(body).digest('hex') } }),
  }
}

const SECRET_NAME =
  /^(?:x-amz-security-token|x-amz-s3session-token|authorization|proxy-authorization|cookie|set-cookie|x-api-key|.*customer-key)$/i
const SECRET_PARAMETER = /[?&](?:X-Amz-Security-Token|X-Amz-Signature|SecurityToken|Signature)=([^&#\s]+)/gi

/** The values that stand in the messages as secrets, to be found wherever else they are quoted. */
function secretsOf(requests: readonly (ObservedRequest | undefined)[]): string[] {
  const found = requests.flatMap((request) => {
    if (!request) return []
    const inHeaders = request.headers
      .filter(([name]) => SECRET_NAME.test(name))
      .map(([, value]) => value.trim())
    const signatures = inHeaders.flatMap((value) => /Signature=([\w+/=]+)/.exec(value)?.[1] ?? [])
    const bearer = inHeaders.flatMap((value) => /^(?:Bearer|Basic) +(\S+)/i.exec(value)?.[1] ?? [])
    const inQuery = [...request.target.matchAll(SECRET_PARAMETER)].map(([, value = '']) => value)
    return [...inHeaders, ...signatures, ...bearer, ...inQuery, ...inQuery.map(decode)]
  })
  // The longest first: a token may hold another one.
  return [...new Set(found)].filter((secret) => secret.length > 3).toSorted((a, b) => b.length - a.length)
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Elements and lines that hold secrets, whatever their values. */
const PLACES: readonly RegExp[] = [
  /(<Token-\d+>)([^<]+)/g,
  /(<(?:SignatureProvided|SessionToken|SecretAccessKey)>)([^<]+)/g,
  /((?:^|\n|\\n)(?:x-amz-(?:security|s3session)-token|cookie|x-api-key|proxy-authorization|x-amz-[\w-]*customer-key):)((?:(?!\\n)[^\n<'"])+)/g,
  /((?:X-Amz-Security-Token|X-Amz-Signature)=)([^&\s<'"]+)/gi,
  /(Authorization(?:=|: |\\?": ?\\?"|'? header: '))(.+)/g,
  /("(?:Token-\d+|SessionToken|SecretAccessKey|SignatureProvided)": ?")([^"]+)/g,
  // Whoever exchanges key id and secret sends the secret.
  /(<AWSAccessKeyId>)(?![A-Z][A-Z\d]{7,31}<)([^<]+)/g,
  /(Credential=)(?![A-Z][A-Z\d]{7,31}(?:\/|%2F))(.+?)(?=(?:\/|%2F)\d{8}(?:\/|%2F))/gi,
  /(')([^']+)(?=' not a valid key=value)/g,
]

function redactText(text: string, secrets: readonly string[]): string {
  let clean = text
  for (const secret of secrets)
    clean = clean.replaceAll(secret, redact(secret)).replaceAll(encodeURIComponent(secret), redact(secret))
  for (const place of PLACES) {
    clean = clean.replace(place, (whole, start: string, value: string) =>
      value.startsWith('[redacted:') ? whole : start + redact(value),
    )
  }
  return clean
}

/** The bytes in hex say the same once more, token and all. */
function withoutBytes(text: string): string {
  return text.replace(/<(CanonicalRequestBytes|StringToSignBytes)>[^<]*<\/\1>/g, '')
}

/** A target that was mended is one that can be used, signature and all. */
export function withoutTarget(verdict: Verdict): Verdict {
  const { correction } = verdict
  if (!/X-Amz-(?:Signature|Security-Token)=/i.test(correction?.target ?? '')) return verdict
  const { target: _, ...rest } = correction ?? {}
  return { ...verdict, correction: rest }
}
