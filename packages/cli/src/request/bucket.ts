/**
 * The bucket of a URL: in the host, as in `my-bucket.s3.eu-west-1.amazonaws.com`, or all of the path.
 *
 * @module
 */
import { authorityOf } from './url-parts.ts'

const S3_HOST =
  /^(?:(.+)\.)?s3(?:-accelerate|-fips)?(?:\.dualstack)?(?:[.-][a-z]{2,}(?:-[a-z]+)+-\d+)?\.amazonaws\.com(?:\.cn)?$/

const WHOLE_PATH = /^[a-z]+:\/\/[^/?#]*\/([^/?#]+)\/?$/i

/** The bucket; nothing where the URL does not tell. */
export function bucketOf(url: string): string | undefined {
  const host = authorityOf(url).toLowerCase().replace(/:\d+$/, '')
  return S3_HOST.exec(host)?.[1] ?? WHOLE_PATH.exec(url)?.[1]
}
