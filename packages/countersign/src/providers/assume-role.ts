/**
 * Temporary credentials of a role (AssumeRole).
 *
 * @see {@link https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html}
 * @module
 */
import { resolveProvider } from '../credentials/cache-credentials.ts'
import type { CredentialsProvider } from '../credentials/credentials.ts'
import { askSts, resolveEndpoint } from './ask-sts.ts'
import { mfaParameters } from './mfa-parameters.ts'
import { assertRole, roleParameters } from './role-parameters.ts'
import { named } from './source.ts'
import type { RoleOptions, StsCaller, StsOptions } from './sts-options.ts'

/** Options of {@link fromAssumeRole}. */
export interface AssumeRoleOptions extends StsOptions, StsCaller, RoleOptions {
  /** What the owner of the role in another account asks for, so that nobody can be tricked into using it. */
  readonly externalId?: string | undefined
  /** The person or program behind the session; it cannot be changed by roles assumed from this one. */
  readonly sourceIdentity?: string | undefined
  /** Session tags. */
  readonly tags?: Readonly<Record<string, string>> | undefined
  /** Names of those tags that roles assumed from this one keep. */
  readonly transitiveTagKeys?: readonly string[] | undefined
}

/**
 * A provider of the credentials of a role. It asks STS each time that it is asked itself; signers, and
 * `cacheCredentials`, see to it that this is seldom.
 *
 * ```js
 * const credentials = fromAssumeRole({ credentials: fromEnvironment(), region: 'eu-west-1', roleArn })
 * ```
 *
 * @returns a provider that throws {@link StsError} `STS_REFUSED`, `STS_UNAVAILABLE`, `STS_REPLY_INVALID`, and what the
 *   provider of the caller throws
 * @throws {@link SigningError} `OPTION_INVALID`, `URL_INVALID`, `PLAIN_HTTP_REFUSED`, at once
 */
export function fromAssumeRole(options: AssumeRoleOptions): CredentialsProvider {
  const { externalId, sourceIdentity, tags = {}, transitiveTagKeys = [], mfa } = options
  const url = resolveEndpoint(options)
  assertRole(options)
  const provideCaller = resolveProvider(options.credentials, options.now)
  const tagParameters = Object.entries(tags).flatMap(([key, value], index) => [
    [`Tags.member.${index + 1}.Key`, key] as const,
    [`Tags.member.${index + 1}.Value`, value] as const,
  ])
  return named('role', async () => {
    const parameters = [
      ...roleParameters(options),
      ['ExternalId', externalId] as const,
      ['SourceIdentity', sourceIdentity] as const,
      ...tagParameters,
      ...transitiveTagKeys.map((key, index) => [`TransitiveTagKeys.member.${index + 1}`, key] as const),
      ...(await mfaParameters(mfa)),
    ]
    const caller = await provideCaller()
    return askSts(url, { action: 'AssumeRole', parameters, caller }, options)
  })
}
