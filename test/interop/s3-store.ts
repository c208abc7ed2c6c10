/**
 * A store that speaks enough of S3 for real clients, behind the guard: what is not signed does not get in, save for
 * upload forms, which are signed in themselves.
 *
 * @module
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  buildPostResponse,
  createPostVerifier,
  sigV2Post,
  sigV4Post,
  type VerifiedPost,
} from '../../packages/countersign/src/post.ts'
import {
  isVerifiedForm,
  requireSignature,
  verifiedFormOf,
  verifiedOf,
} from '../../packages/countersign/src/servers/node.ts'
import {
  createVerifier,
  s3Xml,
  VerificationError,
  type VerifiedRequest,
  type VerifierOptions,
} from '../../packages/countersign/src/verify/index.ts'
import { startServer, startTlsServer, type Listening } from '../kit/servers.ts'
import { readBody, type StoreRequest } from './store/answer.ts'
import { answerBucket, listBuckets } from './store/buckets.ts'
import { createContents, keep, type Contents } from './store/contents.ts'
import { answerUpload, isAboutUpload } from './store/multipart.ts'
import { answerObject } from './store/objects.ts'

/** A store that runs. */
export interface Store extends Listening<unknown> {
  readonly contents: Contents
  /** By `/bucket/key`, decoded once. */
  readonly objects: Contents['objects']
  readonly verified: VerifiedRequest[]
  readonly refused: VerificationError[]
}

/** Options of {@link startStore}. */
export interface StoreOptions extends VerifierOptions {
  /** What it holds, where several stores hold the same. */
  readonly contents?: Contents
  /** Makes it an https server. */
  readonly tls?: { readonly key: string; readonly cert: string }
}

/** Starts a store. */
export async function startStore(options: StoreOptions): Promise<Store> {
  const { contents = createContents([options.region].flat()[0] ?? ''), now = () => new Date(), tls } = options
  const store = {
    contents,
    objects: contents.objects,
    verified: [] as VerifiedRequest[],
    refused: [] as VerificationError[],
  }
  const isOlderTaken = options.algorithms?.some(({ name }) => name === 'AWS')
  const posts = createPostVerifier({
    ...options,
    service: 's3',
    algorithms: isOlderTaken ? [sigV4Post, sigV2Post] : [sigV4Post],
  })
  const onRefused = (error: VerificationError): void => void store.refused.push(error)
  const guard = requireSignature(createVerifier(options), {
    respond: s3Xml,
    onRefused,
    forms: (message) => posts.verify({ ...message, bucket: bucketOf(message.target) }),
  })

  function serve(request: IncomingMessage, response: ServerResponse): void {
    // The clock that clients correct theirs by.
    response.setHeader('date', now().toUTCString())
    const answering = (work: Promise<void>): void =>
      void work.catch((error: unknown) => refuseLate(error, onRefused, response))
    guard(request, response, (error) => {
      if (error !== undefined) {
        response.writeHead(500).end()
        return
      }
      if (isVerifiedForm(request)) {
        answering(answerForm(store.contents, verifiedFormOf(request), response))
        return
      }
      const verified = verifiedOf(request)
      store.verified.push(verified)
      answering(answerS3(store.contents, describe(verified, request), response))
    })
  }

  const server = await (tls ? startTlsServer(tls, serve) : startServer(serve))
  return { ...server, ...store }
}

/** A body that was not the signed one comes out as an error while it is read. */
function refuseLate(
  error: unknown,
  onRefused: (error: VerificationError) => void,
  response: ServerResponse,
): void {
  if (!(error instanceof VerificationError)) throw error
  onRefused(error)
  const { status, headers, body } = s3Xml(error)
  response.writeHead(status, [...headers.flat(), 'connection', 'close']).end(body)
}

/**
 * What was signed, and of the rest what does no harm: `range` and `content-type` are often not signed, and version 2
 * leaves out what a listing is filtered by.
 */
function describe(verified: VerifiedRequest, { url = '', headers }: IncomingMessage): StoreRequest {
  const { method, path, query } = verified.covered
  const unsigned = ['range', 'content-type'].flatMap((name) => {
    const value = headers[name]
    return typeof value === 'string' ? [[name, value] as const] : []
  })
  const parameters = verified.algorithm === 'AWS' ? new URLSearchParams(url.split('?')[1]) : query
  return {
    method,
    path,
    query: new Map(parameters),
    headers: new Map([...unsigned, ...verified.covered.headers]),
    body: verified.body ?? [],
  }
}

/** Answers as S3 does. */
export async function answerS3(
  contents: Contents,
  request: StoreRequest,
  response: ServerResponse,
): Promise<void> {
  const name = decodeURIComponent(request.path)
  const end = name.indexOf('/', 1)
  if (name === '/') return listBuckets(contents, response)
  if (end < 0 || end === name.length - 1) {
    return answerBucket(contents, name.slice(1, end < 0 ? undefined : end), request, response)
  }
  if (isAboutUpload(request)) return answerUpload(contents, name, request, response)
  return answerObject(contents, name, request, response)
}

function bucketOf(target: string): string {
  return decodeURIComponent(target).replaceAll('/', '')
}

async function answerForm(contents: Contents, post: VerifiedPost, response: ServerResponse): Promise<void> {
  const name = `/${post.bucket}/${post.key}`
  const etag = keep(contents, name, await readBody(post.file), post.fields)
  const { status, headers, body } = buildPostResponse(post, { etag, location: `http://store${name}` })
  response.writeHead(status, headers.flat()).end(body)
}
