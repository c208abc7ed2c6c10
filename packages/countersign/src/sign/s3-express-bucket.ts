/**
 * Directory bucket: one of S3 Express One Zone, whose name ends in its zone: `logs--use1-az4--x-s3`.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonS3/latest/userguide/directory-bucket-naming-rules.html}
 * @module
 */
import type { UrlParts } from './read-url.ts'

/** Where a directory bucket is reached. */
export interface DirectoryBucket {
  /** Of an access point, its own name. */
  readonly name: string
  /** URL of the bucket itself: `https://logs--use1-az4--x-s3.s3express-use1-az4.us-east-1.amazonaws.com/`. */
  readonly url: string
  /** The path behind the bucket, without the first slash. */
  readonly key: string
}

const IN_HOST = /^([a-z0-9.-]+--xa?-s3)\./
const IN_PATH = /^\/([a-z0-9.-]+--xa?-s3)(?:\/(.*))?$/

/** Reads the bucket off the host, or where stores have no hosts of buckets, off the path; `undefined` where there is none. */
export function readDirectoryBucket({ scheme, host, path }: UrlParts): DirectoryBucket | undefined {
  const origin = `${scheme}://${host}`
  const inHost = IN_HOST.exec(host)?.[1]
  if (inHost) return { name: inHost, url: `${origin}/`, key: path.slice(1) }
  const [, name, key = ''] = IN_PATH.exec(path) ?? []
  return name ? { name, url: `${origin}/${name}/`, key } : undefined
}

/** Whether a request asks for a session, which is signed with the credentials themselves. */
export function isSessionRequest({ query }: UrlParts, { key }: DirectoryBucket): boolean {
  return key === '' && /(?:^|&)session(?:=|&|$)/.test(query)
}
