/**
 * The request that a command line of `send` describes, before it is signed.
 *
 * @module
 */
import { readData, type DataPart } from '../curl/data.ts'
import { readHeaders } from '../curl/headers.ts'
import { addFileName, addToQuery, readUrlQuery } from '../curl/url-query.ts'
import { CommandError } from '../frame/command-error.ts'
import { readBytes } from '../frame/files.ts'
import { openSegment, openUpload } from './body-source.ts'
import { planChunks, type ChunkPlan } from './chunk-plan.ts'
import { buildMultipart } from './multipart.ts'
import { createBody, type RequestBody } from './request-body.ts'
import type { SendFlags } from './send-flags.ts'
import { headerValue, type Header } from './wire-request.ts'

/** A request to be signed. */
export interface OutgoingRequest {
  readonly method: string
  /** Whether `-X` named the method. */
  readonly isMethodGiven: boolean
  /** Raw. */
  readonly url: string
  readonly headers: readonly Header[]
  readonly body: RequestBody | undefined
  /** Whether the body is left out of the signature. */
  readonly isUnsigned: boolean
  /** How the body is cut into chunks, if it is. */
  readonly chunks?: ChunkPlan | undefined
}

/** What belongs to the connection, and is written with it. */
const OF_CONNECTION: ReadonlySet<string> = new Set([
  'connection',
  'expect',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
])

/**
 * Reads the request.
 *
 * @throws {@link CommandError} `USAGE`, `FILE_UNREADABLE`
 */
export async function readOutgoing(
  given: string,
  flags: SendFlags,
  parts: readonly DataPart[],
): Promise<OutgoingRequest> {
  assertOneBody(flags, parts)
  const { headers, removed } = await readHeaders(flags.header ?? [], readBytes)
  const own = withHost(headers, flags.signHost)
  for (const [name] of own) if (OF_CONNECTION.has(name.toLowerCase())) throw ofConnection(name)
  const hash = headerValue(own, 'x-amz-content-sha256')
  const isUnsigned =
    flags.unsignedPayload === true || flags.bearer !== undefined || hash === 'UNSIGNED-PAYLOAD'
  const length = readLength(own)
  // What stands beside a token is told later, and in its own words.
  const chunks = flags.bearer === undefined ? planChunks(flags, isUnsigned, hash) : undefined
  const { uploadFile } = flags
  // Of chunks the length has to be known before, and nothing else.
  const isStreamed = chunks ? length !== undefined : isUnsigned || hash !== undefined
  const { body, added } = await readBody(flags, parts, { isStreamed, length })
  assertLength(body, length)
  const missing = added.filter(([name]) => !removed.includes(name) && headerValue(own, name) === undefined)
  return {
    method: flags.request ?? methodOf(flags, body !== undefined),
    isMethodGiven: flags.request !== undefined,
    url: await readUrl(uploadFile === undefined ? given : addFileName(given, uploadFile), flags, parts),
    headers: [...own.filter(([name]) => name.toLowerCase() !== 'content-length'), ...missing],
    body,
    isUnsigned,
    chunks,
  }
}

function assertOneBody(flags: SendFlags, parts: readonly DataPart[]): void {
  const named = [
    parts.length > 0 && 'data',
    flags.form !== undefined && '--form',
    flags.uploadFile !== undefined && '--upload-file',
  ].filter((name) => name !== false)
  if (named.length > 1) {
    throw new CommandError('USAGE', `${named.join(' and ')} are each a body`, {
      why: 'a request has one',
      fix: 'give one of them',
    })
  }
  if (flags.head && named.length > 0 && !flags.get) {
    throw new CommandError('USAGE', `--head and ${named[0]} do not go together`, {
      why: 'HEAD has no body',
      fix: 'leave one of them out, or name the method with -X',
    })
  }
}

function methodOf({ head, uploadFile }: SendFlags, hasBody: boolean): string {
  if (head) return 'HEAD'
  if (uploadFile !== undefined) return 'PUT'
  return hasBody ? 'POST' : 'GET'
}

function withHost(headers: readonly Header[], signHost: string | undefined): readonly Header[] {
  if (signHost === undefined) return headers
  if (headerValue(headers, 'host') === undefined) return [['host', signHost], ...headers]
  throw new CommandError('USAGE', '--sign-host and a Host header both name the host', {
    why: 'a request has one',
    fix: 'give one of them',
  })
}

function ofConnection(name: string): CommandError {
  return new CommandError('USAGE', `${name} belongs to the connection`, {
    why: 'it is written by whoever opens the connection, and is never signed',
    fix: `leave out -H '${name}: …'`,
  })
}

async function readUrl(url: string, flags: SendFlags, parts: readonly DataPart[]): Promise<string> {
  const pairs = await readUrlQuery(flags.urlQuery ?? [], readBytes)
  const data = flags.get ? await readData(parts, readBytes) : undefined
  // A form's + is a space, which a URL has as %20.
  if (data) pairs.push(Buffer.from(data).toString('utf8').replaceAll('+', '%20'))
  return addToQuery(url, pairs)
}

interface OutgoingBody {
  readonly body: RequestBody | undefined
  /** Headers that come with it. */
  readonly added: readonly Header[]
}

async function readBody(
  flags: SendFlags,
  parts: readonly DataPart[],
  upload: { readonly isStreamed: boolean; readonly length: number | undefined },
): Promise<OutgoingBody> {
  if (flags.uploadFile !== undefined) {
    return { body: await openUpload(flags.uploadFile, upload.isStreamed, upload.length), added: [] }
  }
  if (flags.form !== undefined) {
    const { contentType, segments } = await buildMultipart(flags.form, (path) => openSegment(path, '--form'))
    return { body: createBody(segments), added: [['content-type', contentType]] }
  }
  const data = flags.get ? undefined : await readData(parts, readBytes)
  const isJson = !flags.get && parts.some(({ kind }) => kind === 'json')
  const json = 'application/json'
  return {
    body: data && createBody([data]),
    added: isJson
      ? [
          ['content-type', json],
          ['accept', json],
        ]
      : [],
  }
}

function readLength(headers: readonly Header[]): number | undefined {
  const text = headerValue(headers, 'content-length')
  if (text === undefined || /^\d{1,15}$/.test(text)) return text === undefined ? undefined : Number(text)
  throw new CommandError('USAGE', 'Content-Length is no number', {
    why: 'it is a count of bytes',
    fix: 'leave it out: it is told by itself',
  })
}

function assertLength(body: RequestBody | undefined, length: number | undefined): void {
  if (length === undefined || length === (body?.size ?? 0)) return
  throw new CommandError(
    'USAGE',
    `Content-Length says ${length}, and the body has ${body?.size ?? 0} bytes`,
    {
      why: 'the server would wait for more, or take the rest for another request',
      fix: "leave out -H 'Content-Length: …'",
    },
  )
}
