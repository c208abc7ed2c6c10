/**
 * Delivers a request: signs and sends it, again after a failure that may pass, and again where a redirect leads.
 *
 * @module
 */
import { setTimeout as wait } from 'node:timers/promises'
import {
  isTransient,
  resolveDelay,
  resolveRedirect,
  type Hop,
  type NextStep,
} from 'countersign/adapters/exchange'
import type { ResolvedScope } from '../request/scope.ts'
import { describeNetworkError, isNetworkError } from './network-error.ts'
import type { OutgoingRequest } from './outgoing-request.ts'
import type { Progress } from './progress.ts'
import { readRefusal, type Refusal } from './refusal.ts'
import { hashBody } from './request-body.ts'
import { signAttempt, type SignedAttempt, type SigningMeans } from './signing.ts'
import { exchange, type Way, type WireResponse } from './transport.ts'
import { headerValue } from './wire-request.ts'

/** What is told of a delivery while it is under way. */
export interface DeliveryEvents {
  signed(attempt: SignedAttempt): void
  answered(response: WireResponse): void
  /** Before waiting. */
  retrying(why: string, seconds: number): void
  followed(hop: Hop): void
  /** Bytes of the body, as they go out. */
  sent?(chunk: Uint8Array): void
  /** Bytes of the answer's body, as they are read; nothing at its end. */
  received?(chunk: Uint8Array | undefined): void
}

/** How to deliver. */
export interface DeliveryOptions {
  readonly signing: SigningMeans
  readonly retries: number
  /** In seconds, for each attempt. */
  readonly maxTime: number | undefined
  /** `none` hands redirects back. */
  readonly redirects: 'none' | 'same-host' | 'any-host'
  readonly maxRedirects: number
  readonly progress: Progress
  readonly events: DeliveryEvents
  /** Service and region of a request; of one that a redirect leads to, too. */
  scopeOf(request: OutgoingRequest, previous: Previous | undefined): Promise<ResolvedScope>
  wayOf(request: OutgoingRequest): Way
}

/** Where a redirect came from. */
export interface Previous {
  readonly scope: ResolvedScope
  readonly url: string
  readonly region: string | undefined
}

/** An answer, of which the beginning of the body has been read. */
export interface Delivered {
  readonly request: OutgoingRequest
  readonly attempt: SignedAttempt
  readonly scope: ResolvedScope
  readonly response: WireResponse
  /** What was read of the body, to find out why the request was refused; nothing of good answers. */
  readonly prefix: Uint8Array
  /** Of answers from 300 on. */
  readonly refusal: Refusal | undefined
  readonly next: NextStep
  /** The redirects that led here. */
  readonly heads: readonly WireResponse[]
}

type Answer = Omit<Delivered, 'heads'>

/** Counts, which hold also when a delivery fails. */
export interface Counts {
  attempts: number
  retries: number
  redirects: number
  /** In bytes, of bodies. */
  uploaded: number
  /** In bytes, without heads. */
  downloaded: number
}

/** Enough of a body to hold any error document. */
const PREFIX = 64 * 1024

/**
 * Delivers a request.
 *
 * @param counts is kept up to date
 * @throws {@link CommandError} of the network; what signing throws
 */
export async function deliver(
  first: OutgoingRequest,
  options: DeliveryOptions,
  counts: Counts,
): Promise<Delivered> {
  const heads: WireResponse[] = []
  let request = first
  let scope = await options.scopeOf(request, undefined)
  for (;;) {
    const delivered = { ...(await sendWithRetries(request, scope, options, counts)), heads }
    if (delivered.next.kind !== 'follow') return delivered
    const { hop } = delivered.next
    const refusal = reasonToStay(request, hop, options, counts)
    if (refusal !== undefined) {
      return { ...delivered, next: { kind: 'refused', to: hop.url, reason: refusal } }
    }
    await delivered.response.close()
    heads.push(delivered.response)
    counts.redirects += 1
    options.events.followed(hop)
    const previous = { scope, url: request.url, region: hop.region }
    request = nextRequest(request, hop)
    scope = await options.scopeOf(request, previous)
  }
}

function reasonToStay(
  { body }: OutgoingRequest,
  { keepsBody }: Hop,
  { maxRedirects }: DeliveryOptions,
  { redirects }: Counts,
): string | undefined {
  if (redirects >= maxRedirects) return `it is redirect ${redirects + 1}, and --max-redirs is ${maxRedirects}`
  const isGone = keepsBody && body !== undefined && !body.isReplayable
  return isGone ? 'the body came through a pipe and cannot be sent twice' : undefined
}

/** Headers that say something of a body, which is no longer there. */
const OF_BODY = /^(?:content-|x-amz-content-sha256$|x-amz-decoded-content-length$)/i

function nextRequest(request: OutgoingRequest, { url, method, keepsBody }: Hop): OutgoingRequest {
  const isSameHost = hostOf(url) === hostOf(request.url)
  const headers = request.headers.filter(
    ([name]) => (keepsBody || !OF_BODY.test(name)) && (isSameHost || name.toLowerCase() !== 'host'),
  )
  return keepsBody
    ? { ...request, url, method, headers }
    : { ...request, url, method, headers, body: undefined, isUnsigned: false, chunks: undefined }
}

