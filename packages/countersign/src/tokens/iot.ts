/**
 * URLs for MQTT over WebSocket to AWS IoT: `wss://….iot.eu-west-1.amazonaws.com/mqtt?X-Amz-…`. The session token stands
 * behind the signature, since AWS IoT takes it off before it checks.
 *
 * @see {@link https://docs.aws.amazon.com/iot/latest/developerguide/protocols.html}
 * @module
 */
import { MAX_EXPIRES } from '../core/names.ts'
import { presignToken } from './presign-token.ts'
import { readHostname, readPort, resolveRegion } from './token-names.ts'
import type { AuthToken, ExpiringTokenOptions } from './token-options.ts'

/** Options of {@link createIotToken}. */
export interface IotTokenOptions extends ExpiringTokenOptions {
  /** Data endpoint of the account, or a domain of one's own. */
  readonly hostname: string
  /** 443 by default. */
  readonly port?: number | undefined
}

const SERVICE = 'iotdevicegateway'
const PATH = '/mqtt'

/**
 * Makes a URL that opens a connection to AWS IoT; the token is the whole URL.
 *
 * @throws {@link SigningError} `OPTION_INVALID`, `SCOPE_UNKNOWN`, `EXPIRY_INVALID`
 * @throws {@link CredentialsError} `CREDENTIALS_INVALID`, `CREDENTIALS_EXPIRED`
 */
export function createIotToken(options: IotTokenOptions): AuthToken {
  const hostname = readHostname(options.hostname)
  const port = readPort(options.port ?? 443)
  const { url, expiresAt, warnings } = presignToken(
    {
      url: `wss://${hostname}:${port}${PATH}`,
      service: SERVICE,
      region: resolveRegion(options, SERVICE, hostname, PATH),
      maxSeconds: MAX_EXPIRES,
    },
    options,
  )
  return { token: url, expiresAt, warnings }
}
