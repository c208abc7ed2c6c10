/**
 * Requests and messages of `node:http`: sent, looked into without being read, and thrown away.
 *
 * @module
 */
import {
  request as httpRequest,
  type ClientRequest,
  type IncomingMessage,
  type RequestOptions,
} from 'node:http'
import { request as httpsRequest } from 'node:https'
import { MAX_DOCUMENT } from '../answers/error-answer.ts'

/**
 * Sends a request.
 *
 * @param write writes its body; what it throws ends the request
 * @returns the message, once its head has come
 */
export async function openRequest(
  isSecure: boolean,
  write: (request: ClientRequest) => Promise<void>,
  options: RequestOptions,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = (isSecure ? httpsRequest : httpRequest)(options)
    request.once('response', resolve)
    // What comes after the answer is told by the message.
    request.on('error', reject)
    write(request).catch((error: unknown) => {
      reject(error)
      request.destroy(error as Error)
    })
  })
}

/** The beginning of a body, as much as a message holds before it is read: 16 KiB at least, of longer ones. */
export async function peekMessage(message: IncomingMessage): Promise<Uint8Array | undefined> {
  while (!message.complete && !message.destroyed && message.readableLength < message.readableHighWaterMark) {
    const isMore = await moreOf(message)
    if (!isMore) break
  }
  const beginning = message.read() as Buffer | null
  if (beginning === null) return undefined
  message.unshift(beginning)
  return beginning
}

/** Waits until there is more to read; `false` at the end. */
async function moreOf(message: IncomingMessage): Promise<boolean> {
  return new Promise((resolve) => {
    const before = message.readableLength
    const settle = (): void => {
      message.off('readable', settle).off('error', settle).off('close', settle)
      resolve(message.readableLength > before && !message.complete)
    }
    message.on('readable', settle).on('error', settle).on('close', settle)
  })
}

/** Reads what is left to nobody, so that the connection can be used again; a long answer is broken off. */
export function discardMessage(message: IncomingMessage): void {
  let length = 0
  message.on('error', () => {})
  message.on('data', (chunk: Uint8Array) => {
    length += chunk.length
    if (length > MAX_DOCUMENT) message.destroy()
  })
  message.resume()
}