/** Host and port as a URL spells them, in lower case. */
export function hostOf(url: string): string {
  return (/^[a-z]+:\/\/([^/?#]*)/i.exec(url)?.[1] ?? '').toLowerCase()
}

/** In seconds. Whoever is to come back later than that is told so, and does not wait. */
const LONGEST_WAIT = 3600

async function sendWithRetries(
  request: OutgoingRequest,
  scope: ResolvedScope,
  options: DeliveryOptions,
  counts: Counts,
): Promise<Answer> {
  const bodyHash = await hashOf(request, options.progress)
  for (let attempt = 0; ; attempt += 1) {
    const isLast = attempt >= options.retries || request.body?.isReplayable === false
    try {
      counts.attempts += 1
      const delivered = await sendOnce(request, bodyHash, scope, options, counts)
      const { status, headers } = delivered.response
      if (isClockCorrected(delivered, options)) {
        await delivered.response.close()
        continue
      }
      const delay = resolveDelay(attempt, headerValue(headers, 'retry-after'), Math.random(), Date.now())
      if (isLast || !isTransient(status) || delay > LONGEST_WAIT) return delivered
      await delivered.response.close()
      await pause(`status ${status}`, delay, options)
    } catch (error) {
      const described = describeNetworkError(error, hostOf(request.url))
      if (isLast || !isNetworkError(described)) throw described
      await pause(
        String((described as Error).message),
        resolveDelay(attempt, undefined, Math.random(), Date.now()),
        options,
      )
    }
    counts.retries += 1
  }
}

/** Whether the clock was the cause, and is set by the server's now. A body that is gone cannot be sent again. */
function isClockCorrected({ request, refusal, response }: Answer, { signing }: DeliveryOptions): boolean {
  if (refusal?.kind !== 'clock' || typeof signing === 'function' || request.body?.isReplayable === false)
    return false
  const date = new Date(headerValue(response.headers, 'date') ?? NaN)
  return signing.clock.correct(refusal.serverTime ?? (Number.isNaN(date.getTime()) ? undefined : date))
}

async function pause(why: string, seconds: number, { events }: DeliveryOptions): Promise<void> {
  events.retrying(why, seconds)
  await wait(seconds * 1000)
}

/** The hash of a body that is not in memory, unless the request brings it along or does without. */
export async function hashOf(
  { body, headers, isUnsigned, chunks }: OutgoingRequest,
  progress: Progress,
): Promise<string | undefined> {
  const isGiven = headers.some(([name]) => name.toLowerCase() === 'x-amz-content-sha256')
  if (body === undefined || body.bytes || isUnsigned || isGiven || chunks) return undefined
  return hashBody(body, progress.follow('hashing', body.size))
}

async function sendOnce(
  request: OutgoingRequest,
  bodyHash: string | undefined,
  scope: ResolvedScope,
  options: DeliveryOptions,
  counts: Counts,
): Promise<Answer> {
  const attempt = await signAttempt(request, bodyHash, options.signing, scope)
  options.events.signed(attempt)
  const way = options.wayOf(request)
  const { maxTime } = options
  const signal = maxTime === undefined ? new AbortController().signal : AbortSignal.timeout(maxTime * 1000)
  const track = options.progress.follow('uploading', attempt.wire.body?.size)
  const { events } = options
  const answer = await exchange(attempt.wire, way, signal, (chunk) => {
    counts.uploaded += chunk.byteLength
    track(chunk.byteLength)
    events.sent?.(chunk)
  })
  events.answered(answer)
  const response = events.received ? { ...answer, body: watch(answer.body, events) } : answer
  const { status, headers } = response
  if (status < 300) {
    return {
      request,
      attempt,
      scope,
      response,
      prefix: new Uint8Array(),
      refusal: undefined,
      next: { kind: 'done' },
    }
  }
  const prefix = await readPrefix(response)
  const refusal = readRefusal(status, headers, prefix)
  const redirected = { ...request, service: scope.service }
  const place = { status, location: headerValue(headers, 'location'), region: refusal.region }
  const next: NextStep =
    options.redirects === 'none'
      ? { kind: 'done' }
      : resolveRedirect(redirected, place, options.redirects === 'any-host')
  return { request, attempt, scope, response, prefix, refusal, next }
}

/** A body whose bytes are told of. */
function watch(
  body: WireResponse['body'],
  { received }: Pick<DeliveryEvents, 'received'>,
): WireResponse['body'] {
  return {
    async next() {
      try {
        const step = await body.next()
        received?.(step.done === true ? undefined : step.value)
        return step
      } catch (error) {
        received?.(undefined)
        throw error
      }
    },
    async return(value) {
      received?.(undefined)
      return (await body.return?.(value)) ?? { done: true, value }
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}

async function readPrefix({ body }: WireResponse): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  // Not a loop over the body: leaving it would end the body.
  while (size < PREFIX) {
    const { value, done } = await body.next()
    if (done === true) break
    chunks.push(value)
    size += value.byteLength
  }
  return Buffer.concat(chunks)
}
