/**
 * Objects of a store: put, get with ranges, head, copy, delete.
 *
 * @module
 */
import type { ServerResponse } from 'node:http'
import { OWNER, readBody, sendError, sendXml, type Element, type StoreRequest } from './answer.ts'
import { factsOf, keep, keptHeaders, type Contents } from './contents.ts'

const GRANTS: readonly Element[] = [OWNER, ['AccessControlList', []]]

/** Answers a request for an object. */
export async function answerObject(
  contents: Contents,
  name: string,
  request: StoreRequest,
  response: ServerResponse,
): Promise<void> {
  const { method, headers, query } = request
  if (method === 'GET' && query.has('tagging')) return sendXml(response, 'Tagging', [['TagSet', []]])
  if (method === 'GET' && query.has('acl')) return sendXml(response, 'AccessControlPolicy', GRANTS)
  // Who else may read it is not kept.
  if (method === 'PUT' && query.has('acl')) return void response.end()
  if (method === 'PUT' && headers.has('x-amz-copy-source')) return copy(contents, name, request, response)
  if (method === 'PUT') {
    const bytes = await readBody(request.body)
    response.setHeader('etag', keep(contents, name, bytes, keptHeaders(headers)))
    response.end()
  } else if (method === 'DELETE') {
    contents.objects.delete(name)
    response.writeHead(204).end()
  } else if (method === 'GET' || method === 'HEAD') {
    await readBody(request.body)
    fetchObject(contents, name, request, response)
  } else sendError(response, method, 405, 'MethodNotAllowed')
}

function fetchObject(
  contents: Contents,
  name: string,
  { method, headers }: StoreRequest,
  response: ServerResponse,
): void {
  const object = contents.objects.get(name)
  if (!object) return sendError(response, method, 404, 'NoSuchKey')
  const facts = factsOf(contents, object)
  for (const [header, value] of facts.headers) response.setHeader(header, value)
  response.setHeader('accept-ranges', 'bytes')
  response.setHeader('etag', facts.etag)
  response.setHeader('last-modified', facts.modified.toUTCString())
  const range = /^bytes=(\d+)-(\d*)$/.exec(headers.get('range') ?? '')
  const start = Number(range?.[1] ?? 0)
  const end = Math.min(range?.[2] ? Number(range[2]) + 1 : object.length, object.length)
  if (range) {
    response.statusCode = 206
    response.setHeader('content-range', `bytes ${start}-${end - 1}/${object.length}`)
  }
  response.setHeader('content-length', end - start)
  response.end(method === 'HEAD' ? undefined : object.subarray(start, end))
}

function copy(contents: Contents, name: string, request: StoreRequest, response: ServerResponse): void {
  const [path = ''] = request.headers.get('x-amz-copy-source')!.split('?')
  const object = contents.objects.get(`/${decodeURIComponent(path).replace(/^\//, '')}`)
  if (!object) return sendError(response, request.method, 404, 'NoSuchKey')
  const replaces = request.headers.get('x-amz-metadata-directive') === 'REPLACE'
  const kept = replaces ? keptHeaders(request.headers) : factsOf(contents, object).headers
  const etag = keep(contents, name, Buffer.from(object), kept)
  sendXml(response, 'CopyObjectResult', [
    ['LastModified', new Date().toISOString()],
    ['ETag', etag],
  ])
}
