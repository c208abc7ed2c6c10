/**
 * Buckets of a store: made, found, listed, where they are, and many objects deleted at once.
 *
 * @module
 */
import type { ServerResponse } from 'node:http'
import {
  OWNER,
  readBody,
  readElements,
  sendError,
  sendXml,
  type Element,
  type StoreRequest,
} from './answer.ts'
import type { Contents } from './contents.ts'
import { listObjects } from './list.ts'
import { listUploads } from './multipart.ts'

/** Answers with all buckets. */
export function listBuckets({ buckets }: Contents, response: ServerResponse): void {
  const entries = [...buckets].map((name): Element => [
    'Bucket',
    [
      ['Name', name],
      ['CreationDate', new Date(0).toISOString()],
    ],
  ])
  sendXml(response, 'ListAllMyBucketsResult', [OWNER, ['Buckets', entries]])
}

/** Answers a request for a bucket. */
export async function answerBucket(
  contents: Contents,
  bucket: string,
  request: StoreRequest,
  response: ServerResponse,
): Promise<void> {
  const { method, query } = request
  const body = await readBody(request.body)
  if (method === 'GET') return answerGet(contents, bucket, request, response)
  if (method === 'POST' && query.has('delete')) return deleteMany(contents, bucket, body, response)
  if (method === 'PUT') {
    contents.buckets.add(bucket)
    response.setHeader('location', `/${bucket}`)
    response.end()
  } else if (method === 'DELETE') {
    contents.buckets.delete(bucket)
    response.writeHead(204).end()
  } else if (method === 'HEAD' && contents.buckets.has(bucket)) response.end()
  else sendError(response, method, 404, 'NoSuchBucket')
}

function answerGet(
  contents: Contents,
  bucket: string,
  request: StoreRequest,
  response: ServerResponse,
): void {
  const { query } = request
  if (query.has('location')) sendXml(response, 'LocationConstraint', contents.region)
  else if (query.has('versioning')) sendXml(response, 'VersioningConfiguration', [])
  else if (query.has('uploads')) listUploads(contents, bucket, response)
  else listObjects(contents, bucket, request, response)
}

function deleteMany({ objects }: Contents, bucket: string, body: Buffer, response: ServerResponse): void {
  const keys = readElements(body.toString(), 'Key')
  for (const key of keys) objects.delete(`/${bucket}/${key}`)
  const deleted = keys.map((key): Element => ['Deleted', [['Key', key]]])
  sendXml(response, 'DeleteResult', deleted)
}
