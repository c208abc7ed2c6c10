/**
 * The settings of routes: which requests may go where, and how they are signed for it.
 *
 * @module
 */
import type { Address } from './address.ts'

/** What may be asked for; all that is not here is refused. An empty list does not limit anything, save `hosts`. */
export interface AllowSettings {
  /** Hosts that a client may name in `Host`, with `*` for any run of characters; that of the upstream by default. */
  readonly hosts: readonly string[]
  /** Raw paths, such as `/logs/*`. */
  readonly paths: readonly string[]
  readonly methods: readonly string[]
  /** Signing names that may be signed for. */
  readonly services: readonly string[]
  /** Regions that may be signed for. */
  readonly regions: readonly string[]
}

/** Algorithms of signatures: SigV4, and SigV4A, which is for several regions at once. */
export type AlgorithmName = 'v4' | 'v4a'

/** How a body is covered by the signature. */
export type PayloadPlan = 'auto' | 'hash' | 'chunks' | 'unsigned'

/** How requests are signed before they go upstream. */
export interface SignSettings {
  /** Signing name; by default read off the host, or what the client signed for. */
  readonly service: string | undefined
  /** Region, or for `v4a` a list of regions; by default read off the host, or what the client signed for. */
  readonly region: readonly string[] | undefined
  /** Whose name is in `Host` and signed; by default that of the upstream. */
  readonly host: string | undefined
  /** Profile in AWS's files whose credentials sign. */
  readonly profile: string | undefined
  readonly algorithm: AlgorithmName
  readonly payload: PayloadPlan
  /** Which headers are signed: `minimal`, `sdk`, `all`, or names. */
  readonly headers: readonly string[]
  /** Headers that are set before signing; an empty value takes one out. */
  readonly setHeaders: Readonly<Record<string, string>>
  /** How often a request that can be sent again is; each time with a new signature. */
  readonly retries: number
  /** Follows redirects to hosts that are allowed, with a new signature; else the client gets them. */
  readonly redirects: boolean
  /** Signs presigned URLs anew. */
  readonly presigned: boolean
}

/** One way to an upstream. */
export interface RouteSettings {
  /** By default https and the host that the client names. */
  readonly upstream: URL | undefined
  /** Where the connection goes, while all else is about the upstream. */
  readonly connect: Address | undefined
  readonly allow: AllowSettings
  /** Absent where requests go on unsigned. */
  readonly sign: SignSettings | undefined
}

/** A key that clients sign with, and that is good for this proxy alone. */
export interface ClientKeySettings {
  readonly accessKeyId: string
  /** The file with its secret. */
  readonly secretFile: string
  readonly principal: string | undefined
}

/** Who may use the signing end. */
export interface ClientSettings {
  /** The file with a bearer token, or with several, one a line. */
  readonly tokenFile: string | undefined
  /** Keys that are known here, in the place of those of the store. */
  readonly keys: readonly ClientKeySettings[]
  /** Whoever reaches the address may use it. */
  readonly anyone: boolean
}

/** TLS towards clients; files are PEM. */
export interface TlsSettings {
  readonly certificate: string
  readonly key: string
  /** Whose certificates clients must have. */
  readonly clientAuthority: string | undefined
  /** Whether clients may speak HTTP/2, too. */
  readonly http2: boolean
}

/** TLS towards the upstream, where it is not as usual; PEM files. */
export interface UpstreamTlsSettings {
  readonly authority: string | undefined
  readonly certificate: string | undefined
  readonly key: string | undefined
  /** Name that the upstream's certificate has to have. */
  readonly serverName: string | undefined
}

const NO_LIMITS: AllowSettings = { hosts: [], paths: [], methods: [], services: [], regions: [] }

/** How requests are signed where nobody says otherwise. */
const DEFAULT_SIGNING: SignSettings = {
  service: undefined,
  region: undefined,
  host: undefined,
  profile: undefined,
  algorithm: 'v4',
  payload: 'auto',
  headers: ['minimal'],
  setHeaders: {},
  retries: 2,
  redirects: false,
  presigned: false,
}

/** A route of which any part may be left out. */
export interface GivenRoute {
  readonly upstream?: URL | undefined
  readonly connect?: Address | undefined
  readonly allow?: { readonly [Name in keyof AllowSettings]?: AllowSettings[Name] | undefined } | undefined
  readonly sign?: { readonly [Name in keyof SignSettings]?: SignSettings[Name] | undefined } | undefined
}

/** All routes: those of the list, each with what is said for all of them; without a list that is the only route. */
export function settleRoutes(
  { upstream, connect, allow, sign }: GivenRoute,
  given: readonly GivenRoute[],
  isSigning: boolean,
): RouteSettings[] {
  const routes = given.length > 0 ? given : [{ upstream, connect }]
  return routes.map((route) => ({
    upstream: route.upstream,
    connect: route.connect ?? connect,
    allow: overlay(overlay(NO_LIMITS, allow), route.allow),
    sign: isSigning || route.sign ? overlay(overlay(DEFAULT_SIGNING, sign), route.sign) : undefined,
  }))
}

function overlay<T extends object>(
  below: T,
  above: { readonly [Name in keyof T]?: T[Name] | undefined } | undefined,
): T {
  const given = Object.entries(above ?? {}).filter(([, value]) => value !== undefined)
  return { ...below, ...Object.fromEntries(given) }
}
