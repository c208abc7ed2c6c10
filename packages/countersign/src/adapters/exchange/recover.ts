/**
 * What to do about an answer that is no success: send it again at the right place, in the right region, at the right
 * time, or later; or nothing.
 *
 * @module
 */
import { readErrorAnswer, type ErrorAnswer } from '../../answers/error-answer.ts'
import { createServerClock } from '../../answers/server-clock.ts'
import { parseAmzDate } from '../../core/amz-date.ts'
import { X_AMZ_DATE } from '../../core/names.ts'
import type { SignedBody, SignedRequest } from '../../sign/http-request.ts'
import { headerValue } from '../../sign/read-headers.ts'
import { canChangeRegion } from '../any-signer.ts'
import { isRepeatable, type AnswerHead, type Exchange, type ExchangeMemory, type Turn } from './turn.ts'
import { moveRequest } from './move-request.ts'
import { pause } from './pause.ts'
import { resolveRedirect } from './redirect.ts'
import { isTransient, resolveDelay } from './retry.ts'
import { bucketKey, regionalUrl } from './s3-places.ts'

/** An answer with what it was to. */
interface Refused {
  readonly turn: Turn
  readonly signed: SignedRequest<SignedBody>
  readonly told: ErrorAnswer
}

/** Statuses whose body tells what can be done. */
const TELLING: ReadonlySet<number> = new Set([301, 302, 307, 308, 400, 401, 403])
/** What tells of an answer, in its head. */
const HEADERS = ['date', 'age', 'x-cache', 'x-amzn-errortype', 'x-amz-bucket-region']
const MAX_REDIRECTS = 5
const MAX_BUCKETS = 1000
/** Services take a clock that is 5 minutes off, or 15. What is off by less was not refused for that. In milliseconds. */
const OFF = 60_000
const FAR_OFF = 240_000
/** What timers take, in seconds; longer ones end at once. */
const LONGEST_TIMER = 2_147_483

/**
 * Decides, waits where that is what is to be done, and ends the answer if another one is asked for.
 *
 * @returns `undefined` when the answer is the last
 */
export async function recover<Answer>(
  turn: Turn,
  signed: SignedRequest<SignedBody>,
  answer: Answer,
  means: Exchange<Answer>,
): Promise<Turn | undefined> {
  const { transport } = means
  const head = transport.headOf(answer)
  const body = TELLING.has(head.status) ? await transport.peek(answer) : undefined
  means.signal?.throwIfAborted()
  const headers = HEADERS.map((name) => [name, head.header(name) ?? ''] as const)
  const told = readErrorAnswer({ status: head.status, headers: headers.filter(([, value]) => value), body })
  const refused = { turn, signed, told }
  const elsewhere = regionTurn(refused, means) ?? redirectTurn(refused, head, means)
  const next = elsewhere ?? clockTurn(refused, means)
  if (next) {
    await transport.discard(answer)
    return next
  }
  return laterTurn(refused, head, answer, means)
}

/** S3 knows where the bucket is. Sent on once; the place is remembered. */
function regionTurn<Answer>(
  { turn, signed, told }: Refused,
  { signer, memory }: Exchange<Answer>,
): Turn | undefined {
  const { status, region } = told
  const isWrong = region !== undefined && region !== signed.scope.region && signed.scope.service === 's3'
  if (!isWrong || status !== 400 || turn.isRegionSet || !isRepeatable(turn)) return undefined
  if (!canChangeRegion(signer) || isArn(signed.url)) return undefined
  rememberRegion(memory, signed.url, region)
  const url = regionalUrl(signed.url, region) ?? signed.url
  return { ...moveRequest(turn, { url, method: signed.method, keepsBody: true }), region, isRegionSet: true }
}

/** Within the host, or to where the bucket is. */
function redirectTurn<Answer>(
  { turn, signed, told }: Refused,
  head: AnswerHead,
  { signer, memory, maxRedirects = MAX_REDIRECTS }: Exchange<Answer>,
): Turn | undefined {
  const { url, method, scope } = signed
  const answer = { status: told.status, location: head.header('location'), region: told.region }
  const step = resolveRedirect({ url, method, service: scope.service }, answer)
  if (step.kind !== 'follow' || turn.redirects >= maxRedirects) return undefined
  const { hop } = step
  if (hop.keepsBody && !isRepeatable(turn)) return undefined
  const isElsewhere = hop.region !== undefined && hop.region !== scope.region
  if (isElsewhere && (turn.isRegionSet || !canChangeRegion(signer) || isArn(url))) return undefined
  if (isElsewhere) rememberRegion(memory, url, hop.region)
  const region = hop.region ?? turn.region
  const isRegionSet = turn.isRegionSet || isElsewhere
  return { ...moveRequest(turn, hop), redirects: turn.redirects + 1, region, isRegionSet }
}

/** Remembers where a bucket is; of those that were learnt last. */
function rememberRegion(memory: ExchangeMemory, url: string, region: string | undefined): void {
  if (region === undefined) return
  memory.regions ??= new Map()
  const key = bucketKey(url)
  memory.regions.delete(key)
  memory.regions.set(key, region)
  const [oldest = ''] = memory.regions.keys()
  if (memory.regions.size > MAX_BUCKETS) memory.regions.delete(oldest)
}

function isArn(url: string): boolean {
  return /\/arn(?::|%3a)/i.test(url)
}

/** The server has told its time. Once: where that does not help, it is forgotten again. */
function clockTurn<Answer>({ turn, signed, told }: Refused, { memory }: Exchange<Answer>): Turn | undefined {
  const host = headerValue(signed.headers, 'host') ?? ''
  const { kind, serverTime } = told
  if (turn.isClockSet) {
    if (kind === 'clock' || mayBeClock(told)) memory.clock?.set(host, undefined)
    return undefined
  }
  const signedAt = parseAmzDate(headerValue(signed.headers, X_AMZ_DATE) ?? '')
  if (!serverTime || !signedAt || !isRepeatable(turn)) return undefined
  const off = Math.abs(serverTime.getTime() - signedAt.getTime())
  if (kind === 'clock' ? off < OFF : off < FAR_OFF || !mayBeClock(told)) return undefined
  memory.clock ??= createServerClock()
  memory.clock.set(host, serverTime)
  return { ...turn, isClockSet: true }
}

/** Answers without a body, such as those to HEAD, and EC2 do not say that it was the clock. */
function mayBeClock({ status, code, message }: ErrorAnswer): boolean {
  return status >= 400 && status <= 403 && (message === undefined || code === 'AuthFailure')
}

/** Something that may pass. */
async function laterTurn<Answer>(
  { turn, told: { status, kind } }: Refused,
  head: AnswerHead,
  answer: Answer,
  { transport, retries = 2, maxDelay = 20, signal }: Exchange<Answer>,
): Promise<Turn | undefined> {
  const isPassing = isTransient(status) || kind === 'throttled'
  if (!isPassing || !(turn.retried < retries) || !isRepeatable(turn)) return undefined
  await transport.discard(answer)
  const delay = resolveDelay(turn.retried, head.header('retry-after'), Math.random(), Date.now())
  await pause(Math.min(delay, maxDelay, LONGEST_TIMER), signal ?? undefined)
  return { ...turn, retried: turn.retried + 1 }
}
