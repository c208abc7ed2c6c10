/**
 * The settings that a file, the environment or flags give, and the one schema that they all go through.
 *
 * @module
 */
import { z } from 'zod'
import { GROUP, list, oneOf, path, textual, truth } from './given-kinds.ts'
import { givenClients, givenRoute, givenRoutes, givenTls, givenUpstreamTls } from './given-routes.ts'
import { parseListenAddress } from './address.ts'
import { DURATION, SIZE, parseDuration, parseSize } from './quantities.ts'
import type {
  AlgorithmName,
  ClientSettings,
  GivenRoute,
  TlsSettings,
  UpstreamTlsSettings,
} from './route-settings.ts'
import type { Address, GatewayLimits, GatewaySettings, StoreSettings, Timeouts } from './settings.ts'

/** Anything may be left out. */
type Given<T> = { readonly [Name in keyof T]?: T[Name] | undefined }

/** Settings of which any may be left out. */
export interface GivenSettings
  extends
    GivenRoute,
    Given<
      Omit<
        GatewaySettings,
        'routes' | 'clients' | 'tls' | 'upstreamTls' | 'health' | 'store' | 'timeouts' | 'limits' | 'log'
      >
    > {
  readonly routes?: readonly GivenRoute[] | undefined
  readonly clients?: Given<ClientSettings> | undefined
  readonly tls?: TlsSettings | undefined
  readonly upstreamTls?: Given<UpstreamTlsSettings> | undefined
  readonly health?: Address | 'off' | undefined
  readonly store?: Given<StoreSettings> | undefined
  readonly timeouts?: Given<Timeouts> | undefined
  readonly limits?: Given<GatewayLimits> | undefined
  readonly log?: Given<GatewaySettings['log']> | undefined
}

/** The timers of Node count no more than 2^31 milliseconds. */
const LONGEST_SECONDS = 2_147_483
/** What the verifier takes for a service or a region in a scope. */
const SCOPE_PART = /^[\w.~-]+$/
const HEADER = /^x-amz-[a-z\d-]+$/i
/** They say when, what and as whom somebody signs: a verifier that takes them unsigned verifies nothing. */
const NEVER_UNSIGNED = new Set(['x-amz-date', 'x-amz-security-token', 'x-amz-content-sha256'])

const ADDRESS =
  'must be an address such as 127.0.0.1:8080, [::1]:8080, or a port for this machine alone, or unix: and the path of a socket'
const TIME = 'must be a time of at most 24 days: seconds, or a number with ms, s, m, h or d, such as 30s'
const BYTES = 'must be a size of at least 1: bytes, or a number with its unit, such as 5GiB or 64 KiB'
const ALGORITHMS = 'must be v4 or v4a, or a list of both'
const COUNT = 'must be a whole number of at least 1'

const isAlgorithm = (name: string): name is AlgorithmName => name === 'v4' || name === 'v4a'

function inRange(value: number, least: number, most: number): number | undefined {
  return value >= least && value <= most ? value : undefined
}

const address = textual(ADDRESS, parseListenAddress)
const time = textual(TIME, (text) =>
  DURATION.test(text) ? inRange(parseDuration(text), 0, LONGEST_SECONDS) : undefined,
)
const size = textual(BYTES, (text) =>
  SIZE.test(text) ? inRange(parseSize(text), 1, Number.MAX_SAFE_INTEGER) : undefined,
)
const count = textual(COUNT, (text) => (/^\d{1,9}$/.test(text) ? inRange(Number(text), 1, 1e9) : undefined))
const names = (what: string, example: string, isEntry = (entry: string) => SCOPE_PART.test(entry)) => {
  const fault = `must be the ${what} that is served, or a list of several, such as ${example}`
  return list(fault, isEntry).refine((entries) => entries.length > 0, fault)
}

