/**
 * Tokens that stand for a password, made of credentials in hand, at once and without a network: for RDS, DSQL,
 * ElastiCache, MemoryDB, EKS, MSK, Vault, AWS IoT, CodeCommit and the SMTP interface of SES.
 *
 * @module
 */
export { createCodeCommitToken, type CodeCommitToken, type CodeCommitTokenOptions } from './codecommit.ts'
export { createDsqlToken, type DsqlTokenOptions } from './dsql.ts'
export { createEksToken, type EksTokenOptions } from './eks.ts'
export { createElastiCacheToken, type ElastiCacheTokenOptions } from './elasticache.ts'
export { createIotToken, type IotTokenOptions } from './iot.ts'
export { createMemoryDbToken, type MemoryDbTokenOptions } from './memorydb.ts'
export { createMskToken, type MskTokenOptions } from './msk.ts'
export { createRdsToken, type RdsTokenOptions } from './rds.ts'
export { createSesSmtpToken, type SesSmtpToken, type SesSmtpTokenOptions } from './ses-smtp.ts'
export { createVaultToken, type VaultTokenOptions } from './vault.ts'
export type { StsOptions } from './caller-identity.ts'
export type { AuthToken, ExpiringTokenOptions, TokenOptions } from './token-options.ts'
