/**
 * `--write-out`: what is printed about a transfer when it is over, with curl's variables.
 *
 * @see {@link https://curl.se/docs/manpage.html#-w}
 * @module
 */
import { headerValue, type Header } from './wire-request.ts'

/** What there is to say about a transfer. */
export interface Transfer {
  /** 0 when there was no answer. */
  readonly status: number
  readonly headers: readonly Header[]
  readonly method: string
  /** The one that was sent last. */
  readonly url: string
  /** The place that a redirect names that was not followed. */
  readonly redirectUrl: string
  readonly redirects: number
  readonly retries: number
  /** In bytes, without heads. */
  readonly sizeUpload: number
  readonly sizeDownload: number
  /** In seconds, of all that was sent. */
  readonly timeTotal: number
  readonly exitCode: number
  /** First line of what went wrong. */
  readonly errorMessage: string
  /** The file that was written; empty for standard output. */
  readonly file: string
}

type Value = string | number

const VARIABLES: ReadonlyMap<string, (transfer: Transfer) => Value> = new Map<string, (t: Transfer) => Value>(
  [
    ['content_type', ({ headers }) => headerValue(headers, 'content-type') ?? ''],
    ['errormsg', ({ errorMessage }) => errorMessage],
    ['exitcode', ({ exitCode }) => exitCode],
    ['filename_effective', ({ file }) => file],
    ['http_code', ({ status }) => status],
    ['http_version', ({ status }) => (status === 0 ? '0' : '1.1')],
    ['method', ({ method }) => method],
    ['num_headers', ({ headers }) => headers.length],
    ['num_redirects', ({ redirects }) => redirects],
    ['num_retries', ({ retries }) => retries],
    ['redirect_url', ({ redirectUrl }) => redirectUrl],
    ['response_code', ({ status }) => status],
    ['scheme', ({ url }) => (/^(\w+):/.exec(url)?.[1] ?? '').toLowerCase()],
    ['size_download', ({ sizeDownload }) => sizeDownload],
    ['size_upload', ({ sizeUpload }) => sizeUpload],
    ['time_total', ({ timeTotal }) => timeTotal],
    ['url_effective', ({ url }) => url],
  ],
)

const PART = /%%|%\{([^}]*)\}|%header\{([^}]*)\}|\\([nrt\\])|[^%\\]+|[%\\]/gy
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['\\', '\\'],
])

/** Text for one of curl's two streams. */
export interface WrittenOut {
  stdout: string
  stderr: string
}

/**
 * Fills a format in. A variable that is not known leaves nothing, and is named in what comes back.
 *
 * @returns the texts, and the names of unknown variables
 */
export function formatWriteOut(format: string, transfer: Transfer): WrittenOut & { unknown: string[] } {
  const written = { stdout: '', stderr: '', unknown: [] as string[] }
  let stream: keyof WrittenOut = 'stdout'
  for (const [part, variable, header, escape] of format.matchAll(PART)) {
    if (variable === 'stdout' || variable === 'stderr') stream = variable
    else if (variable !== undefined) written[stream] += expand(variable, transfer, written.unknown)
    else if (header !== undefined)
      written[stream] += headerValue(transfer.headers, header.toLowerCase()) ?? ''
    else if (escape !== undefined) written[stream] += ESCAPES.get(escape)
    else written[stream] += part === '%%' ? '%' : part
  }
  return written
}

function expand(name: string, transfer: Transfer, unknown: string[]): string {
  if (name === 'json')
    return JSON.stringify(Object.fromEntries([...VARIABLES].map(([key, read]) => [key, read(transfer)])))
  if (name === 'header_json') return JSON.stringify(groupHeaders(transfer.headers), undefined, 1)
  const value = VARIABLES.get(name)?.(transfer)
  if (value === undefined) unknown.push(name)
  if (name === 'http_code' || name === 'response_code') return String(value).padStart(3, '0')
  return name === 'time_total' ? Number(value).toFixed(6) : String(value ?? '')
}

function groupHeaders(headers: readonly Header[]): Record<string, string[]> {
  const groups = new Map<string, string[]>()
  for (const [name, value] of headers) {
    const key = name.toLowerCase()
    groups.set(key, [...(groups.get(key) ?? []), value])
  }
  return Object.fromEntries(groups)
}
