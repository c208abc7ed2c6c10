/**
 * Tokens for Aurora DSQL, which a cluster takes as a password:
 * `abc.dsql.us-east-1.on.aws/?Action=DbConnect&X-Amz-…`.
 *
 * @see {@link https://docs.aws.amazon.com/aurora-dsql/latest/userguide/SECTION_authentication-token.html}
 * @module
 */
import { MAX_EXPIRES } from '../core/names.ts'
import { presignToken, withoutScheme } from './presign-token.ts'
import { readHostname, resolveRegion } from './token-names.ts'
import type { AuthToken, ExpiringTokenOptions } from './token-options.ts'

/** Options of {@link createDsqlToken}. */
export interface DsqlTokenOptions extends ExpiringTokenOptions {
  /** Endpoint of the cluster. */
  readonly hostname: string
  /** Whether the token is for the role `admin`, and not for one of the cluster's own. */
  readonly admin?: boolean | undefined
}

/**
 * Makes a token for Aurora DSQL.
 *
 * @throws {@link SigningError} `OPTION_INVALID`, `SCOPE_UNKNOWN`, `EXPIRY_INVALID`
 * @throws {@link CredentialsError} `CREDENTIALS_INVALID`, `CREDENTIALS_EXPIRED`
 */
export function createDsqlToken(options: DsqlTokenOptions): AuthToken {
  const hostname = readHostname(options.hostname)
  const action = options.admin ? 'DbConnectAdmin' : 'DbConnect'
  const presigned = presignToken(
    {
      url: `https://${hostname}/?Action=${action}`,
      service: 'dsql',
      region: resolveRegion(options, 'dsql', hostname),
      maxSeconds: MAX_EXPIRES,
    },
    options,
  )
  return withoutScheme(presigned)
}
