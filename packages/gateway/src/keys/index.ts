/**
 * The gateway's store of access keys.
 *
 * @module
 */
export type { AccessKey, KeyRequest, KeyStatus, NewSecret, SecretVersion } from './access-key.ts'
export { openKeyStore, type KeyStore, type KeyStoreOptions } from './key-store.ts'
export { resolveMasterKey, type MasterKeySources } from './master-key.ts'
export { KeyStoreError, type KeyStoreErrorCode } from '../errors.ts'
export { resolveStore } from '../config/store-settings.ts'
export type { StoreSettings } from '../config/settings.ts'
