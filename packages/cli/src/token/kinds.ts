/**
 * The kinds of tokens: which options each needs and takes, and how it is made.
 *
 * @module
 */
import {
  createCodeCommitToken,
  createDsqlToken,
  createEksToken,
  createElastiCacheToken,
  createIotToken,
  createMemoryDbToken,
  createMskToken,
  createRdsToken,
  createSesSmtpToken,
  createVaultToken,
  type ExpiringTokenOptions,
} from 'countersign/tokens'
import type { Credentials, SigningWarning } from 'countersign'

/** What a token is for; which of these a kind has is in its {@link TokenKind}. */
export interface TokenDetails {
  readonly hostname?: string | undefined
  readonly port?: number | undefined
  readonly username?: string | undefined
  readonly admin?: boolean | undefined
  readonly cache?: string | undefined
  readonly serverless?: boolean | undefined
  readonly cluster?: string | undefined
  readonly serverId?: string | undefined
  readonly role?: string | undefined
  readonly repository?: string | undefined
  readonly userAgent?: string | undefined
  /** Lifetime in seconds. */
  readonly expires?: number | undefined
}

/** A token that was made. */
export interface MadeToken {
  readonly token: string
  /** Who the password is for, where that follows from the key. */
  readonly username?: string
  /** Absent when it lasts as long as its key. */
  readonly expiresAt?: Date
  readonly warnings?: readonly SigningWarning[]
}

/** One kind. */
export interface TokenKind {
  readonly needs: readonly (keyof TokenDetails)[]
  readonly takes: readonly (keyof TokenDetails)[]
  /** Signing name; `undefined` where the region need not be known. */
  readonly service: string | undefined
  readonly make: (details: TokenDetails, options: ExpiringTokenOptions) => MadeToken
}

/** All kinds by their names, in the order of the help. Options that are needed are there when a token is made. */
export const TOKEN_KINDS: ReadonlyMap<string, TokenKind> = new Map<string, TokenKind>([
  [
    'rds',
    {
      needs: ['hostname', 'port', 'username'],
      takes: ['expires'],
      service: 'rds-db',
      make: ({ hostname = '', port = NaN, username = '' }, options) =>
        createRdsToken({ ...options, hostname, port, username }),
    },
  ],
  [
    'dsql',
    {
      needs: ['hostname'],
      takes: ['admin', 'expires'],
      service: 'dsql',
      make: ({ hostname = '', admin }, options) => createDsqlToken({ ...options, hostname, admin }),
    },
  ],
  [
    'elasticache',
    {
      needs: ['cache', 'username'],
      takes: ['serverless', 'expires'],
      service: 'elasticache',
      make: ({ cache = '', username = '', serverless }, options) =>
        createElastiCacheToken({ ...options, cacheName: cache, username, serverless }),
    },
  ],
  [
    'memorydb',
    {
      needs: ['cluster', 'username'],
      takes: ['expires'],
      service: 'memorydb',
      make: ({ cluster = '', username = '' }, options) =>
        createMemoryDbToken({ ...options, clusterName: cluster, username }),
    },
  ],
  [
    'eks',
    {
      needs: ['cluster'],
      takes: ['hostname', 'expires'],
      service: 'sts',
      make: ({ cluster = '', hostname }, options) =>
        createEksToken({ ...options, clusterName: cluster, hostname }),
    },
  ],
  [
    'msk',
    {
      needs: [],
      takes: ['userAgent', 'expires'],
      service: 'kafka-cluster',
      make: ({ userAgent }, options) => createMskToken({ ...options, userAgent }),
    },
  ],
  [
    'vault',
    {
      needs: [],
      takes: ['hostname', 'serverId', 'role'],
      service: undefined,
      make: ({ hostname, serverId, role }, options) =>
        createVaultToken({ ...options, hostname, serverId, role }),
    },
  ],
  [
    'iot',
    {
      needs: ['hostname'],
      takes: ['port', 'expires'],
      service: 'iotdevicegateway',
      make: ({ hostname = '', port }, options) => createIotToken({ ...options, hostname, port }),
    },
  ],
  [
    'codecommit',
    {
      needs: ['hostname', 'repository'],
      takes: [],
      service: 'codecommit',
      make: ({ hostname = '', repository = '' }, options) =>
        createCodeCommitToken({ ...options, hostname, repository }),
    },
  ],
  [
    'ses-smtp',
    {
      needs: [],
      takes: [],
      service: 'ses',
      // Whether there is a secret is for the library to say.
      make: (_, { credentials, region = '' }) =>
        createSesSmtpToken({ credentials: credentials as Credentials, region }),
    },
  ],
])
