/**
 * How a request is delivered, as the flags say: with which credentials, for which service, on which way.
 *
 * @module
 */
import type { AnyCredentials } from '../credentials/resolved-credentials.ts'
import { resolveCredentials } from '../credentials/resolve.ts'
import { CommandError } from '../frame/command-error.ts'
import type { ScopeFlags } from '../frame/options.ts'
import type { Output } from '../frame/output.ts'
import { resolveScope, type ResolvedScope } from '../request/scope.ts'
import { parseAwsSigv4, parseUser } from './curl-credentials.ts'
import { hostOf, type DeliveryOptions, type Previous } from './delivery.ts'
import type { OutgoingRequest } from './outgoing-request.ts'
import { headerValue } from './refusal.ts'
import { resolveRoute } from './route.ts'
import type { SendFlags } from './send-flags.ts'
import { withHeaderToken } from './signing.ts'
import type { TlsSettings } from './tls-settings.ts'
import type { Way } from './transport.ts'

/** What the flags say, found out. */
export type FoundOptions = Pick<
  DeliveryOptions,
  'signing' | 'retries' | 'maxTime' | 'redirects' | 'maxRedirects' | 'scopeOf' | 'wayOf'
>

/**
 * Finds out what the flags leave open. What is wrong with a flag is told before credentials are asked for.
 *
 * @throws {@link CommandError} `USAGE`, and of the credentials
 */
export async function resolveDelivery(
  request: OutgoingRequest,
  flags: SendFlags,
  tls: TlsSettings,
  output: Output,
): Promise<FoundOptions> {
  const scopeFlags = scopeFlagsOf(flags)
  const wayOf = (next: OutgoingRequest): Way => resolveWay(next, request, flags, tls)
  wayOf(request)
  const credentials = withHeaderToken(await findCredentials(flags, output), request)
  warnOfReplaced(request, credentials, output)
  return {
    signing: { credentials, signHeaders: flags.signHeaders, at: flags.at },
    retries: flags.retry,
    maxTime: flags.maxTime,
    redirects: flags.locationTrusted ? 'any-host' : flags.location ? 'same-host' : 'none',
    maxRedirects: flags.maxRedirs,
    scopeOf: (next, previous) => scopeOf(next, previous, scopeFlags, credentials, output),
    wayOf,
  }
}

type OwnScopeFlags = ScopeFlags & Pick<SendFlags, 'profile'>

function scopeFlagsOf(flags: SendFlags): OwnScopeFlags {
  const curls = flags.awsSigv4 === undefined ? {} : parseAwsSigv4(flags.awsSigv4)
  const { service = curls.service, profile, algorithm, regionSet } = flags
  const region = flags.region ?? (regionSet === undefined ? curls.region : undefined)
  return { service, region, profile, algorithm, regionSet }
}

async function scopeOf(
  request: OutgoingRequest,
  previous: Previous | undefined,
  flags: OwnScopeFlags,
  credentials: AnyCredentials,
  output: Output,
): Promise<ResolvedScope> {
  const { url } = request
  const host = headerValue(request.headers, 'host')
  const signedUrl =
    host === undefined ? url : url.replace(/^([a-z]+:\/\/)[^/?#]*/i, (_, scheme) => scheme + host)
  if (!previous) return resolveScope(signedUrl, flags, credentials, output)
  const { scope, region } = previous
  // A set of regions was not chosen for one host, and holds where it held before.
  if (scope.algorithm || scope.older) return scope
  if (region !== undefined) return { ...scope, region }
  if (hostOf(url) === hostOf(previous.url)) return scope
  // Another host of S3 has its own region in its name, whatever the flags say.
  const isS3 = scope.service === 's3' && /\.amazonaws\.com(?:\.cn)?(?::\d+)?$/.test(hostOf(signedUrl))
  const own = isS3 ? { service: 's3', profile: flags.profile } : flags
  return resolveScope(signedUrl, own, credentials, output)
}

function resolveWay(
  request: OutgoingRequest,
  first: OutgoingRequest,
  flags: SendFlags,
  tls: TlsSettings,
): Way {
  const { url, headers } = request
  const text = /^https?:\/\/[^/?#]*/i.exec(url)?.[0] ?? ''
  if (!URL.canParse(text)) {
    throw new CommandError('USAGE', 'The URL is no http or https URL with a host', {
      why: 'a signature is for one host',
      fix: 'give an absolute URL, such as https://sts.eu-west-1.amazonaws.com/',
    })
  }
  const origin = new URL(text)
  const host = headerValue(headers, 'host')
  const isHostOwn = host === undefined || host.toLowerCase() === origin.host
  // The other end of a tunnel is that of the host it was made for.
  const connect = hostOf(url) === hostOf(first.url) ? flags.connect : undefined
  const { proxy, resolve, connectTimeout } = flags
  const route = resolveRoute(origin, isHostOwn, { proxy, resolve, connect }, process.env)
  return { origin, route, tls, connectTimeout }
}

async function findCredentials(flags: SendFlags, output: Output): Promise<AnyCredentials> {
  if (flags.user === undefined) return resolveCredentials(flags, output)
  const { profile, credentials, accessKeyId } = flags
  if (profile !== undefined || credentials !== undefined || accessKeyId !== undefined) {
    throw new CommandError('USAGE', '--user and another flag both name the credentials', {
      why: 'a request is signed with one key',
      fix: 'give one of them',
    })
  }
  const given = parseUser(flags.user)
  output.warn(
    'SECRET_IN_ARGUMENTS',
    '--user shows the secret to everybody on this computer; use --access-key-id with --secret-stdin, or the environment',
  )
  return given
}

function warnOfReplaced(request: OutgoingRequest, { sessionToken }: AnyCredentials, output: Output): void {
  if (headerValue(request.headers, 'authorization') !== undefined) {
    output.warn('HEADER_REPLACED', 'the Authorization header is replaced by the signature')
  }
  const token = headerValue(request.headers, 'x-amz-security-token')
  if (token !== undefined && token !== sessionToken) {
    output.warn(
      'HEADER_REPLACED',
      'the x-amz-security-token header is replaced by the token of the credentials',
    )
  }
}
