/** What the parts of the measurement agree on. */
export const service = 'execute-api'
export const region = 'us-east-1'
export const credentials = { accessKeyId: 'CSAKBENCHMARKKEY2345', secretAccessKey: 'only-for-measuring' }

/**
 * Settings of the measured gateway: the defaults.
 *
 * @param {number} upstreamPort
 * @returns {import('@countersign/gateway').GatewaySettings}
 */
export const settings = (upstreamPort) => ({
  verify: true,
  routes: [
    {
      upstream: new URL(`http://127.0.0.1:${upstreamPort}`),
      connect: undefined,
      allow: { hosts: [], paths: [], methods: [], services: [], regions: [] },
      sign: undefined,
    },
  ],
  clients: { tokenFile: undefined, keys: [], anyone: false },
  tls: undefined,
  upstreamTls: { authority: undefined, certificate: undefined, key: undefined, serverName: undefined },
  upstreamProxy: 'environment',
  listen: { host: '127.0.0.1', port: 0 },
  health: undefined,
  service: [service, 's3'],
  region: [region],
  algorithms: ['v4'],
  unsignedPayload: undefined,
  maxClockSkew: undefined,
  preserveHost: false,
  forwardSignature: false,
  allowUnsignedHeaders: [],
  echo: 'full',
  store: { file: '', masterKeyFile: '' },
  timeouts: {
    header: 10,
    bodyIdle: 30,
    upstreamConnect: 5,
    upstreamFirstByte: 60,
    total: 0,
    keepAlive: 65,
    drain: 30,
  },
  limits: { body: 5 * 1024 ** 3, bufferedBody: 1024 ** 2, connections: 10_000 },
  log: { level: 'info' },
})
