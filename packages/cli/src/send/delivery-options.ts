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
import { assertScheme } from '../request/url-parts.ts'
import { resolveSignHeaders } from '../request/unsign.ts'
import { createClock } from './clock.ts'
import { parseAwsSigv4, parseUser } from './curl-credentials.ts'
import { hostOf, type DeliveryOptions, type Previous } from './delivery.ts'
import type { OutgoingRequest } from './outgoing-request.ts'
import { headerValue } from './wire-request.ts'
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
  const common = {
    retries: flags.retry,
    maxTime: flags.maxTime,
    redirects: flags.locationTrusted ? 'any-host' : flags.location ? 'same-host' : 'none',
    maxRedirects: flags.maxRedirs,
    wayOf,
  } as const
  const clock = createClock(flags, output)
  if (flags.bearer !== undefined) {
    const { assertNoSignature, createBearer } = await import('./bearer.ts')
    assertNoSignature(flags, request)
    return { ...common, signing: await createBearer(flags.bearer), scopeOf: async () => BEARER }
  }
  const bucketHost = needsSession(request, flags)
  if (bucketHost !== undefined) assertSessionPossible(request, flags)
  const credentials = withHeaderToken(await findCredentials(flags, output), request)
  warnOfReplaced(request, credentials, output)
  const resolve: FoundOptions['scopeOf'] = (next, previous) =>
    scopeOf(next, previous, scopeFlags, credentials, output)
  const signHeaders = resolveSignHeaders(request, flags, output)
  if (bucketHost === undefined) {
    const signing = { credentials, signHeaders, clock }
    return { ...common, signing, scopeOf: resolve }
  }
  if (flags.algorithm === undefined) output.infer('algorithm', 's3express', bucketHost)
  const { createExpress } = await import('./express.ts')
  const wayTo = (url: string): Way => resolveWay({ url, headers: [] }, request, flags, tls)
  return {
    ...common,
    signing: createExpress(credentials, { ...flags, signHeaders }, wayTo, output),
    scopeOf: async (next, previous) => ({ ...(await resolve(next, previous)), scheme: 's3express' }),
  }
}

/** A token is for no service in no region. */
const BEARER: ResolvedScope = { service: 'any', region: '', scheme: 'bearer' }

const BUCKET_HOST = /--xa?-s3\.s3express-[a-z0-9-]+\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?(?::\d+)?$/

/** What tells that a session is needed: the flag, or the host of a directory bucket. */
function needsSession({ url }: OutgoingRequest, { algorithm }: SendFlags): string | undefined {
  if (algorithm === 's3express') return '--algorithm'
  // Sessions themselves are asked for with the credentials.
  const isSession = /[?&]session(?:[=&]|$)/.test(url)
  const isBucket = algorithm === undefined && BUCKET_HOST.test(hostOf(url)) && !isSession
  return isBucket ? `host ${hostOf(url)}` : undefined
}

function assertSessionPossible(
  { chunks }: OutgoingRequest,
  { dryRun, printCurl, clockOffset }: SendFlags,
): void {
  if (clockOffset !== undefined) {
    throw new CommandError('USAGE', '--clock-offset does not set the clock of a session', {
      why: 'the keys for a directory bucket are asked for and used by the clock of this computer',
      fix: 'leave it out, and set the clock',
    })
  }
  if (chunks) {
    throw new CommandError('USAGE', 'Directory buckets get no uploads in chunks from here', {
      why: 'a session signs the body as a whole',
      fix: 'leave out --chunked and --trailer',
    })
  }
  if (!dryRun && !printCurl) return
  throw new CommandError('USAGE', `${dryRun ? '--dry-run' : '--print-curl'} has no session to sign with`, {
    why: 'the keys for a directory bucket are asked for over the network, and this sends nothing',
    fix: 'leave it out, or sign with the credentials themselves: --algorithm v4',
  })
}

type OwnScopeFlags = ScopeFlags & Pick<SendFlags, 'profile'>

function scopeFlagsOf(flags: SendFlags): OwnScopeFlags {
  const curls = flags.awsSigv4 === undefined ? {} : parseAwsSigv4(flags.awsSigv4)
  const { profile, regionSet, configuredService, configuredRegion, pin, updatePin } = flags
  const isExpress = flags.algorithm === 's3express'
  const service = flags.service ?? curls.service ?? (isExpress ? 's3express' : undefined)
  const algorithm = flags.algorithm === 's3express' ? undefined : flags.algorithm
  const region = flags.region ?? (regionSet === undefined ? curls.region : undefined)
  const files = { configuredService, configuredRegion, pin, updatePin }
  return { service, region, profile, algorithm, regionSet, ...files }
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
  if (scope.algorithm || scope.older || scope.scheme) return scope
  if (region !== undefined) return { ...scope, region }
  if (hostOf(url) === hostOf(previous.url)) return scope
  // Another host of S3 has its own region in its name, whatever the flags say.
  const isS3 = scope.service === 's3' && /\.amazonaws\.com(?:\.cn)?(?::\d+)?$/.test(hostOf(signedUrl))
  const { profile, pin } = flags
  const own = isS3 ? { service: 's3', profile, pin } : flags
  return resolveScope(signedUrl, own, credentials, output)
}

function resolveWay(
  request: Pick<OutgoingRequest, 'url' | 'headers'>,
  first: OutgoingRequest,
  flags: SendFlags,
  tls: TlsSettings,
): Way {
  const { url, headers } = request
  const text = /^https?:\/\/[^/?#]*/i.exec(url)?.[0] ?? ''
  if (!URL.canParse(text)) {
    assertScheme(url)
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
