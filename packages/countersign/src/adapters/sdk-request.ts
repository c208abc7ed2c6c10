/**
 * Requests as the AWS SDK for JavaScript, version 3, holds them: the parts of a URL, a bag of parameters, headers in an
 * object.
 *
 * @module
 */
import { UNSIGNED_PAYLOAD } from '../core/names.ts'
import { SigningError } from '../errors.ts'
import type { Body } from '../sign/http-request.ts'
import { isStream, readBody } from '../sign/read-body.ts'

/** Parameters by name; those of a list are sent one by one, and `null` without `=`. */
export type SdkQuery = Record<string, string | string[] | null>

/** A request of the SDK. */
export interface SdkRequest {
  readonly method: string
  /** `https:` */
  readonly protocol: string
  readonly hostname: string
  readonly port?: number | undefined
  /** Encoded, as it is sent. */
  readonly path: string
  readonly query?: SdkQuery | undefined
  readonly headers: Record<string, string>
  readonly body?: unknown
}

/** A body, as far as it is known before it is sent. */
export interface SdkBody {
  readonly bytes: Uint8Array | undefined
  /** Of a stream that goes unsigned. */
  readonly payloadHash?: string | undefined
}

/**
 * The URL that the SDK's HTTP clients make of a request.
 *
 * @throws {@link SigningError} `URL_INVALID` when the path has a query in it; `TEXT_INVALID`
 */
export function urlOfSdk({ protocol, hostname, port, path, query = {} }: SdkRequest): string {
  if (/[?#]/.test(path)) throw new SigningError('URL_INVALID', 'The path of the request has a query in it')
  const pairs = Object.keys(query)
    .toSorted()
    .flatMap((name) => pairsOf(encode(name), query[name] ?? null))
  const host = port === undefined ? hostname : `${hostname}:${port}`
  return `${protocol}//${host}${path}${pairs.length > 0 ? '?' : ''}${pairs.join('&')}`
}

function pairsOf(name: string, value: string | readonly string[] | null): string[] {
  if (value === null) return [name]
  return [value].flat().map((single) => `${name}=${encode(single)}`)
}

function encode(text: string): string {
  try {
    return encodeURIComponent(text).replace(
      /[!'()*]/g,
      (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
    )
  } catch {
    throw new SigningError('TEXT_INVALID', 'A parameter has half of a surrogate pair')
  }
}

/** The parameters of a URL, as the SDK's HTTP clients make the same URL of. */
export function queryOfUrl(url: string): SdkQuery {
  const query = new Map<string, string | string[]>()
  for (const [name, value] of new URL(url).searchParams) {
    const earlier = query.get(name)
    query.set(name, earlier === undefined ? value : [earlier, value].flat())
  }
  return Object.fromEntries(query)
}

/** The path of a URL, raw. */
export function pathOfUrl(url: string): string {
  const path = url.slice(url.indexOf('/', url.indexOf('://') + 3))
  return path.split('?', 1)[0] ?? ''
}

/**
 * The bytes of a body.
 *
 * @param givenHash that of the headers, which the SDK sets where it puts a checksum behind a stream
 * @throws {@link SigningError} `BODY_UNSUPPORTED`
 */
export async function readSdkBody(
  body: unknown,
  givenHash: string | undefined,
  mayGoUnsigned: boolean | undefined,
): Promise<SdkBody> {
  if (givenHash?.endsWith('-EVENTS')) {
    throw new SigningError(
      'BODY_UNSUPPORTED',
      'Event streams are signed by createEventSigner of countersign/streaming',
    )
  }
  if (!isStream(body as Body)) return { bytes: (await readBody(body as Body)).bytes }
  if (givenHash !== undefined) return { bytes: undefined }
  if (mayGoUnsigned) return { bytes: undefined, payloadHash: UNSIGNED_PAYLOAD }
  throw new SigningError(
    'BODY_UNSUPPORTED',
    'A stream without a checksum cannot be hashed before it is sent: collect its bytes, or set unsignedStreams',
  )
}
