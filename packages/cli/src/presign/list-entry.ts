/**
 * One line of a list of what is to be presigned: a URL, a key below a URL, or a JSON object with either and more.
 *
 * @module
 */
import { CommandError } from '../frame/command-error.ts'
import { parseDuration } from '../frame/times.ts'

/** What a line asks for. */
export interface ListEntry {
  readonly url: string
  readonly method?: string | undefined
  /** In seconds. */
  readonly expires?: number | undefined
  readonly headers?: readonly (readonly [name: string, value: string])[] | undefined
}

const URL_START = /^(?:https?|wss?):\/\//i
/** Keys that stand in a URL as they are. */
const PLAIN_KEY = /^[\w.~/-]*$/

/**
 * Reads a line.
 *
 * @param base the URL that keys stand below; it ends in `/`, perhaps with a query behind it
 * @throws {@link CommandError} `LINE_INVALID`
 */
export function parseListEntry(line: string, base: string | undefined): ListEntry {
  // What stood there is lost, and the URL would be that of another object.
  if (line.includes('\uFFFD')) throw invalid('is no UTF-8', 'save the list as UTF-8')
  if (line.startsWith('{')) return parseObject(line, base)
  return { url: URL_START.test(line) ? line : urlOfKey(line, base) }
}

/** The URL of an object, with each byte of its key but `/` encoded that a URL cannot have. */
function urlOfKey(key: string, base: string | undefined): string {
  if (base === undefined) {
    throw invalid('is neither a URL nor JSON', 'give the URL that it is a key of, with / at its end')
  }
  const encoded = PLAIN_KEY.test(key) ? key : encodeURIComponent(key).replaceAll('%2F', '/')
  const query = base.indexOf('?')
  return query < 0 ? base + encoded : base.slice(0, query) + encoded + base.slice(query)
}

const FIELDS: ReadonlySet<string> = new Set(['url', 'key', 'method', 'expires', 'headers'])

function parseObject(line: string, base: string | undefined): ListEntry {
  let fields: Record<string, unknown>
  try {
    fields = JSON.parse(line) as Record<string, unknown>
  } catch {
    throw invalid('is not JSON', 'write one object in each line; a key that begins with { goes into "key"')
  }
  const unknown = Object.keys(fields).find((name) => !FIELDS.has(name))
  if (unknown !== undefined)
    throw invalid(`has an unknown field ${unknown}`, `give ${[...FIELDS].join(', ')}`)
  const { url, key, method, expires, headers } = fields
  if ((typeof url === 'string') === (typeof key === 'string')) {
    throw invalid('has no url, or a key as well', 'give either "url" or "key", as a text')
  }
  if (method !== undefined && typeof method !== 'string') {
    throw invalid('has a method that is no text', 'write "method":"PUT"')
  }
  return {
    url: typeof url === 'string' ? url : urlOfKey(String(key), base),
    method,
    expires: readExpires(expires),
    headers: readHeaders(headers),
  }
}

function readExpires(expires: unknown): number | undefined {
  if (expires === undefined || typeof expires === 'number') return expires
  if (typeof expires === 'string') return parseDuration(expires, '"expires"')
  throw invalid('has no lifetime in "expires"', 'write "expires":900 or "expires":"15m"')
}

/** As an object, or as pairs where a name stands twice. */
function readHeaders(headers: unknown): ListEntry['headers'] {
  if (headers === undefined) return undefined
  const isObject = typeof headers === 'object' && headers !== null
  const pairs: unknown[] = Array.isArray(headers) ? headers : isObject ? Object.entries(headers) : [undefined]
  return pairs.map((pair) => {
    const [name, value, ...rest]: unknown[] = Array.isArray(pair) ? pair : []
    if (typeof name === 'string' && typeof value === 'string' && rest.length === 0) return [name, value]
    throw invalid('has headers that are no texts', 'write "headers":{"content-type":"image/png"}')
  })
}

function invalid(what: string, fix: string): CommandError {
  return new CommandError('LINE_INVALID', `It ${what}`, {
    why: 'a line is a URL, a key, or a JSON object',
    fix,
  })
}

/**
 * Checks the URL that keys stand below.
 *
 * @throws {@link CommandError} `USAGE`
 */
export function assertBase(base: string | undefined): void {
  if (base === undefined || /^[a-z]+:\/\/[^?#]+\/(?:\?[^#]*)?$/i.test(base)) return
  throw new CommandError('USAGE', 'The URL that keys stand below has no / at its end', {
    why: 'each key is put behind it',
    fix: 'write it as https://my-bucket.s3.eu-west-1.amazonaws.com/ or with a prefix that ends in /',
  })
}
