/**
 * The gateway's store of access keys.
 *
 * @module
 */
export type { AccessKey, KeyRequest, KeyStatus, NewSecret, SecretVersion } from './access-key.ts'
