/**
 * Uploads in parts: begun, parts put and listed, completed or given up.
 *
 * @module
 */
import { randomUUID } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { readBody, readElements, sendError, sendXml, type Element, type StoreRequest } from './answer.ts'
import { keep, keptHeaders, md5, type Contents, type Upload } from './contents.ts'

/** Whether a request for an object is about an upload in parts. */
export function isAboutUpload({ query }: StoreRequest): boolean {
  return query.has('uploads') || query.has('uploadId')
}

/** Answers it. */
export async function answerUpload(
  contents: Contents,
  name: string,
  request: StoreRequest,
  response: ServerResponse,
): Promise<void> {
  const { method, query, headers } = request
  const [bucket = '', key = ''] = splitName(name)
  const about: Element[] = [
    ['Bucket', bucket],
    ['Key', key],
  ]
  if (method === 'POST' && query.has('uploads')) {
    await readBody(request.body)
    const id = randomUUID()
    contents.uploads.set(id, { name, headers: keptHeaders(headers), parts: new Map() })
    return sendXml(response, 'InitiateMultipartUploadResult', [...about, ['UploadId', id]])
  }
  const id = query.get('uploadId') ?? ''
  const upload = contents.uploads.get(id)
  if (upload?.name !== name) return sendError(response, method, 404, 'NoSuchUpload')
  if (method === 'PUT') return putPart(upload, request, response)
  if (method === 'POST') return complete(contents, id, upload, about, request, response)
  if (method === 'DELETE') {
    contents.uploads.delete(id)
    response.writeHead(204).end()
    return
  }
  const parts = [...upload.parts].map(([number, bytes]): Element => ['Part', describePart(number, bytes)])
  sendXml(response, 'ListPartsResult', [...about, ['UploadId', id], ['IsTruncated', 'false'], ...parts])
}

function splitName(name: string): string[] {
  const end = name.indexOf('/', 1)
  return [name.slice(1, end), name.slice(end + 1)]
}

function describePart(number: number, bytes: Buffer): Element[] {
  return [
    ['PartNumber', number],
    ['ETag', `"${md5(bytes)}"`],
    ['Size', bytes.length],
    ['LastModified', new Date().toISOString()],
  ]
}

async function putPart(
  { parts }: Upload,
  { query, body }: StoreRequest,
  response: ServerResponse,
): Promise<void> {
  const bytes = await readBody(body)
  parts.set(Number(query.get('partNumber')), bytes)
  response.setHeader('etag', `"${md5(bytes)}"`)
  response.end()
}

async function complete(
  contents: Contents,
  id: string,
  { name, headers, parts }: Upload,
  about: Element[],
  { body, method }: StoreRequest,
  response: ServerResponse,
): Promise<void> {
  const numbers = readElements((await readBody(body)).toString(), 'PartNumber').map(Number)
  const pieces = numbers.flatMap((number) => parts.get(number) ?? [])
  if (numbers.length === 0 || pieces.length < numbers.length) {
    return sendError(response, method, 400, 'InvalidPart')
  }
  const hashes = pieces.map((piece) => Buffer.from(md5(piece), 'hex'))
  const etag = keep(contents, name, Buffer.concat(pieces), headers, `"${md5(...hashes)}-${pieces.length}"`)
  contents.uploads.delete(id)
  sendXml(response, 'CompleteMultipartUploadResult', [
    ['Location', `http://store${name}`],
    ...about,
    ['ETag', etag],
  ])
}

/** The uploads of a bucket that are not done. */
export function listUploads({ uploads }: Contents, bucket: string, response: ServerResponse): void {
  const entries = [...uploads]
    .map(([id, { name }]) => ({ id, parts: splitName(name) }))
    .filter(({ parts }) => parts[0] === bucket)
  sendXml(response, 'ListMultipartUploadsResult', [
    ['Bucket', bucket],
    ['IsTruncated', 'false'],
    ...entries.map(({ id, parts }): Element => [
      'Upload',
      [
        ['Key', parts[1] ?? ''],
        ['UploadId', id],
        ['Initiated', new Date().toISOString()],
      ],
    ]),
  ])
}
