/**
 * Where credentials come from: the environment, a file of the IAM console, a role, a web identity, any provider of the
 * AWS SDK, one after the other, and kept for all who sign.
 *
 * ```js
 * import { createSigner } from 'countersign'
 * import { fromAssumeRole, fromEnvironment } from 'countersign/credentials'
 *
 * const role = fromAssumeRole({ credentials: fromEnvironment(), region: 'eu-west-1', roleArn })
 * const signer = createSigner({ credentials: role })
 * ```
 *
 * @module
 */
export { cacheCredentials, type CacheOptions } from '../credentials/cache-credentials.ts'
export { fromStatic } from './static.ts'
export { fromEnvironment, type Environment } from './environment.ts'
export { fromChain } from './chain.ts'
export { parseCredentialsCsv, type CsvCredentials, type CsvOptions } from './credentials-csv.ts'
export { fromAssumeRole, type AssumeRoleOptions } from './assume-role.ts'
export { fromWebIdentity, type WebIdentityOptions } from './web-identity.ts'
export { fromSessionToken, type SessionTokenOptions } from './session-token.ts'
export type { CredentialsSource } from './source.ts'
export type { SendFunction } from '../sign/send-once.ts'
export type { Mfa, RoleOptions, StsCaller, StsOptions } from './sts-options.ts'
export type { Credentials, CredentialsProvider, KeyCredentials } from '../credentials/credentials.ts'
export { CredentialsError, StsError } from '../errors.ts'
