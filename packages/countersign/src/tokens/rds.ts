/**
 * Tokens for RDS and Aurora, which a database takes as the password of a user that has IAM authentication:
 * `db.….eu-west-1.rds.amazonaws.com:5432/?Action=connect&DBUser=app&X-Amz-…`.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.html}
 * @module
 */
import { presignToken, withoutScheme } from './presign-token.ts'
import { encodeParameter, readHostname, readPort, resolveRegion } from './token-names.ts'
import type { AuthToken, ExpiringTokenOptions } from './token-options.ts'

/** Options of {@link createRdsToken}. */
export interface RdsTokenOptions extends ExpiringTokenOptions {
  /** Endpoint of the instance, the cluster or the proxy; no alias of one's own, which the server does not know. */
  readonly hostname: string
  readonly port: number
  /** The database user. */
  readonly username: string
}

const HTTPS_PORT = 443

/**
 * Makes a token for RDS or Aurora. It opens connections for at most 15 minutes; open ones outlive it.
 *
 * @throws {@link SigningError} `OPTION_INVALID`, `SCOPE_UNKNOWN`, `EXPIRY_INVALID`
 * @throws {@link CredentialsError} `CREDENTIALS_INVALID`, `CREDENTIALS_EXPIRED`
 */
export function createRdsToken(options: RdsTokenOptions): AuthToken {
  const hostname = readHostname(options.hostname)
  const port = readPort(options.port)
  const user = encodeParameter(options.username, 'username')
  // The port is always signed, also the one that a URL of the other scheme leaves out.
  const scheme = port === HTTPS_PORT ? 'http' : 'https'
  const presigned = presignToken(
    {
      url: `${scheme}://${hostname}:${port}/?Action=connect&DBUser=${user}`,
      service: 'rds-db',
      region: resolveRegion(options, 'rds-db', hostname),
    },
    options,
  )
  return withoutScheme(presigned)
}
