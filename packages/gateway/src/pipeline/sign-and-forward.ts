/**
 * What becomes of a request on a route that signs: where it goes is found out, its body is planned, and then it is
 * signed and sent.
 *
 * @module
 */
import type { GatewaySettings } from '../config/settings.ts'
import type { Exchange } from './exchange.ts'
import { GatewayFault } from './faults.ts'
import { forwardSigned } from './forward-signed.ts'
import { hasBody, planPayload } from './payload.ts'
import type { RouteSigner } from './route-signer.ts'
import { namedHost, type Route } from './routes.ts'
import { findScope, type Destination } from './sign.ts'
import { isPresignedTarget, upstreamTarget } from './target.ts'

/** Services that take bodies unsigned, and in chunks. */
const S3: ReadonlySet<string | undefined> = new Set(['s3', 's3express', 's3-outposts', 's3-object-lambda'])

/** Whoever is asked with these answers with what he was sent. */
const REFLECTING = /^trac[ek]$/i

/** What bodies may be, and where they are kept. */
export interface BodyRules extends Pick<GatewaySettings, 'limits' | 'timeouts'> {
  /** For bodies that do not fit into memory. */
  readonly folder: string
}

/**
 * Signs and forwards.
 *
 * @throws {@link GatewayFault}, {@link VerificationError}
 */
export function signAndForward(
  exchange: Exchange,
  route: Route,
  signer: RouteSigner,
  rules: BodyRules,
): Promise<void> {
  const destination = findDestination(exchange, route, signer)
  const { verified, request } = exchange
  return (verified ? verified.body : hasBody(request))
    ? forwardBody(exchange, route, signer, destination, rules)
    : forwardSigned(exchange, route, signer, undefined, destination)
}

async function forwardBody(
  exchange: Exchange,
  route: Route,
  signer: RouteSigner,
  destination: Destination,
  { limits, timeouts, folder }: BodyRules,
): Promise<void> {
  const payload = await planPayload(exchange, {
    payload: signer.settings.payload,
    isS3: S3.has(findScope(signer, destination.host, exchange.verified).service),
    isEncrypted: destination.scheme === 'https',
    most: limits.body,
    mostInMemory: limits.bufferedBody,
    folder,
    idle: timeouts.bodyIdle,
  })
  try {
    await forwardSigned(exchange, route, signer, payload, destination)
  } finally {
    await payload.release()
  }
}

/**
 * Where a request goes, and as what.
 *
 * @throws {@link GatewayFault} `METHOD_REFUSED`, `NOT_RESIGNABLE`, `NOT_SIGNABLE`, `PATH_DISPUTED`
 */
export function findDestination(exchange: Exchange, route: Route, { settings }: RouteSigner): Destination {
  const { request, verified } = exchange
  const { url = '/', method = '' } = request
  if (REFLECTING.test(method)) {
    throw new GatewayFault('METHOD_REFUSED', `${method} would show the client what signs its request`)
  }
  const isPresigned = verified ? verified.mechanism === 'query' : isPresignedTarget(url)
  if (isPresigned && !settings.presigned) {
    const text = 'A presigned URL is bound to whoever made it: set sign.presigned to have it signed anew'
    throw new GatewayFault('NOT_RESIGNABLE', text)
  }
  const target = upstreamTarget(url, verified, { prefix: route.prefix, keepSignature: false, isPresigned })
  // Signing cuts a fragment off, and what is left is another request than that which was allowed.
  if (!target.startsWith('/') || target.includes('#')) {
    throw new GatewayFault('NOT_SIGNABLE', 'The target must be a path, and # in it %23')
  }
  const origin = route.origin ?? `https://${namedHost(request)}`
  return {
    origin,
    scheme: origin.startsWith('https:') ? 'https' : 'http',
    host: settings.host ?? (route.host || namedHost(request)),
    target,
  }
}
