/**
 * Signed event streams as they arrive at a server, on the terms that a test sets. Framed and signed here with node:zlib
 * and node:crypto, not by the library.
 *
 * @module
 */
import { createHmac } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { dateAt, NOW, SECRET, sha256, signInHeader, type Draft, type SentMessage } from '../kit/messages.ts'

/** A message as it is sent. */
export interface SentEvent {
  /** Bytes of the headers before the signature. */
  readonly headers: Buffer
  readonly payload: Buffer
  readonly signature: string
}

/** How a message is signed. Every part has a default that verifies. */
export interface EventDraft {
  readonly text?: string
  /** Seconds away from {@link NOW}. */
  readonly at?: number
  /** Of the string to sign alone, `YYYYMMDDTHHMMSSZ`. */
  readonly amzDate?: string
  readonly scope?: string
  readonly secret?: string
  /** In the place of the inner message. */
  readonly payload?: Buffer
  /** Stand behind the date, and are signed with it. */
  readonly moreHeaders?: Buffer
}

/** A message around headers and payload. */
export function frame(headers: Uint8Array, payload: Uint8Array): Buffer {
  const whole = Buffer.alloc(16 + headers.length + payload.length)
  whole.writeUInt32BE(whole.length, 0)
  whole.writeUInt32BE(headers.length, 4)
  whole.writeUInt32BE(crc32(whole.subarray(0, 8)), 8)
  whole.set(headers, 12)
  whole.set(payload, 12 + headers.length)
  whole.writeUInt32BE(crc32(whole.subarray(0, -4)), whole.length - 4)
  return whole
}

/** A header of bytes. */
export function bytesHeader(name: string, value: Uint8Array): Buffer {
  const length = Buffer.from([value.length >> 8, value.length & 255])
  return Buffer.concat([Buffer.from([name.length]), Buffer.from(name), Buffer.from([6]), length, value])
}

/** The header of a date. */
export function dateHeader(milliseconds: number): Buffer {
  const value = Buffer.alloc(8)
  value.writeBigInt64BE(BigInt(milliseconds))
  return Buffer.concat([Buffer.from([5]), Buffer.from(':date'), Buffer.from([8]), value])
}

/** Signs messages in a chain, and the end behind them. */
export function signEvents(
  seed: string,
  drafts: readonly EventDraft[],
  service = 'execute-api',
): SentEvent[] {
  let previous = seed
  return [...drafts, { payload: Buffer.alloc(0) }].map((draft: EventDraft) => {
    const { text = '', at = 0, secret = SECRET, amzDate = dateAt(at) } = draft
    const headers = Buffer.concat([
      dateHeader(NOW.getTime() + at * 1000),
      draft.moreHeaders ?? Buffer.alloc(0),
    ])
    const payload = draft.payload ?? frame(Buffer.alloc(0), Buffer.from(text))
    const scope = draft.scope ?? `${amzDate.slice(0, 8)}/us-east-1/${service}/aws4_request`
    const lines = ['AWS4-HMAC-SHA256-PAYLOAD', amzDate, scope, previous, sha256(headers), sha256(payload)]
    const hmac = (key: string | Buffer, part: string): Buffer =>
      createHmac('sha256', key).update(part).digest()
    const key = scope.split('/').reduce<string | Buffer>(hmac, `AWS4${secret}`)
    previous = hmac(key, lines.join('\n')).toString('hex')
    return { headers, payload, signature: previous }
  })
}

/** A signed message on the wire. */
export function wrap({ headers, payload, signature }: SentEvent): Buffer {
  return frame(
    Buffer.concat([headers, bytesHeader(':chunk-signature', Buffer.from(signature, 'hex'))]),
    payload,
  )
}

/** The head of a stream, and its signature. */
export function signHead(draft: Draft = {}): { message: SentMessage; seed: string } {
  const message = signInHeader({
    service: 'execute-api',
    method: 'POST',
    target: '/events',
    headers: [['x-amz-content-sha256', 'STREAMING-AWS4-HMAC-SHA256-EVENTS']],
    ...draft,
  })
  const authorization = message.headers.find(([name]) => name === 'authorization')?.[1] ?? ''
  return { message, seed: /Signature=(\w+)$/.exec(authorization)?.[1] ?? '' }
}
