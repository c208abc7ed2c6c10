/**
 * Temporary credentials of a role, for the token of an identity provider (AssumeRoleWithWebIdentity): Kubernetes,
 * GitHub Actions, any OpenID Connect. Nothing signs the request; the token says who asks.
 *
 * @see {@link https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html}
 * @module
 */
import type { CredentialsProvider } from '../credentials/credentials.ts'
import { CredentialsError } from '../errors.ts'
import { askSts, resolveEndpoint } from './ask-sts.ts'
import { assertRole, roleParameters } from './role-parameters.ts'
import { named } from './source.ts'
import type { RoleOptions, StsOptions } from './sts-options.ts'

/** Options of {@link fromWebIdentity}. */
export interface WebIdentityOptions extends StsOptions, RoleOptions {
  /** The token, or what gives it each time: `() => readFile(process.env.AWS_WEB_IDENTITY_TOKEN_FILE, 'utf8')`. */
  readonly token: string | (() => string | Promise<string>)
  /** Domain of an OAuth 2.0 provider, such as `www.amazon.com`; none for OpenID Connect. */
  readonly providerId?: string | undefined
}

/**
 * A provider of the credentials of a role, for a token.
 *
 * @returns a provider that throws {@link StsError} `STS_REFUSED`, `STS_UNAVAILABLE`, `STS_REPLY_INVALID`;
 *   {@link CredentialsError} `CREDENTIALS_NOT_FOUND` when the token is empty; what the function of the token throws
 * @throws {@link SigningError} `OPTION_INVALID`, `URL_INVALID`, `PLAIN_HTTP_REFUSED`, at once
 */
export function fromWebIdentity(options: WebIdentityOptions): CredentialsProvider {
  const { token: given, providerId } = options
  const url = resolveEndpoint(options)
  assertRole(options)
  return named('web identity', async () => {
    const found: unknown = typeof given === 'function' ? await given() : given
    const text = found ?? ''
    if (typeof text !== 'string') {
      throw new CredentialsError(
        'CREDENTIALS_INVALID',
        "The web identity token is wanted as text: readFile(path, 'utf8')",
      )
    }
    // Files with tokens tend to end in a line end.
    const token = text.trim()
    if (token === '') throw new CredentialsError('CREDENTIALS_NOT_FOUND', 'The web identity token is empty')
    const parameters = [
      ...roleParameters(options),
      ['ProviderId', providerId] as const,
      ['WebIdentityToken', token] as const,
    ]
    const question = {
      action: 'AssumeRoleWithWebIdentity',
      parameters,
      caller: 'nobody',
      secrets: [token],
    } as const
    return askSts(url, question, options)
  })
}