/** Names, meaning and form of all settings, of which any may be left out. */
export const settingsSchema: z.ZodType<GivenSettings> = z.strictObject(
  {
    verify: truth
      .optional()
      .describe('Whether clients have to sign; of a gateway true, of a proxy where clients.keys are given'),
    ...givenRoute.shape,
    routes: givenRoutes.optional().describe('Several upstreams; the first that allows a request gets it'),
    clients: givenClients.optional().describe('Who may have requests signed'),
    tls: givenTls.optional().describe('TLS towards clients'),
    upstreamTls: givenUpstreamTls.optional().describe('TLS towards the upstream, where it is not as usual'),
    upstreamProxy: z
      .union(
        [z.literal(false).transform(() => 'off' as const), oneOf('environment', 'off')],
        'must be environment or off',
      )
      .optional()
      .describe(
        'Whether HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY count: environment, or off; environment',
      ),
    listen: address.optional().describe('Address of the gateway; 127.0.0.1:8080'),
    health: z
      .union([z.literal(false), z.literal('off'), z.literal('false'), address], `${ADDRESS}, or off`)
      .transform((value) => (typeof value === 'object' ? value : 'off'))
      .optional()
      .describe('Address of health, readiness and metrics, or off; 127.0.0.1:8081'),
    service: names('service', 's3 or execute-api').optional().describe('Signing names that are served'),
    region: names('region', 'eu-west-1, or * for all', (entry) => entry === '*' || SCOPE_PART.test(entry))
      .optional()
      .describe('Regions that are served; * for all'),
    algorithms: list(ALGORITHMS, isAlgorithm)
      .refine((entries) => entries.length > 0, ALGORITHMS)
      .transform((entries) => entries.filter(isAlgorithm))
      .optional()
      .describe('With which algorithms clients may sign: v4, and v4a for several regions; v4'),
    unsignedPayload: oneOf('allowed', 'https-only', 'refused')
      .optional()
      .describe('Whether bodies may be left unsigned; as AWS does: for s3 alone'),
    maxClockSkew: time
      .optional()
      .describe('How far the date of a request may be from the clock; as AWS does'),
    preserveHost: truth.optional().describe("Sends the client's own Host upstream; false"),
    forwardSignature: truth.optional().describe('Sends the signature upstream, too; false'),
    allowUnsignedHeaders: list(
      'must name x-amz-* headers that infrastructure in front adds, such as x-amz-cf-id, and none that a signature is made of',
      (name) => HEADER.test(name) && !NEVER_UNSIGNED.has(name.toLowerCase()),
    )
      .optional()
      .describe('x-amz-* headers that infrastructure in front adds, such as x-amz-cf-id'),
    echo: oneOf('full', 'minimal', 'none')
      .optional()
      .describe('Whether a client whose signature does not match is told the canonical request; full'),
    store: z
      .strictObject(
        {
          file: path.optional().describe('The SQLite file with the keys'),
          masterKeyFile: path
            .optional()
            .describe('The file with the master key; master.key beside the store'),
        },
        GROUP,
      )
      .optional()
      .describe('Where the keys are; a path is relative to the configuration file'),
    timeouts: z
      .strictObject(
        {
          header: time.optional().describe('For the head of a request; 10s'),
          bodyIdle: time.optional().describe('For the next bytes of a body, from either side; 30s'),
          upstreamConnect: time.optional().describe('For a connection to the upstream; 5s'),
          upstreamFirstByte: time.optional().describe("For the upstream's first byte; 60s"),
          total: time.optional().describe('For a whole exchange; 0'),
          keepAlive: time.optional().describe('For an idle connection to be used again; 65s'),
          drain: time.optional().describe('For requests under way when the gateway is told to stop; 30s'),
        },
        GROUP,
      )
      .optional()
      .describe('How long the gateway waits; 0 waits for ever'),
    limits: z
      .strictObject(
        {
          body: size.optional().describe('Longest body; 5GiB'),
          bufferedBody: size
            .optional()
            .describe('How much of a body is kept in memory until its hash is known; 1MiB'),
          connections: count.optional().describe('Connections at once; 10000'),
          headerFields: count.optional().describe('Number of header fields; 200'),
          headerBytes: size.optional().describe('Names and values of all headers; 64KiB'),
          authorizationBytes: size.optional().describe('The Authorization header; 16KiB'),
          queryBytes: size.optional().describe('The query; 32KiB'),
          queryPairs: count.optional().describe('Number of query parameters; 1000'),
          signedHeaders: count.optional().describe('Number of names in SignedHeaders; 100'),
          credentialBytes: size.optional().describe('Access key id and scope; 512'),
          accessKeyIdLength: count.optional().describe('Characters of an access key id; 128'),
          sessionTokenBytes: size.optional().describe('The session token; 8KiB'),
          metadataBytes: size.optional().describe('At S3, all metadata of an object; 8KiB'),
          userMetadataBytes: size.optional().describe('At S3, x-amz-meta-* without that prefix; 2KiB'),
        },
        GROUP,
      )
      .optional()
      .describe('The most that is taken of anything'),
    log: z
      .strictObject(
        {
          level: oneOf('debug', 'info', 'warn', 'error', 'silent')
            .optional()
            .describe('How much is logged; info'),
        },
        GROUP,
      )
      .optional()
      .describe('The log'),
  },
  GROUP,
)

/** The schema of the configuration file as JSON Schema, for editors. */
export function buildSettingsJsonSchema(): z.core.JSONSchema.JSONSchema {
  return {
    title: 'Configuration of a Countersign gateway',
    ...z.toJSONSchema(settingsSchema, { io: 'input' }),
  }
}
