/**
 * Tokens for ElastiCache, which Valkey and Redis OSS take as the password of a user that has IAM authentication:
 * `my-cache/?Action=connect&User=app&X-Amz-…`.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth-iam.html}
 * @module
 */
import { presignToken, withoutScheme } from './presign-token.ts'
import { encodeParameter, readHostname, resolveRegion } from './token-names.ts'
import type { AuthToken, ExpiringTokenOptions } from './token-options.ts'

/** Options of {@link createElastiCacheToken}. */
export interface ElastiCacheTokenOptions extends ExpiringTokenOptions {
  /** Name of the serverless cache, or id of the replication group; not its endpoint. */
  readonly cacheName: string
  /** Id of the user. */
  readonly username: string
  /** Whether the cache is a serverless one. */
  readonly serverless?: boolean | undefined
}

/**
 * Makes a token for ElastiCache. It opens connections for at most 15 minutes. The region must be given: the name of a
 * cache does not tell it.
 *
 * @throws {@link SigningError} `OPTION_INVALID`, `SCOPE_UNKNOWN`, `EXPIRY_INVALID`
 * @throws {@link CredentialsError} `CREDENTIALS_INVALID`, `CREDENTIALS_EXPIRED`
 */
export function createElastiCacheToken(options: ElastiCacheTokenOptions): AuthToken {
  const name = readHostname(options.cacheName, 'cacheName')
  const user = encodeParameter(options.username, 'username')
  const type = options.serverless ? '&ResourceType=ServerlessCache' : ''
  const presigned = presignToken(
    {
      url: `https://${name}/?Action=connect${type}&User=${user}`,
      service: 'elasticache',
      region: resolveRegion(options, 'elasticache'),
    },
    options,
  )
  return withoutScheme(presigned)
}
