/**
 * The body of a request that is signed: held until its hash is known, passed on as it comes and framed in signed
 * chunks, or passed on unsigned where that is allowed. What came signed is checked on the way, and never sent on as
 * frames of another signature.
 *
 * @module
 */
import type { IncomingMessage } from 'node:http'
import type { VerifiedRequest } from 'countersign/verify'
import type { ChecksumName } from 'countersign/streaming'
import type { Exchange } from './exchange.ts'
import { GatewayFault } from './faults.ts'
import { isChunkedUpload } from './headers.ts'
import { collectBody, type HeldBody } from './held-body.ts'
import { readIncomingBody } from './incoming-body.ts'

/** A body, and how it is signed. */
export interface Payload extends HeldBody {
  /** How the signature covers it: by its bytes, by a hash or a keyword that stands for them, or chunk by chunk. */
  readonly cover: { readonly kind: 'bytes' } | { readonly kind: 'hash'; readonly hash: string } | ChunkCover
  /** Whether it comes in frames that are sent on as they are. */
  readonly isFramed?: boolean
}

/** Signed chunks, which are framed anew. */
export interface ChunkCover {
  readonly kind: 'chunks'
  /** Bytes without frames. */
  readonly length: number
  /** Of the trailer behind them. */
  readonly checksum?: ChecksumName | undefined
}

/** What the plan hangs on. */
export interface PayloadRules {
  readonly payload: 'auto' | 'hash' | 'chunks' | 'unsigned'
  /** Whether it goes to S3, or what speaks like it. */
  readonly isS3: boolean
  readonly isEncrypted: boolean
  /** Bytes. */
  readonly most: number
  readonly mostInMemory: number
  readonly folder: string
  /** Seconds to wait for more of it. */
  readonly idle: number
}

const UNSIGNED = 'UNSIGNED-PAYLOAD'
const UNSIGNED_TRAILER = 'STREAMING-UNSIGNED-PAYLOAD-TRAILER'
const HEX = /^[\da-f]{64}$/
const CHECKSUM = /^x-amz-checksum-([a-z\d]+)$/

/** Whether a request has a body. */
export function hasBody({ headers }: IncomingMessage): boolean {
  const { 'content-length': length = '0', 'transfer-encoding': encoding } = headers
  return encoding !== undefined || length !== '0'
}

/**
 * Plans the body of a request that has one, and holds it where that is needed.
 *
 * @throws {@link GatewayFault} `BODY_TOO_LONG`, `NOT_RESIGNABLE`
 * @throws {@link VerificationError} where it is not the one that the client signed
 */
export async function planPayload(exchange: Exchange, rules: PayloadRules): Promise<Payload> {
  const { request, verified } = exchange
  const claimed = headerOf(request, 'x-amz-content-sha256')
  const length = lengthOf(request, claimed)
  if (length !== undefined && length > rules.most) throw tooLong()
  if (verified?.body) return planVerified(verified, verified.body, { request, claimed, length }, rules)
  const body = limit(readIncomingBody(exchange, bodyOf(request), rules.idle), rules.most)
  if (claimed?.startsWith('STREAMING-')) return planFrames(body, claimed, request, rules)
  // Whoever says what his body hashes to is held to it by the upstream.
  if (claimed && HEX.test(claimed) && rules.payload === 'auto') return passOn(body, claimed, length)
  return plan(body, length, claimed === UNSIGNED, rules)
}

interface Told {
  readonly request: IncomingMessage
  readonly claimed: string | undefined
  readonly length: number | undefined
}

