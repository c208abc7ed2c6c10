/**
 * A reverse proxy that lets in only requests with a good AWS signature.
 *
 * @module
 */
export { createGateway, type Gateway, type GatewayParts, type Listening } from './gateway.ts'
export { serve, type Serving } from './serve.ts'
export { createLog, type GatewayLog } from './log.ts'
export { loadSettings, type LoadedSettings, type SettingsOrigins } from './config/load-settings.ts'
export type { KeySource } from './pipeline/authenticate.ts'
export { ConfigError, KeyStoreError, type ConfigErrorCode, type KeyStoreErrorCode } from './errors.ts'
export type { Address, GatewayLimits, GatewaySettings, StoreSettings, Timeouts } from './config/settings.ts'
