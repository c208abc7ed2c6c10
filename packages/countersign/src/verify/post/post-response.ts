/**
 * The answer to an upload that is done, as its form asks for it.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html}
 * @module
 */
import { utf8 } from '../../core/bytes.ts'
import { encodeUri } from '../../core/uri-encoding.ts'
import type { ErrorResponse } from '../responses/response.ts'
import { formatElements } from '../responses/xml.ts'
import type { VerifiedForm } from './verified-post.ts'

/** What the store knows of the object. */
export interface StoredObject {
  /** With its quotes. */
  readonly etag: string
  /** The object's URL. */
  readonly location: string
}

/**
 * Builds the answer: 303 to `success_action_redirect`, else 200, 201 with a document, or 204 by `success_action_status`;
 * 204 for any other value, as S3 does. A redirect that is no http URL counts as none.
 */
export function buildPostResponse(
  { bucket, key, fields }: Pick<VerifiedForm, 'bucket' | 'key' | 'fields'>,
  { etag, location }: StoredObject,
): ErrorResponse {
  const redirect = readRedirect(fields.get('success_action_redirect') ?? fields.get('redirect'))
  if (redirect !== undefined) {
    const query = `bucket=${encode(bucket)}&key=${encode(key)}&etag=${encode(etag)}`
    const target = `${redirect}${redirect.includes('?') ? '&' : '?'}${query}`
    return {
      status: 303,
      headers: [
        ['location', target],
        ['etag', etag],
      ],
      body: '',
    }
  }
  const headers: [name: string, value: string][] = [
    ['etag', etag],
    ['location', location],
  ]
  const status = fields.get('success_action_status')
  if (status === '200') return { status: 200, headers, body: '' }
  if (status !== '201') return { status: 204, headers, body: '' }
  const elements = formatElements([
    ['Location', location],
    ['Bucket', bucket],
    ['Key', key],
    ['ETag', etag],
  ])
  return {
    status: 201,
    headers: [['content-type', 'application/xml'], ...headers],
    body: `<?xml version="1.0" encoding="UTF-8"?>\n<PostResponse>${elements}</PostResponse>`,
  }
}

function readRedirect(url: string | undefined): string | undefined {
  if (url === undefined || !/^https?:\/\//i.test(url)) return undefined
  try {
    const { href, hash } = new URL(url)
    return hash === '' ? href : href.slice(0, -hash.length)
  } catch {
    return undefined
  }
}

function encode(text: string): string {
  return encodeUri(String.fromCharCode(...utf8(text)))
}
