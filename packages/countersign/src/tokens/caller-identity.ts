/**
 * `GetCallerIdentity`, presigned or signed, for somebody else to send: the answer of STS tells him who signed it.
 *
 * @see {@link https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html}
 * @module
 */
import type { AnyCredentials } from '../credentials/credentials.ts'
import type { Header } from '../core/canonical-headers.ts'
import type { SigningWarning } from '../sign/http-request.ts'
import { resolveExpiry } from '../sign/resolve-expiry.ts'
import { signRequest } from '../sign/sign-request.ts'
import { presignToken } from './presign-token.ts'
import { readAnyStsHost, stsHostOf } from './sts-hosts.ts'
import { readHostname, resolveRegion } from './token-names.ts'
import type { AuthToken, ExpiringTokenOptions, TokenOptions } from './token-options.ts'
import { encodeUrlSafe } from './url-safe-base64.ts'

/** The one action that proves an identity and does nothing else. */
export const CALLER_IDENTITY = 'Action=GetCallerIdentity&Version=2011-06-15'

/** What stands before a presigned proof. */
export const PRESIGNED_PREFIX = 'k8s-aws-v1.'

// How old a signed request may be is up to the service; five minutes is what all of them take.
const SIGNED_SECONDS = 300

/** Where a proof is to be sent. */
export interface StsOptions {
  /** Host of STS; by default that of the region. */
  readonly hostname?: string | undefined
}

/** Host and region of the STS that is asked. */
function resolveSts(
  options: TokenOptions & StsOptions,
  byDefault?: string,
): { host: string; region: string } {
  const ofKey = (options.credentials as Partial<AnyCredentials> | undefined)?.signingKey?.scope.region
  const given = options.hostname ?? (options.region || ofKey ? undefined : byDefault)
  if (given === undefined) {
    const region = resolveRegion(options, 'sts')
    return { host: stsHostOf(region), region }
  }
  const host = readHostname(given)
  const region = options.region ?? ofKey ?? readAnyStsHost(host)?.region
  return { host, region: resolveRegion({ ...options, region }, 'sts', host) }
}

/** Presigns the action with headers that whoever sends it must add, and wraps the URL up. */
export function presignCallerIdentity(
  options: ExpiringTokenOptions & StsOptions,
  headers: readonly Header[],
): AuthToken {
  const { host, region } = resolveSts(options)
  const { url, expiresAt, warnings } = presignToken(
    { url: `https://${host}/?${CALLER_IDENTITY}`, headers, service: 'sts', region },
    options,
  )
  return { token: PRESIGNED_PREFIX + encodeUrlSafe(url), expiresAt, warnings }
}

/** A signed action in the four fields that Vault calls for; all but the method are base64. */
export interface SignedCallerIdentity {
  readonly fields: {
    readonly iam_http_request_method: string
    readonly iam_request_url: string
    readonly iam_request_body: string
    readonly iam_request_headers: string
  }
  readonly expiresAt: Date
  readonly warnings: readonly SigningWarning[]
}

/** Signs the action as a POST, with further headers. */
export function signCallerIdentity(
  options: TokenOptions & StsOptions,
  headers: readonly Header[],
  byDefault?: string,
): SignedCallerIdentity {
  const { credentials, date = new Date() } = options
  const { host, region } = resolveSts(options, byDefault)
  const signed = signRequest(
    {
      method: 'POST',
      url: `https://${host}/`,
      headers: [['content-type', 'application/x-www-form-urlencoded; charset=utf-8'], ...headers],
      body: CALLER_IDENTITY,
    },
    {
      credentials,
      service: 'sts',
      region,
      date,
      signHeaders: ['content-type', ...headers.map(([name]) => name)],
    },
  )
  const warnings = [...signed.warnings]
  const second = Math.floor(date.getTime() / 1000)
  const { expiresAt } = resolveExpiry(
    { credentials, expiresIn: SIGNED_SECONDS },
    { second, warnings, query: { wire: '' } },
  )
  const fields = {
    iam_http_request_method: signed.method,
    iam_request_url: btoa(signed.url),
    iam_request_body: btoa(CALLER_IDENTITY),
    iam_request_headers: btoa(JSON.stringify(Object.fromEntries(signed.headers))),
  }
  return { fields, expiresAt, warnings }
}
