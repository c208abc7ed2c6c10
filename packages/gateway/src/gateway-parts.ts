/**
 * What a gateway is given besides its settings: secrets, keys, credentials, and where its log goes.
 *
 * @module
 */
import type { Verifier } from 'countersign/verify'
import type { GatewayLog } from './log.ts'
import type { KeySource } from './pipeline/authenticate.ts'
import type { RefusalKeeper } from './pipeline/refused-exchange.ts'
import type { ListenerTls } from './server/listener.ts'
import type { ProxyEnvironment } from './server/outgoing-proxy.ts'
import type { UpstreamTls } from './server/upstream-pool.ts'
import type { CredentialsFactory } from './signing-credentials.ts'

/** What may change while a gateway runs. */
export interface Secrets {
  /** Bearer tokens of which clients must have one; none where they need none. */
  readonly tokens?: readonly string[] | undefined
  readonly tls?: ListenerTls | undefined
  /** What connections to upstreams are made with. */
  readonly upstreamTls?: UpstreamTls | undefined
}

/** What both ends are given to work with. */
interface CommonParts extends Secrets {
  readonly log: GatewayLog
  /** Makes what gives the credentials that sign; needed where requests are signed. */
  readonly credentials?: CredentialsFactory | undefined
  /** Keeps the last refused signature, for `/debug/last`; by default none is kept. */
  readonly refusals?: RefusalKeeper | undefined
  /** Where proxies on the way to upstreams are named; `process.env` by default. */
  readonly environment?: ProxyEnvironment | undefined
}

/** What a gateway is given to work with; it closes none of it. */
export interface GatewayParts extends CommonParts {
  readonly keys: KeySource
}

/** The stages of a gateway, as they are switched on. */
export interface PipelineParts extends CommonParts {
  /** Of clients; for whoever explains why one of them was refused. */
  readonly keys?: KeySource | undefined
  /** Is asked once, before the first request. */
  readonly createVerifier?: (() => Promise<Verifier<string>>) | undefined
  /** Names what keeps the gateway from serving; `undefined` when nothing does. */
  readonly hindrance?: (() => string | undefined) | undefined
}
