/**
 * A store that speaks enough of S3 for real clients: objects in memory, behind the guard.
 *
 * @module
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { requireSignature, verifiedOf } from '../../packages/countersign/src/servers/node.ts'
import {
  createVerifier,
  s3Xml,
  type VerificationError,
  type VerifiedRequest,
  type VerifierOptions,
} from '../../packages/countersign/src/verify/index.ts'
import { startServer, type Listening } from '../kit/servers.ts'

/** A store that runs. */
export interface Store extends Listening<unknown> {
  /** By `/bucket/key`, decoded once. */
  readonly objects: Map<string, Buffer>
  readonly verified: VerifiedRequest[]
  readonly refused: VerificationError[]
}

/** Starts a store. */
export async function startStore(options: VerifierOptions): Promise<Store> {
  const store = {
    objects: new Map<string, Buffer>(),
    verified: [] as VerifiedRequest[],
    refused: [] as VerificationError[],
  }
  const guard = requireSignature(createVerifier(options), {
    respond: s3Xml,
    onRefused: (error) => store.refused.push(error),
  })
  const server = await startServer((request, response) => {
    guard(request, response, (error) => {
      if (error === undefined) void serve(store, request, response)
      else response.writeHead(500).end()
    })
  })
  return { ...server, ...store }
}

async function serve(
  { objects, verified }: Pick<Store, 'objects' | 'verified'>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const answer = verifiedOf(request)
  verified.push(answer)
  const { method, path } = answer.covered
  const query = new Map(answer.covered.query)
  await answerS3(objects, { method, path, query, body: answer.body ?? [] }, response)
}

/** A request to a store, whoever let it in. */
export interface StoreRequest {
  readonly method: string
  /** Raw. */
  readonly path: string
  readonly query: ReadonlyMap<string, string>
  readonly body: AsyncIterable<Uint8Array> | readonly Uint8Array[]
}

/** Answers as S3 does. */
export async function answerS3(
  objects: Store['objects'],
  { method, path, query, body }: StoreRequest,
  response: ServerResponse,
): Promise<void> {
  const name = decodeURIComponent(path)
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  const object = objects.get(name)

  if (method === 'GET' && query.get('list-type') === '2') return list(objects, name, query, response)
  if (method === 'PUT') {
    objects.set(name, Buffer.concat(chunks))
    response.setHeader('etag', '"1"')
  } else if (method === 'DELETE') {
    objects.delete(name)
    response.statusCode = 204
  } else if (object) {
    response.setHeader('content-length', object.length)
    response.setHeader('last-modified', new Date(0).toUTCString())
    response.setHeader('etag', '"1"')
    if (method === 'GET') response.write(object)
  } else {
    response.statusCode = 404
    if (method === 'GET') response.write('<Error><Code>NoSuchKey</Code></Error>')
  }
  response.end()
}

function list(
  objects: Store['objects'],
  bucket: string,
  query: ReadonlyMap<string, string>,
  response: ServerResponse,
): void {
  const start = `${bucket.replace(/\/$/, '')}/`
  const keys = [...objects.keys()]
    .filter((name) => name.startsWith(start))
    .map((name) => name.slice(start.length))
  const wanted = keys.filter((key) => key.startsWith(query.get('prefix') ?? ''))
  const contents = wanted.map(
    (key) => `<Contents><Key>${encodeURIComponent(key)}</Key><Size>1</Size></Contents>`,
  )
  response.setHeader('content-type', 'application/xml')
  response.end(
    `<ListBucketResult><EncodingType>url</EncodingType><KeyCount>${wanted.length}</KeyCount>` +
      `<IsTruncated>false</IsTruncated>${contents.join('')}</ListBucketResult>`,
  )
}
