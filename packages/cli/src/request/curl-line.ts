/**
 * A signed request as a line for the shell, which sends it with curl.
 *
 * @module
 */
import { CommandError } from '../frame/command-error.ts'
import { formatInstant } from '../frame/times.ts'
import type { AnySigned } from './any-signed.ts'
import type { GivenRequest } from './given-request.ts'

/** How long a service takes a signature, in seconds, on either side of its date. */
function validityOf(service: string): number {
  return service === 's3' || service.startsWith('s3-') || service === 's3express' ? 900 : 300
}

/** Until when a signed request can be sent. */
export function endOf({ stringToSign, scope, validUntil }: AnySigned): Date {
  if (validUntil) return validUntil
  const written = stringToSign.split('\n')[1] ?? ''
  const date = written.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z')
  return new Date(Date.parse(date) + validityOf(scope?.service ?? '') * 1000)
}

/**
 * Formats a signed request as a line of curl, below a comment that says how long it is good for.
 *
 * @throws {@link CommandError} `USAGE` for a body that no command line can hold
 */
export function formatCurlLine(signed: AnySigned, request: GivenRequest, extras?: CurlExtras): string {
  return `# stops being valid at ${formatInstant(endOf(signed))}\n${formatCurlCommand(signed, request, extras)}\n`
}

/** What a command has besides the request. */
export interface CurlExtras {
  /** Words about the way to the server. */
  readonly way?: readonly string[]
  /** The variable of the shell that a bearer token is taken from, in the place of the token. */
  readonly tokenVariable?: string
}

/**
 * Formats a request as a command for the shell.
 *
 * @throws {@link CommandError} `USAGE` for a body that no command line can hold
 */
export function formatCurlCommand(
  { method, url, headers }: Pick<AnySigned, 'method' | 'url' | 'headers'>,
  { body, file }: Pick<GivenRequest, 'body' | 'file'>,
  { way = [], tokenVariable }: CurlExtras = {},
): string {
  const words: string[] = ['curl', ...way.map(quote)]
  if (/\/(?:\.|%2e){1,2}(?:[/?]|$)/i.test(url)) words.push('--path-as-is')
  if (/[[\]{}]/.test(url)) words.push('--globoff')
  if (method === 'HEAD') words.push('--head')
  else if (method !== (file ? 'PUT' : body ? 'POST' : 'GET')) words.push('-X', quote(method))
  const authority = /^[a-z]+:\/\/([^/?#]*)/i.exec(url)?.[1]
  for (const [name, value] of headers) {
    if (name === 'authorization' && tokenVariable !== undefined) {
      words.push('-H', `"authorization: Bearer $${tokenVariable}"`)
    } else if (name !== 'host' || value !== authority) {
      words.push('-H', quote(value === '' ? `${name};` : `${name}: ${value}`))
    }
  }
  // curl adds a type of its own to data, which the request has not.
  const isTyped = headers.some(([name]) => name === 'content-type')
  if (body && !isTyped) words.push('-H', quote('content-type:'))
  if (body) words.push('--data-raw', quote(textOf(body)))
  if (file) words.push('-T', quote(file.path))
  words.push(quote(url))
  return words.join(' ')
}

function textOf(body: Uint8Array): string {
  const text = Buffer.from(body).toString('utf8')
  // No argument of a command can hold a NUL, and none should hold what is no text.
  if (!text.includes('\0') && Buffer.from(text).equals(body)) return text
  throw new CommandError('USAGE', 'The body is not text, which a line for the shell could hold', {
    why: 'its bytes would not arrive as they are',
    fix: 'put it into a file and give it with -T, or use --format http',
  })
}

/** A word as a shell takes it. */
export function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
}
