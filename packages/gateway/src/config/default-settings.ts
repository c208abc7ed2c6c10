/**
 * What a gateway does where nobody says otherwise. What it serves has no default: that has to be said.
 *
 * @module
 */
import type { SettingsSource } from './settings-tree.ts'

/** The defaults, written as a configuration file has them. What is `undefined` is found out later. */
export const DEFAULT_SETTINGS: SettingsSource = {
  tree: {
    verify: undefined,
    upstream: undefined,
    connect: undefined,
    allow: {},
    sign: undefined,
    routes: [],
    clients: { tokenFile: undefined, keys: [], anyone: false },
    tls: undefined,
    upstreamTls: { authority: undefined, certificate: undefined, key: undefined, serverName: undefined },
    upstreamProxy: 'environment',
    listen: '127.0.0.1:8080',
    health: '127.0.0.1:8081',
    service: undefined,
    region: undefined,
    algorithms: ['v4'],
    unsignedPayload: undefined,
    maxClockSkew: undefined,
    preserveHost: false,
    forwardSignature: false,
    allowUnsignedHeaders: [],
    echo: 'full',
    store: { file: undefined, masterKeyFile: undefined },
    timeouts: {
      header: '10s',
      bodyIdle: '30s',
      upstreamConnect: '5s',
      upstreamFirstByte: '60s',
      total: 0,
      keepAlive: '65s',
      drain: '30s',
    },
    limits: { body: '5GiB', bufferedBody: '1MiB', connections: 10_000 },
    log: { level: 'info' },
  },
  locate: () => 'default',
}
