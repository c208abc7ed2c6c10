/**
 * A reverse proxy that lets in only requests with a good AWS signature, signs those that it passes on, or both.
 *
 * @module
 */
export { createGateway, type Gateway, type Listening } from './gateway.ts'
export type { GatewayParts, Secrets } from './gateway-parts.ts'
export { serve, type ServeParts, type Serving } from './serve.ts'
export type { CredentialsFactory } from './signing-credentials.ts'
export { createLog, type GatewayLog } from './log.ts'
export { loadSettings, type LoadedSettings, type SettingsOrigins } from './config/load-settings.ts'
export type { KeySource } from './pipeline/authenticate.ts'
export type { RefusalKeeper, RefusedExchange } from './pipeline/refused-exchange.ts'
export { ConfigError, KeyStoreError, type ConfigErrorCode, type KeyStoreErrorCode } from './errors.ts'
export type {
  AlgorithmName,
  AllowSettings,
  ClientKeySettings,
  ClientSettings,
  PayloadPlan,
  RouteSettings,
  SignSettings,
  TlsSettings,
  UpstreamTlsSettings,
} from './config/route-settings.ts'
export type { Address, GatewayLimits, GatewaySettings, StoreSettings, Timeouts } from './config/settings.ts'
