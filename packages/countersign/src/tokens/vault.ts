/**
 * Logins to HashiCorp Vault and OpenBao with an identity of AWS: the body of a POST to `auth/aws/login`.
 *
 * @see {@link https://developer.hashicorp.com/vault/docs/auth/aws}
 * @module
 */
import { signCallerIdentity, type StsOptions } from './caller-identity.ts'
import { GLOBAL_STS_HOST } from './sts-hosts.ts'
import { readHeaderText } from './token-names.ts'
import type { AuthToken, TokenOptions } from './token-options.ts'

/** Options of {@link createVaultToken}. */
export interface VaultTokenOptions extends TokenOptions, StsOptions {
  /**
   * Host of the STS that Vault is set up to ask. By default that of the region, and without a region
   * `sts.amazonaws.com`, as Vault's own default is.
   */
  readonly hostname?: string | undefined
  /** The server's `iam_server_id_header_value`. Without one a login also works at any other Vault that has none. */
  readonly serverId?: string | undefined
  /** Role to log in to. */
  readonly role?: string | undefined
}

const SERVER_ID_HEADER = 'x-vault-aws-iam-server-id'

/**
 * Makes a login, as the JSON that Vault takes. Its lifetime is that of a signed request: five minutes are certain.
 *
 * @throws {@link SigningError} `OPTION_INVALID`, `SCOPE_UNKNOWN`
 * @throws {@link CredentialsError} `CREDENTIALS_INVALID`, `CREDENTIALS_EXPIRED`
 */
export function createVaultToken(options: VaultTokenOptions): AuthToken {
  const { serverId, role } = options
  const { fields, expiresAt, warnings } = signCallerIdentity(
    options,
    serverId === undefined ? [] : [[SERVER_ID_HEADER, readHeaderText(serverId, 'serverId')]],
    GLOBAL_STS_HOST,
  )
  const token = JSON.stringify(role === undefined ? fields : { role, ...fields })
  return { token, expiresAt, warnings }
}