async function planVerified(
  { payload }: VerifiedRequest<string>,
  body: AsyncIterable<Uint8Array>,
  { request, claimed, length }: Told,
  rules: PayloadRules,
): Promise<Payload> {
  if (!isChunkedUpload(claimed))
    return plan(body, length, payload === 'unsigned' && claimed === UNSIGNED, rules)
  const trailers = headerOf(request, 'x-amz-trailer')
  const checksum = trailers && (CHECKSUM.exec(trailers.trim().toLowerCase())?.[1] as ChecksumName | undefined)
  const isPlain = trailers === undefined || checksum !== undefined
  if (rules.isS3 && isPlain && length !== undefined && rules.payload !== 'hash') {
    return {
      content: body,
      isRepeatable: false,
      release,
      cover: { kind: 'chunks', length, checksum: checksum || undefined },
    }
  }
  return hold(body, rules)
}

/** Frames of somebody whose signature is not checked here. */
function planFrames(
  body: AsyncIterable<Uint8Array>,
  claimed: string,
  { headers }: IncomingMessage,
  rules: PayloadRules,
): Payload {
  if (claimed !== UNSIGNED_TRAILER) {
    throw new GatewayFault(
      'NOT_RESIGNABLE',
      'Signed chunks are only signed anew where they are verified: give the proxy the keys of its clients',
    )
  }
  if (!rules.isEncrypted || !rules.isS3) {
    throw new GatewayFault('NOT_RESIGNABLE', 'An unsigned body is only sent to S3, over https')
  }
  return {
    content: body,
    isRepeatable: false,
    release,
    // With its frames.
    length: headers['content-length'] === undefined ? undefined : Number(headers['content-length']),
    isFramed: true,
    cover: { kind: 'hash', hash: claimed },
  }
}

async function plan(
  body: AsyncIterable<Uint8Array>,
  length: number | undefined,
  isUnsigned: boolean,
  rules: PayloadRules,
): Promise<Payload> {
  const { payload, isS3, isEncrypted, mostInMemory } = rules
  const mayBeUnsigned = isS3 && isEncrypted
  if (payload === 'unsigned' || (payload === 'auto' && isUnsigned)) {
    if (mayBeUnsigned) return passOn(body, UNSIGNED, length)
    if (payload === 'unsigned') {
      throw new GatewayFault('NOT_SIGNABLE', 'An unsigned body is only sent to S3, over https')
    }
  }
  const isSmall = length !== undefined && length <= mostInMemory
  const isChunked = isS3 && length !== undefined && (payload === 'chunks' || (payload === 'auto' && !isSmall))
  if (isChunked) return { content: body, isRepeatable: false, release, cover: { kind: 'chunks', length } }
  return hold(body, rules)
}

async function hold(
  body: AsyncIterable<Uint8Array>,
  { mostInMemory, folder }: PayloadRules,
): Promise<Payload> {
  const held = await collectBody(body, mostInMemory, folder)
  return { ...held, cover: held.sha256 ? { kind: 'hash', hash: held.sha256 } : { kind: 'bytes' } }
}

function passOn(body: AsyncIterable<Uint8Array>, hash: string, length: number | undefined): Payload {
  return { content: body, length, isRepeatable: false, release, cover: { kind: 'hash', hash } }
}

async function* limit(
  body: AsyncIterable<Uint8Array>,
  most: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let length = 0
  for await (const chunk of body) {
    length += chunk.length
    if (length > most) throw tooLong()
    yield chunk
  }
}

function tooLong(): GatewayFault {
  return new GatewayFault('BODY_TOO_LONG', 'The body is longer than limits.body')
}

/** Without frames, where a request tells it. */
function lengthOf({ headers }: IncomingMessage, claimed: string | undefined): number | undefined {
  const isFramed = claimed?.startsWith('STREAMING-')
  const told = isFramed ? headers['x-amz-decoded-content-length'] : headers['content-length']
  return typeof told === 'string' && /^\d{1,15}$/.test(told) ? Number(told) : undefined
}

function headerOf({ headers }: IncomingMessage, name: string): string | undefined {
  const value = headers[name]
  return Array.isArray(value) ? value.join(',') : value
}

// The answer is sent also when the body is not wanted any more.
function bodyOf(request: IncomingMessage): AsyncIterable<Uint8Array> {
  return request.iterator({ destroyOnReturn: false })
}

const release = async (): Promise<void> => {}
