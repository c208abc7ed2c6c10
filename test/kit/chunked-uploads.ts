/**
 * Chunked uploads as a server receives them, signed right, with their frames apart so that a test can alter them. The
 * signatures are made here with node:crypto, not by the library.
 *
 * @module
 */
import { createHmac } from 'node:crypto'
import {
  dateAt,
  EMPTY_HASH,
  SECRET,
  sha256,
  signInHeader,
  type HeaderField,
  type SentMessage,
} from './messages.ts'

/** What to upload. */
export interface Upload {
  readonly data: Uint8Array
  /** Length of the chunks, in bytes; the last one has the rest. */
  readonly chunkSize?: number
  readonly isSigned?: boolean
  /** With them it is one of the modes with trailers; unsigned chunks have them always. */
  readonly trailers?: readonly HeaderField[]
  /** Headers instead of those that fit, or besides them; an empty value leaves one out. */
  readonly headers?: readonly HeaderField[]
  readonly service?: string
  /** Signature with which the chain begins; by default that of the head. */
  readonly seed?: string
}

/** A signed head, and the frames of its body, one character a byte. */
export interface SentUpload {
  readonly message: SentMessage
  /** Each with its line ends; the last one has all behind the zero chunk's own line. */
  readonly frames: readonly string[]
}

const DATE = dateAt()

function hmac(key: string | Uint8Array, text: string): Buffer {
  return createHmac('sha256', key).update(text, 'latin1').digest()
}

/** The signature of a text with the tests' key. */
export function signText(text: string, service = 's3'): string {
  const parts = [DATE.slice(0, 8), 'us-east-1', service, 'aws4_request']
  const key = parts.reduce<string | Uint8Array>((previous, part) => hmac(previous, part), `AWS4${SECRET}`)
  return hmac(key, text).toString('hex')
}

/** Bytes of frames. */
export function bytesOfFrames(frames: readonly string[]): Uint8Array {
  return new Uint8Array(Buffer.from(frames.join(''), 'latin1'))
}

/** The message with frames as its body. */
export function withFrames({ message }: SentUpload, frames: readonly string[]): SentMessage {
  return { ...message, body: bytesOfFrames(frames) }
}

function modeOf({ isSigned = true, trailers }: Upload): string {
  if (!isSigned) return 'STREAMING-UNSIGNED-PAYLOAD-TRAILER'
  return `STREAMING-AWS4-HMAC-SHA256-PAYLOAD${trailers ? '-TRAILER' : ''}`
}

function headersOf(upload: Upload): HeaderField[] {
  const { data, trailers = [], headers = [] } = upload
  const names = trailers.map(([name]) => name).join(',')
  const fitting: HeaderField[] = [
    ['content-encoding', 'aws-chunked'],
    ['x-amz-content-sha256', modeOf(upload)],
    ['x-amz-decoded-content-length', String(data.length)],
    ['x-amz-trailer', names],
  ]
  const given = new Set(headers.map(([name]) => name))
  return [...fitting.filter(([name]) => !given.has(name)), ...headers].filter(([, value]) => value !== '')
}

/** Signs an upload. */
export function signUpload(upload: Upload): SentUpload {
  const { data, chunkSize = 8192, isSigned = true, trailers, service = 's3' } = upload
  const message = signInHeader({ method: 'PUT', target: '/b/k', service, headers: headersOf(upload) })
  const authorization = message.headers.find(([name]) => name === 'authorization')?.[1] ?? ''
  const scope = `${DATE.slice(0, 8)}/us-east-1/${service}/aws4_request`
  let previous = upload.seed ?? authorization.slice(-64)
  const sign = (kind: string, hashes: string): string => {
    previous = signText(`AWS4-HMAC-SHA256-${kind}\n${DATE}\n${scope}\n${previous}\n${hashes}`, service)
    return previous
  }
  const frames: string[] = []
  const head = (chunk: Uint8Array): string => {
    const signature = isSigned ? `;chunk-signature=${sign('PAYLOAD', `${EMPTY_HASH}\n${sha256(chunk)}`)}` : ''
    return `${chunk.length.toString(16)}${signature}\r\n`
  }
  for (let at = 0; at < data.length; at += chunkSize) {
    const chunk = data.subarray(at, at + chunkSize)
    frames.push(`${head(chunk)}${Buffer.from(chunk).toString('latin1')}\r\n`)
  }
  frames.push(head(new Uint8Array()))
  const lines = (trailers ?? []).map(([name, value]) => `${name}:${value}\r\n`).join('')
  const hash = sha256(lines.replaceAll('\r', ''))
  const signature = isSigned && trailers ? `x-amz-trailer-signature:${sign('TRAILER', hash)}\r\n` : ''
  return { message, frames: [...frames, `${lines}${signature}\r\n`] }
}

/** An upload as it is sent. */
export function uploadMessage(upload: Upload): SentMessage {
  const sent = signUpload(upload)
  return withFrames(sent, sent.frames)
}
