/**
 * HTTP/1.1 requests as bytes: written for a socket, and read from a file that somebody captured.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9112#section-2}
 * @module
 */
import { EvidenceError } from 'countersign/errors'
import { parseRawRequest } from 'countersign/explain'
import type { WholeMessage } from 'countersign/verify'
import { CommandError } from '../frame/command-error.ts'
import type { Output } from '../frame/output.ts'
import type { AnySigned } from './any-signed.ts'

/**
 * The head of a signed request, up to and with the empty line.
 *
 * @param length of the body in bytes, if there is one
 */
export function formatHead({ method, url, headers }: AnySigned, length: number | undefined): string {
  const target = /^[a-z]+:\/\/[^/?#]*(.*)$/is.exec(url)?.[1] ?? ''
  const path = target.startsWith('/') ? target : `/${target}`
  const isFramed = headers.some(([name]) => name === 'content-length' || name === 'transfer-encoding')
  const framing = length === undefined || isFramed ? [] : [['content-length', String(length)]]
  const lines = [...headers, ...framing].map(([name, value]) => `${name}: ${value}`)
  return `${[`${method} ${path} HTTP/1.1`, ...lines].join('\r\n')}\r\n\r\n`
}

/**
 * Reads a request. Lines may end in CR LF or in LF; the body is the bytes behind the empty line.
 *
 * @param output is told what was not taken as it stood
 * @throws {@link CommandError} `USAGE`
 */
export function parseRequest(bytes: Uint8Array, output: Output): WholeMessage {
  try {
    const { request, notes } = parseRawRequest(bytes)
    for (const { code, message } of notes) output.warn(code, message)
    return request
  } catch (error) {
    if (!(error instanceof EvidenceError)) throw error
    throw new CommandError('USAGE', 'This is no HTTP request', {
      why: error.message.replace('This is no HTTP message: ', ''),
      fix: 'give the request as it stood on the wire: request line, headers, empty line, body',
      cause: error,
    })
  }
}
