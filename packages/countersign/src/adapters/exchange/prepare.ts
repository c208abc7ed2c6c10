/**
 * What earlier answers have taught, put to use before a request is signed: where its bucket is, and what time it is at
 * its host.
 *
 * @module
 */
import { formatAmzDate } from '../../core/amz-date.ts'
import { X_AMZ_DATE } from '../../core/names.ts'
import { readHeaders } from '../../sign/read-headers.ts'
import { signedHost } from '../../sign/sign-any-body.ts'
import { undated, type ExchangeMemory, type Turn } from './turn.ts'
import { moveRequest } from './move-request.ts'
import { bucketKey, regionalUrl } from './s3-places.ts'

/** Prepares a request; the dates that came with one stay. */
export function prepare(given: Turn, memory: ExchangeMemory): Turn {
  const turn = leadToRegion(given, memory)
  const { request } = turn
  const host = signedHost(request)
  if (!memory.clock?.offset(host)) return turn
  const isDated = readHeaders(request.headers).some(([name]) => name === X_AMZ_DATE || name === 'date')
  if (isDated) return turn
  const date = formatAmzDate(memory.clock.now(host))
  const headers = [...readHeaders(request.headers), [X_AMZ_DATE, date] as const]
  return { ...turn, request: { ...undated(request), headers } }
}

/** Leads a request straight to the region of its bucket. */
function leadToRegion(turn: Turn, { regions }: ExchangeMemory): Turn {
  const url = String(turn.request.url)
  const region = regions?.get(bucketKey(url))
  if (region === undefined || turn.region !== undefined) return turn
  const moved = regionalUrl(url, region)
  const { method } = turn.request
  return { ...(moved ? moveRequest(turn, { url: moved, method, keepsBody: true }) : turn), region }
}
