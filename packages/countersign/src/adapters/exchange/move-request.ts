/**
 * A request that goes on to another place.
 *
 * @module
 */
import { readHeaders } from '../../sign/read-headers.ts'
import { readUrl } from '../../sign/read-url.ts'
import type { Turn } from './turn.ts'
import type { Hop } from './redirect.ts'

/** Headers that say something of a body, which is no longer there. */
const OF_BODY = /^(?:content-|x-amz-content-sha256$|x-amz-decoded-content-length$)/i
/** What was meant for one host. */
const OF_HOST: ReadonlySet<string> = new Set(['host', 'cookie', 'proxy-authorization'])

/** The request that a hop asks for. */
export function moveRequest(turn: Turn, { url, method, keepsBody }: Omit<Hop, 'region'>): Turn {
  const { request } = turn
  const isSameHost = readUrl(url).host === readUrl(request.url).host
  const headers = readHeaders(request.headers).filter(
    ([name]) => (keepsBody || !OF_BODY.test(name)) && (isSameHost || !OF_HOST.has(name)),
  )
  return { ...turn, request: { method, url, headers, body: keepsBody ? request.body : undefined } }
}
