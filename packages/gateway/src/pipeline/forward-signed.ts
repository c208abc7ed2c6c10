/**
 * The last stage of a request that is signed: sends it, and again where that may help, each time with a signature of
 * its own.
 *
 * @module
 */
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { Attempt, type Chances, type Verdict } from './attempt.ts'
import type { Exchange } from './exchange.ts'
import { GatewayFault } from './faults.ts'
import { faultOf, relay } from './forward.ts'
import type { Payload } from './payload.ts'
import type { RouteSigner } from './route-signer.ts'
import { allowsPath, type Route } from './routes.ts'
import { findScope, noteSigned, signMessage, type Destination } from './sign.ts'

const REPEATABLE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])
/** Nothing was sent yet. */
const NOT_CONNECTED: ReadonlySet<string | undefined> = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
])
/** The connection broke, perhaps just as it was used again. */
const BROKEN: ReadonlySet<string | undefined> = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'])
const REDIRECTS = 5
const FIRST_WAIT = 100

/** A request with what is left to be tried. */
interface Course {
  readonly exchange: Exchange
  readonly route: Route
  readonly signer: RouteSigner
  readonly payload: Payload | undefined
  destination: Destination
  /** A body that is gone cannot be sent again. */
  readonly isRepeatable: boolean
  redirects: number
  isCorrected: boolean
}

/**
 * Signs a request, forwards it and waits until its response has gone out.
 *
 * @throws {@link GatewayFault} while nothing of the response has gone out
 */
export async function forwardSigned(
  exchange: Exchange,
  route: Route,
  signer: RouteSigner,
  payload: Payload | undefined,
  destination: Destination,
): Promise<void> {
  const isRepeatable = payload === undefined || payload.isRepeatable
  const course = {
    exchange,
    route,
    signer,
    payload,
    destination,
    isRepeatable,
    redirects: 0,
    isCorrected: false,
  }
  for (let failures = 0; ;) {
    const verdict = await send(course, failures)
    if (!verdict) return
    if (verdict.kind === 'repeat') {
      failures += 1
      await rest(exchange, Math.max(verdict.wait, Math.random() * FIRST_WAIT * 2 ** failures))
    } else follow(course, verdict)
  }
}

/** Signs and sends once; tells what is to be done where that was not the end. */
async function send(course: Course, failures: number): Promise<Verdict | undefined> {
  const { exchange, route, signer, destination, payload } = course
  const { host } = destination
  const given = signer.provide()
  const credentials = given instanceof Promise ? await given : given
  const scope = findScope(signer, host, exchange.verified)
  const message = signMessage(
    exchange,
    { signer, rules: route.rules, scope, credentials },
    destination,
    payload,
  )
  const signed = noteSigned(exchange, signer, host, message)
  const chances = chancesOf(course, failures)
  const attempt = new Attempt({ signed, message, credentials }, chances)
  try {
    await relay(exchange, route, message, attempt)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const mayRepeat = failures < signer.settings.retries && course.isRepeatable
    const isSafe = NOT_CONNECTED.has(code) || (BROKEN.has(code) && REPEATABLE.has(message.method))
    const { headersSent, destroyed } = exchange.response
    if (mayRepeat && isSafe && !headersSent && !destroyed) return { kind: 'repeat', wait: 0 }
    throw faultOf(error)
  } finally {
    attempt.finish()
    noteClock(signer, destination.host, attempt.offset)
  }
  return attempt.verdict
}

/** How many hosts' clocks are known. */
const CLOCKS = 100

/** Milliseconds between two looks at the upstream's clock. */
const CLOCK_INTERVAL = 1000

function noteClock(signer: RouteSigner, host: string, offset: number | undefined): void {
  if (offset === undefined) return
  const { clocks } = signer
  signer.clockAt = performance.now()
  if (clocks.size >= CLOCKS && !clocks.has(host)) clocks.clear()
  clocks.set(host, offset)
}

function chancesOf(course: Course, failures: number): Chances {
  const { exchange, signer, isRepeatable, isCorrected } = course
  const isSafe = REPEATABLE.has(exchange.request.method ?? '')
  return {
    mayRepeat: isRepeatable && isSafe && failures < signer.settings.retries,
    mayCorrectClock: isRepeatable && !isCorrected,
    wantsClock: performance.now() - signer.clockAt > CLOCK_INTERVAL,
    redirect: (status, location) => redirected(course, status, location),
  }
}

function follow(course: Course, verdict: Exclude<Verdict, { kind: 'repeat' }>): void {
  if (verdict.kind === 'clock') {
    course.signer.offsets.set(course.destination.host, verdict.offset)
    course.isCorrected = true
  } else {
    course.destination = verdict.destination
    course.redirects += 1
  }
}

/** Where a redirect leads; to a host or a scheme that is not allowed nothing is signed. */
function redirected(course: Course, status: number, location: string): Destination | undefined {
  const { exchange, route, signer, destination, isRepeatable, redirects } = course
  const isFetch = exchange.request.method === 'GET' || exchange.request.method === 'HEAD'
  const mayFollow = status === 307 || status === 308 || (isFetch && (status === 301 || status === 302))
  if (!signer.settings.redirects || !mayFollow || !isRepeatable || redirects >= REDIRECTS) return undefined
  const { scheme, host, target, origin } = destination
  const base = `${scheme}://${host}${target}`
  if (!URL.canParse(location, base)) return undefined
  const url = new URL(location, base)
  const isHere = url.host === host && url.protocol === `${scheme}:`
  const isNamed = url.protocol === 'https:' && route.rules.namesHosts && route.rules.host(url.host)
  if (!isHere && !isNamed) return undefined
  const path = url.pathname
  if (!allowsPath(route.rules, path)) return undefined
  const next = { scheme: isHere ? scheme : 'https', host: url.host } as const
  return { ...next, origin: isHere ? origin : url.origin, target: path + url.search }
}

/** Waits, unless the client goes. */
async function rest({ response }: Exchange, milliseconds: number): Promise<void> {
  const ending = new AbortController()
  const { signal } = ending
  try {
    await Promise.race([delay(milliseconds, undefined, { signal }), once(response, 'close', { signal })])
  } finally {
    ending.abort()
  }
  if (response.destroyed) throw new GatewayFault('CLIENT_GONE', 'The client is gone')
}
