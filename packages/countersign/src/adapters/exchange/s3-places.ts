/**
 * Buckets of S3 and the hosts that have them: `bucket.s3.amazonaws.com`, `s3.eu-west-1.amazonaws.com/bucket`.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html}
 * @module
 */
import { readUrl } from '../../sign/read-url.ts'

const HOST = /^https?:\/\/(?:[^/?#@]*@)?([^/?#:]*)/i
const S3_HOST =
  /^(?:(.+)\.)?s3(?:-fips)?(?:[.-](?:dualstack\.)?[a-z]{2}(?:-[a-z]+)+-\d)?\.(amazonaws\.com(?:\.cn)?)$/
const REGION = /^[a-z]{2}(?:-[a-z]+)+-\d$/

/** Whether two URLs are of one bucket at AWS. */
export function sameBucket(from: string, to: string): boolean {
  const [a, b] = [readBucket(from), readBucket(to)]
  return a !== undefined && a === b
}

/** A bucket with AWS's partition, whichever way the URL spells it. */
function readBucket(url: string): string | undefined {
  const [, inHost, partition] = S3_HOST.exec(hostOf(url)) ?? []
  const inPath = /^https?:\/\/[^/?#]*\/([^/?#]+)/i.exec(url)?.[1]
  const bucket = inHost ?? inPath
  return partition === undefined || bucket === undefined ? undefined : `${bucket} ${partition}`
}

/** The same URL in another region: S3 does not always say more than where the bucket is. */
export function regionalUrl(url: string, region: string | undefined): string | undefined {
  const host = hostOf(url)
  const [, bucket, partition] = S3_HOST.exec(host) ?? []
  if (region === undefined || partition === undefined || !REGION.test(region)) return undefined
  const regional = `${bucket === undefined ? '' : `${bucket}.`}s3.${region}.${partition}`
  return regional === host ? undefined : url.replace(/^(https?:\/\/)[^/?#:]*/i, `$1${regional}`)
}

/** A bucket at AWS, or what looks like one at somebody else's host. */
export function bucketKey(url: string): string {
  const { host, path } = readUrl(url)
  return readBucket(url) ?? `${host}/${path.split('/', 2)[1]}`
}

function hostOf(url: string): string {
  return HOST.exec(url)?.[1]?.toLowerCase() ?? ''
}
