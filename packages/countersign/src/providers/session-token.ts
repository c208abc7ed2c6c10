/**
 * Temporary credentials of an IAM user (GetSessionToken): mostly to show a second factor once, and not at each request.
 *
 * @see {@link https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html}
 * @module
 */
import { resolveProvider } from '../credentials/cache-credentials.ts'
import type { CredentialsProvider } from '../credentials/credentials.ts'
import { askSts, resolveEndpoint } from './ask-sts.ts'
import { mfaParameters } from './mfa-parameters.ts'
import { named } from './source.ts'
import type { StsCaller, StsOptions } from './sts-options.ts'

/** Options of {@link fromSessionToken}. */
export interface SessionTokenOptions extends StsOptions, StsCaller {}

/**
 * A provider of the temporary credentials of a user.
 *
 * @returns a provider that throws {@link StsError} `STS_REFUSED`, `STS_UNAVAILABLE`, `STS_REPLY_INVALID`, and what the
 *   provider of the caller throws
 * @throws {@link SigningError} `OPTION_INVALID`, `URL_INVALID`, `PLAIN_HTTP_REFUSED`, at once
 */
export function fromSessionToken(options: SessionTokenOptions): CredentialsProvider {
  const url = resolveEndpoint(options)
  const provideCaller = resolveProvider(options.credentials, options.now)
  return named('session token', async () => {
    const parameters = [['DurationSeconds', options.duration] as const, ...(await mfaParameters(options.mfa))]
    return askSts(url, { action: 'GetSessionToken', parameters, caller: await provideCaller() }, options)
  })
}
