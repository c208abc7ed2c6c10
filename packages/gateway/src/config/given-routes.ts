/**
 * The schema of routes, of signing, and of who may use it.
 *
 * @module
 */
import { z } from 'zod'
import { parseAddress } from './address.ts'
import { GROUP, list, oneOf, path, textual, truth, upstream } from './given-kinds.ts'
import type { ClientSettings, GivenRoute, TlsSettings, UpstreamTlsSettings } from './route-settings.ts'

const NAME = /^[\w.~-]+$/
const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]+$/
const HEADER_VALUE = /^[\t -~]*$/
/** What the signer writes itself, and what belongs to the connection. */
const NEVER_SET =
  /^(?:host|authorization|connection|content-length|transfer-encoding|upgrade|date|x-amz-(?:date|security-token|content-sha256|decoded-content-length|trailer|region-set))$/i

const names = (what: string, pattern: RegExp, example: string) =>
  list(
    `must be ${what}, or a list of several, such as ${example}`,
    (entry) => pattern.test(entry) && entry !== '',
  )

const allow = z
  .strictObject(
    {
      hosts: names('a host that clients may name', /^[\w*.:[\]-]+$/, '*.s3.eu-west-1.amazonaws.com')
        .optional()
        .describe('Hosts that clients may name, * for any characters; without them the upstream alone'),
      paths: names('a raw path that begins with /', /^\/[!-~]*$/, '/logs/*, with * for any characters')
        .optional()
        .describe('Raw paths, * for any characters; all'),
      methods: names('a method', /^[A-Z-]+$/, 'GET, HEAD')
        .optional()
        .describe('Methods; all'),
      services: names('a signing name', NAME, 's3, es').optional().describe('What may be signed for; all'),
      regions: names('a region', NAME, 'eu-west-1').optional().describe('Where may be signed for; all'),
    },
    GROUP,
  )
  .describe('What may be asked for; all else is refused')

const setHeaders = z
  .record(
    z.string().regex(HEADER_NAME, 'must be the name of a header'),
    z.string('must be a text; an empty one takes the header out').regex(HEADER_VALUE, 'must be ASCII'),
    'must hold headers, each on a line of its own beneath it',
  )
  .refine((given) => !Object.keys(given).some((name) => NEVER_SET.test(name)), {
    message: 'must not name what a signature is made of, or what belongs to the connection',
  })

const sign = z
  .strictObject(
    {
      service: textual('must be a signing name, such as es or s3', (text) =>
        NAME.test(text) ? text : undefined,
      )
        .optional()
        .describe('Signing name; read off the host'),
      region: list('must be a region, such as eu-west-1, or for v4a a list of them', (entry) =>
        /^[\w.~*-]+$/.test(entry),
      )
        .optional()
        .describe('Region; read off the host'),
      host: textual('must be a host, such as search-x.eu-west-1.es.amazonaws.com', (text) =>
        /^[\w.:[\]-]+$/.test(text) ? text : undefined,
      )
        .optional()
        .describe('Host that is signed and asked for; that of the upstream'),
      profile: textual("must be the name of a profile in AWS's files", (text) => text || undefined)
        .optional()
        .describe("Profile in AWS's files whose credentials sign"),
      algorithm: oneOf('v4', 'v4a').optional().describe('SigV4, or SigV4A for several regions; v4'),
      payload: oneOf('auto', 'hash', 'chunks', 'unsigned')
        .optional()
        .describe('How bodies are signed: hashed, in signed chunks or, over https, not at all; auto'),
      headers: list('must be minimal, sdk, all, or names of headers', (entry) => HEADER_NAME.test(entry))
        .optional()
        .describe('Which headers are signed; minimal'),
      setHeaders: setHeaders.optional().describe('Headers that are set before signing; empty takes one out'),
      retries: textual('must be a whole number from 0 to 10', (text) =>
        /^(?:\d|10)$/.test(text) ? Number(text) : undefined,
      )
        .optional()
        .describe('How often what can be sent again is; 2'),
      redirects: truth.optional().describe('Follows redirects to allowed hosts, signed anew; false'),
      presigned: truth.optional().describe('Signs presigned URLs anew; false'),
    },
    GROUP,
  )
  .describe('How requests are signed before they go upstream')

const connect = textual('must be an address such as 10.0.0.5:443 or [fd00::5]:443', (text) =>
  text.includes(':') ? parseAddress(text) : undefined,
)

const route = z.strictObject(
  {
    upstream: upstream
      .optional()
      .describe('Where requests go: scheme, host, port, and a path put before theirs'),
    connect: connect
      .optional()
      .describe('Where the connection goes, while all else is about the upstream; the upstream'),
    allow: allow.optional(),
    sign: sign.optional(),
  },
  GROUP,
)

/** One route. */
export const givenRoute: { readonly shape: z.ZodRawShape; readonly schema: z.ZodType<GivenRoute> } = {
  shape: route.shape,
  schema: route,
}

/** Several routes. */
export const givenRoutes: z.ZodType<GivenRoute[]> = z.array(route, 'must be a list of routes')

const key = z.strictObject(
  {
    accessKeyId: z
      .string('must be an access key id')
      .regex(/^[\w./=+-]{1,128}$/, 'must be an access key id of at most 128 letters and digits'),
    secretFile: path.describe('The file with its secret'),
    principal: z.string('must be a name').min(1, 'must be a name').optional().describe('Whose it is'),
  },
  'must have accessKeyId and secretFile',
)

/** Who may use the signing end. */
export const givenClients: z.ZodType<{
  readonly [Name in keyof ClientSettings]?: ClientSettings[Name] | undefined
}> = z.strictObject(
  {
    tokenFile: path.optional().describe('The file with a bearer token, or with several, one a line'),
    keys: z
      .array(
        key.transform(({ principal, ...rest }) => ({ ...rest, principal })),
        'must be a list of keys',
      )
      .optional()
      .describe('Keys that clients sign with, in the place of those of the store'),
    anyone: truth.optional().describe('Whoever reaches the address may use it; false'),
  },
  GROUP,
)

/** TLS towards clients. */
export const givenTls: z.ZodType<TlsSettings> = z
  .strictObject(
    {
      certificate: path.describe('Certificate with its chain, PEM'),
      key: path.describe('Its private key, PEM'),
      clientAuthority: path.optional().describe('Whose certificates clients must have, PEM'),
      http2: truth.optional().describe('Whether clients may speak HTTP/2, too; false'),
    },
    GROUP,
  )
  .transform(({ clientAuthority, http2 = false, ...rest }) => ({ ...rest, clientAuthority, http2 }))

/** TLS towards the upstream. */
export const givenUpstreamTls: z.ZodType<{
  readonly [Name in keyof UpstreamTlsSettings]?: string | undefined
}> = z.strictObject(
  {
    authority: path.optional().describe('Whose certificates are trusted, beside the usual ones; PEM'),
    certificate: path.optional().describe('Our certificate, where the upstream wants one; PEM'),
    key: path.optional().describe('Its private key, PEM'),
    serverName: z
      .string('must be a name')
      .regex(/^[\w.-]+$/, 'must be a name')
      .optional()
      .describe("The name in the upstream's certificate"),
  },
  GROUP,
)
