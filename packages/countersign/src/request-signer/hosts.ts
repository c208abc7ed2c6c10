/**
 * What hosts tell a {@link RequestSigner}: service and region as for all signers, and a few hosts more that are not
 * signed with SigV4.
 *
 * @module
 */
import { inferScope, type HostScope } from '../core/service-hosts.ts'

const PATTERNS: readonly (readonly [pattern: RegExp, service: string, region?: string])[] = [
  // EventBridge's and SES's endpoints of several regions take SigV4A alone.
  [/^[\w.-]+\.endpoint\.events\.(?:amazonaws\.|api\.)[a-z.]+$/, 'events', '*'],
  [/^[\w.-]+\.endpoints\.email\.(?:amazonaws\.|api\.)[a-z.]+$/, 'ses', '*'],
  [/^portal\.sso\.([a-z0-9-]+)\.(?:amazonaws\.|api\.)[a-z.]+$/, 'awsssoportal'],
  [/^oidc\.([a-z0-9-]+)\.(?:amazonaws\.|api\.)[a-z.]+$/, 'sso-oauth'],
  [/^sdb\.amazonaws\.com$/, 'sdb', 'us-east-1'],
  [/^importexport\.amazonaws\.com$/, 'importexport', 'us-east-1'],
  [/^codecatalyst\.global\.api\.aws$/, 'codecatalyst', 'us-west-2'],
]

/**
 * Service and region of a host; `undefined` when it is not known.
 *
 * @throws {@link SigningError} `HOST_NOT_SIGNABLE`
 */
export function inferRequestScope(host: string, path: string): HostScope | undefined {
  const name = host.replace(/:\d+$/, '')
  for (const [pattern, service, region] of PATTERNS) {
    const match = pattern.exec(name)
    if (match) return { service, region: region ?? match[1], reason: `host ${name}` }
  }
  return inferScope(host, path)
}
