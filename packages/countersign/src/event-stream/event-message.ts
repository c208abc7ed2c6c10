/**
 * A message of an event stream (`application/vnd.amazon.eventstream`), as Transcribe, Lex, Bedrock and S3 Select speak
 * it: typed headers and a payload.
 *
 * @see {@link https://docs.aws.amazon.com/transcribe/latest/dg/streaming-setting-up.html}
 * @module
 */

/** The media type. */
export const EVENT_STREAM_TYPE = 'application/vnd.amazon.eventstream'

/** A whole number of 8, 16 or 32 bits. One of 64 bits is a `bigint`. */
export interface EventInteger {
  readonly type: 'byte' | 'short' | 'integer'
  readonly value: number
}

/** A UUID. */
export interface EventUuid {
  readonly type: 'uuid'
  /** `01020304-0506-0708-090a-0b0c0d0e0f10`, lower case when it was read. */
  readonly value: string
}

/** Value of a header. Where JavaScript has the type itself, it is used: a `Date` is a timestamp in milliseconds. */
export type EventHeaderValue = string | boolean | bigint | Date | Uint8Array | EventInteger | EventUuid

/** A message as it was read. */
export interface EventMessage {
  /** In the order of the wire. */
  readonly headers: ReadonlyMap<string, EventHeaderValue>
  /** A view of the bytes that the message was read from. */
  readonly payload: Uint8Array
}

/** Headers of a message to be written, in their order. */
export type EventHeaders =
  | Iterable<readonly [name: string, value: EventHeaderValue]>
  | { readonly [name: string]: EventHeaderValue }

/** A message to be written. */
export interface EventInput {
  readonly headers?: EventHeaders | undefined
  /** Empty by default; a text is written as UTF-8. */
  readonly payload?: Uint8Array | string | undefined
}

/** Longest message that is taken. */
export interface EventLimits {
  /** In bytes; 16 MiB by default. */
  readonly maxPayload?: number | undefined
  /** All headers together, in bytes; 128 KiB by default. */
  readonly maxHeaders?: number | undefined
}

/** Longest payload that the format allows, in bytes. */
export const MAX_PAYLOAD: number = 16 * 1024 * 1024

/** Longest headers that the format allows, all together, in bytes. */
export const MAX_HEADERS: number = 128 * 1024

/** Length of what begins a message: its length, that of its headers, and a checksum of both; in bytes. */
export const PRELUDE = 12

/** Length of the checksum at its end, in bytes. */
export const CHECKSUM = 4

/** Number that stands for each type on the wire. */
export const TYPE = {
  true: 0,
  false: 1,
  byte: 2,
  short: 3,
  integer: 4,
  long: 5,
  bytes: 6,
  string: 7,
  timestamp: 8,
  uuid: 9,
} as const
