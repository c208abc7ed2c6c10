/**
 * What the doctor asks of the network, and only on request: a server for the time, and STS who the key belongs to.
 *
 * @module
 */
import { signRequest } from 'countersign'
import type { AnyCredentials } from '../credentials/resolved-credentials.ts'
import { EXIT, type ExitCode } from '../frame/exit-codes.ts'
import { describeFailure } from '../frame/failure.ts'
import { readRefusal, type RefusalKind } from '../send/refusal.ts'
import { resolveRoute } from '../send/route.ts'
import { readTlsSettings } from '../send/tls-settings.ts'
import { createWayFetch, type WayFetch } from '../send/way-fetch.ts'
import { checkClock, UNMEASURED } from './check-clock.ts'
import { fine, wrong, type Finding } from './finding.ts'

/** The way to the servers. */
export interface WayFlags {
  readonly proxy?: string | undefined
  readonly cacert?: string | undefined
  readonly connect?: string | undefined
}

/** In seconds, for each connection and for each answer. */
const TIMEOUT = 10

/** Makes what asks. */
export async function createAsking({ proxy, cacert, connect }: WayFlags): Promise<WayFetch> {
  const tls = await readTlsSettings({ cacert }, process.env)
  return createWayFetch((url) => {
    const origin = new URL(new URL(url).origin)
    const route = resolveRoute(origin, true, { proxy, connect }, process.env)
    return { origin, route, tls, connectTimeout: TIMEOUT }
  })
}

/** Asks a server for the time. */
export async function askClock(url: string, way: WayFetch): Promise<Finding> {
  const sent = Date.now()
  try {
    const { headers } = await way.fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(TIMEOUT * 1000) })
    return checkClock({ sent, received: Date.now(), date: headers.get('date') }, new URL(url).host)
  } catch (error) {
    return unreachable('clock', error, way)
  }
}

/**
 * Asks STS whose the key is; its answer tells the time, too.
 *
 * @param url of STS, such as `https://sts.eu-west-1.amazonaws.com/`
 */
export async function askSts(
  url: string,
  region: string | undefined,
  credentials: AnyCredentials,
  way: WayFetch,
): Promise<readonly Finding[]> {
  const action = `${url}?Action=GetCallerIdentity&Version=2011-06-15`
  const { headers } = signRequest({ method: 'GET', url: action }, { credentials, service: 'sts', region })
  const own = headers.filter(([name]) => name !== 'host')
  const sent = Date.now()
  try {
    const init = { headers: own.map(([name, value]): [string, string] => [name, value]) }
    const answer = await way.fetch(action, { ...init, signal: AbortSignal.timeout(TIMEOUT * 1000) })
    const clock = checkClock(
      { sent, received: Date.now(), date: answer.headers.get('date') },
      new URL(url).host,
    )
    const text = await answer.text()
    const findings = answer.ok ? identityOf(text, url) : [refusalOf(answer, text)]
    return clock.state === UNMEASURED.state ? findings : [...findings, clock]
  } catch (error) {
    return [unreachable('sts', error, way)]
  }
}

function identityOf(text: string, url: string): readonly Finding[] {
  const arn = /<Arn>([^<]{1,2048})<\/Arn>/.exec(text)?.[1] ?? /"Arn":"([^"]{1,2048})"/.exec(text)?.[1]
  if (arn !== undefined) return [fine('sts', `the key is that of ${arn}`)]
  return [
    wrong(
      'sts',
      `${new URL(url).host} answered something else than who the key is of`,
      'check the URL',
      EXIT.http,
    ),
  ]
}

const EXIT_OF_KIND: Readonly<Record<RefusalKind, ExitCode>> = {
  signature: EXIT.signature,
  clock: EXIT.clock,
  permission: EXIT.permission,
  expired: EXIT.credentials,
  throttled: EXIT.http,
  other: EXIT.http,
}

const FIXES: Readonly<Record<RefusalKind, string>> = {
  signature: 'look at the findings on the key above; is it of this partition, and not deleted?',
  clock: 'set the clock',
  permission: 'the key is known, and something forbids what everybody may: look at its policies',
  expired: 'log in again, for instance with: aws sso login',
  throttled: 'try again later',
  other: 'check the URL',
}

function refusalOf({ status, headers }: Response, text: string): Finding {
  const { kind, code, message } = readRefusal(status, [...headers], Buffer.from(text))
  const words = [code, message].filter((part) => part !== undefined).join(': ')
  return wrong('sts', `refused with ${status} ${words}`.trim(), FIXES[kind], EXIT_OF_KIND[kind])
}

function unreachable(check: string, error: unknown, way: WayFetch): Finding {
  const { message, why, fix } = describeFailure(way.failure() ?? error, 'check the URL')
  return wrong(check, why === undefined ? message : `${message}: ${why}`, fix, EXIT.network)
}
