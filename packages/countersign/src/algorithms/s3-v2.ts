/**
 * S3's signatures of version 2, HMAC-SHA1: what is signed are the method, four headers at most, the `x-amz-*` headers,
 * the bucket with the path, and of the query the sub-resources alone.
 *
 * ```
 * PUT
 * 4gJE4saaMU4BqNR0kLY+lw==
 * image/jpeg
 * Tue, 27 Mar 2007 21:06:08 +0000
 * x-amz-acl:public-read
 * /johnsmith/photos/puppy.jpg?acl
 * ```
 *
 * @see {@link https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html}
 * @module
 */
import type { Header } from '../core/canonical-headers.ts'
import { X_AMZ_DATE } from '../core/names.ts'
import { decodeUri } from '../core/uri-encoding.ts'

/** A request in the parts that are signed. */
export interface S3V2Parts {
  readonly method: string
  /** Lower-case names, in the order of the wire. Those that a presigned URL carries are among them. */
  readonly headers: readonly Header[]
  /** As on the wire. */
  readonly path: string
  /** As on the wire, without `?`. */
  readonly query: string
  /** The bucket, where it stands in the host and not in the path. */
  readonly bucket?: string | undefined
  /** End of a presigned URL, in seconds since 1970, as it stands there. */
  readonly expires?: string | undefined
}

/** Parameters that override a header of the answer. They are signed decoded, all others as they stand. */
const OVERRIDES: ReadonlySet<string> = new Set([
  'response-cache-control',
  'response-content-disposition',
  'response-content-encoding',
  'response-content-language',
  'response-content-type',
  'response-expires',
])

// Those of AWS's documentation, of its SDKs and of the stores in use: one that is missing could be added by anybody.
const SUB_RESOURCES: ReadonlySet<string> = new Set([
  'accelerate',
  'acl',
  'analytics',
  'attributes',
  'cors',
  'defaultObjectAcl',
  'delete',
  'encryption',
  'intelligent-tiering',
  'inventory',
  'legal-hold',
  'lifecycle',
  'location',
  'logging',
  'metrics',
  'notification',
  'object-lock',
  'ownershipControls',
  'partNumber',
  'policy',
  'policyStatus',
  'publicAccessBlock',
  'replication',
  'requestPayment',
  'restore',
  'retention',
  'select',
  'select-type',
  'storageClass',
  'tagging',
  'torrent',
  'uploadId',
  'uploads',
  'versionId',
  'versioning',
  'versions',
  'website',
])

// Of these hosts of AWS, what stands before S3 is a bucket; before others, an access point.
const BUCKET_HOST =
  /^(.+)\.s3(?:-accelerate|-fips)?(?:\.dualstack)?(?:[.-][a-z]{2,}(?:-[a-z]+)+-\d+)?\.amazonaws\.com(?:\.cn)?$/

/** The bucket in a host of AWS's, such as `my.bucket.s3.eu-west-1.amazonaws.com`; of other hosts it is not known. */
export function bucketOfHost(host: string): string | undefined {
  return BUCKET_HOST.exec(host.toLowerCase().replace(/:\d+$/, ''))?.[1]
}

/** Whether a parameter of the query is signed; names are case-sensitive. */
export function isSubResource(name: string): boolean {
  return SUB_RESOURCES.has(name) || OVERRIDES.has(name)
}

/** Whether the signature covers a header of a request. `date` is left out where `x-amz-date` takes its place. */
export function isCoveredByS3V2(name: string): boolean {
  return name.startsWith('x-amz-') || name === 'content-md5' || name === 'content-type'
}

/** Builds the string to sign, a byte string. */
export function buildS3V2StringToSign({ method, headers, path, query, bucket, expires }: S3V2Parts): string {
  const values = joinRepeated(headers)
  const dateHeader = values.has(X_AMZ_DATE) ? '' : (values.get('date') ?? '')
  const lines = [
    method,
    values.get('content-md5') ?? '',
    values.get('content-type') ?? '',
    expires ?? dateHeader,
  ]
  for (const name of [...values.keys()].toSorted()) {
    if (name.startsWith('x-amz-')) lines.push(`${name}:${values.get(name)}`)
  }
  const resources = formatSubResources(subResourcesOf(query))
  lines.push((bucket ? `/${bucket}` : '') + (path || '/') + (resources && '?') + resources)
  return lines.join('\n')
}

/** Values by name; blanks inside of them stay as they are. */
function joinRepeated(headers: readonly Header[]): Map<string, string> {
  const values = new Map<string, string>()
  for (const [name, value] of headers) {
    const tidy = trimBlanks(value)
    const before = values.get(name)
    values.set(name, before === undefined ? tidy : `${before},${tidy}`)
  }
  return values
}

// Not trim(), which would take other white space off as well, and no pattern, which would take long for many blanks.
function trimBlanks(value: string): string {
  let start = 0
  let end = value.length
  while (start < end && isBlank(value[start])) start++
  while (end > start && isBlank(value[end - 1])) end--
  return value.slice(start, end)
}

function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\t'
}

function subResourcesOf(query: string): Header[] {
  const found: Header[] = []
  for (const piece of query.split('&')) {
    const equals = `${piece}=`.indexOf('=')
    const name = decodeUri(piece.slice(0, equals))
    if (!isSubResource(name)) continue
    const value = piece.slice(equals + 1)
    found.push([name, OVERRIDES.has(name) ? decodeUri(value.replaceAll('+', ' ')) : value])
  }
  return found
}

function formatSubResources(resources: readonly Header[]): string {
  const sorted = resources.toSorted(([a], [b]) => (a < b ? -1 : Number(a > b)))
  return sorted.map(([name, value]) => (value ? `${name}=${value}` : name)).join('&')
}

/**
 * Whether another query has the same string to sign: a name stands twice, or a value that is signed decoded reads
 * like one more sub-resource (`a&versionId=5`).
 */
export function isAmbiguousQuery(query: string): boolean {
  const resources = subResourcesOf(query)
  const isRepeated = new Set(resources.map(([name]) => name)).size < resources.length
  const read = formatSubResources(resources)
    .split('&')
    .filter((piece) => isSubResource(piece.replace(/=.*/s, '')))
  return isRepeated || read.length !== resources.length
}
