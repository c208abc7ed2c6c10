/**
 * The settings of a gateway: what a configuration file, the environment and flags together come to.
 *
 * @module
 */
import type { Limits, UnsignedPayload } from 'countersign/verify'
import type { Address } from './address.ts'
import type {
  AlgorithmName,
  ClientSettings,
  RouteSettings,
  TlsSettings,
  UpstreamTlsSettings,
} from './route-settings.ts'

export type { Address } from './address.ts'

/** How long the gateway waits, in seconds; 0 waits for ever. */
export interface Timeouts {
  /** For the head of a request; 10. */
  readonly header: number
  /** For the next bytes of a body, from either side; 30. */
  readonly bodyIdle: number
  /** For a connection to the upstream; 5. */
  readonly upstreamConnect: number
  /** For the upstream's first byte; 60. */
  readonly upstreamFirstByte: number
  /** For a whole exchange; 0. */
  readonly total: number
  /** For an idle connection to be used again; 65. */
  readonly keepAlive: number
  /** For requests under way when the gateway is told to stop; 30. */
  readonly drain: number
}

/** Limits on bodies, in bytes, and those of the verifier. */
export interface GatewayLimits extends Partial<Limits> {
  /** Longest body that is taken; 5 GiB. */
  readonly body: number
  /** How much of a body is kept in memory until its hash is known; the rest goes to a temporary file. 1 MiB. */
  readonly bufferedBody: number
  /** Connections at once; 10,000. */
  readonly connections: number
}

/** Where a gateway keeps its keys. */
export interface StoreSettings {
  /** The SQLite file. */
  readonly file: string
  /** The file with the master key, made on first start where `COUNTERSIGN_MASTER_KEY` is not set. */
  readonly masterKeyFile: string
}

/** All settings of a gateway or a signing proxy; nothing is left out. */
export interface GatewaySettings {
  /** Whether clients have to sign their requests. */
  readonly verify: boolean
  /** Where requests go, and which of them: the first route that allows a request takes it. At least one. */
  readonly routes: readonly RouteSettings[]
  /** Who may use it, apart from those whose signature is good. */
  readonly clients: ClientSettings
  /** TLS towards clients. */
  readonly tls: TlsSettings | undefined
  readonly upstreamTls: UpstreamTlsSettings
  /** Whether upstreams are reached by way of the proxies that `HTTPS_PROXY` and the like name. */
  readonly upstreamProxy: 'environment' | 'off'
  readonly listen: Address
  /** Health, readiness and metrics; never on the port of the clients. `undefined` switches it off. */
  readonly health: Address | undefined
  /** Signing names that are served. */
  readonly service: readonly string[]
  /** Regions that are served; `*` stands for all. */
  readonly region: readonly string[]
  /** With which algorithms clients may sign; SigV4 alone by default. */
  readonly algorithms: readonly AlgorithmName[]
  /** Whether bodies may be left unsigned; by default as AWS does: for S3 alone, whose presigned URLs never bind one. */
  readonly unsignedPayload: UnsignedPayload | undefined
  /** How far a request's date may be from the clock, in seconds; by default as AWS does for the service. */
  readonly maxClockSkew: number | undefined
  /** Sends the client's own `Host` upstream, not that of the upstream. */
  readonly preserveHost: boolean
  /** Sends the signature upstream, too. */
  readonly forwardSignature: boolean
  /** Names of `x-amz-*` headers that infrastructure in front adds, such as `x-amz-cf-id`. */
  readonly allowUnsignedHeaders: readonly string[]
  /** Whether the canonical request and the string to sign are told to the client whose signature does not match. */
  readonly echo: 'full' | 'minimal' | 'none'
  readonly store: StoreSettings
  readonly timeouts: Timeouts
  readonly limits: GatewayLimits
  readonly log: { readonly level: 'debug' | 'info' | 'warn' | 'error' | 'silent' }
}
