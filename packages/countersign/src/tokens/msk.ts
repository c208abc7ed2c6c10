/**
 * Tokens for Amazon MSK, which Kafka clients hand over as SASL/OAUTHBEARER.
 *
 * @see {@link https://docs.aws.amazon.com/msk/latest/developerguide/iam-access-control.html}
 * @module
 */
import { presignToken } from './presign-token.ts'
import { encodeParameter, resolveRegion } from './token-names.ts'
import type { AuthToken, ExpiringTokenOptions } from './token-options.ts'
import { encodeUrlSafe } from './url-safe-base64.ts'

/** Options of {@link createMskToken}. */
export interface MskTokenOptions extends ExpiringTokenOptions {
  /** What the client calls itself; not signed. */
  readonly userAgent?: string | undefined
}

/**
 * Makes a token for any cluster of Amazon MSK in a region. It opens connections for at most 15 minutes. The region must
 * be given.
 *
 * @throws {@link SigningError} `OPTION_INVALID`, `SCOPE_UNKNOWN`, `EXPIRY_INVALID`
 * @throws {@link CredentialsError} `CREDENTIALS_INVALID`, `CREDENTIALS_EXPIRED`
 */
export function createMskToken(options: MskTokenOptions): AuthToken {
  const region = resolveRegion(options, 'kafka')
  const agent = encodeParameter(options.userAgent ?? 'countersign', 'userAgent')
  const { url, expiresAt, warnings } = presignToken(
    {
      url: `https://kafka.${region}.amazonaws.com/?Action=kafka-cluster%3AConnect`,
      service: 'kafka-cluster',
      region,
    },
    options,
  )
  // Brokers log it; it stands behind the signature and takes no part in it.
  return { token: encodeUrlSafe(`${url}&User-Agent=${agent}`), expiresAt, warnings }
}
