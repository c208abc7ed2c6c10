/**
 * A reverse proxy that lets in only requests with a good AWS signature.
 *
 * @module
 */
export { ConfigError, KeyStoreError, type ConfigErrorCode, type KeyStoreErrorCode } from './errors.ts'
export type { Address, GatewayLimits, GatewaySettings, StoreSettings, Timeouts } from './config/settings.ts'
