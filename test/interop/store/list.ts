/**
 * Listings of a bucket, of both versions: prefix, delimiter, and page by page.
 *
 * @module
 */
import type { ServerResponse } from 'node:http'
import { sendXml, type Element, type StoreRequest } from './answer.ts'
import { factsOf, type Contents } from './contents.ts'

/** What stands in a listing: a key, or what several begin with. */
interface Entry {
  readonly text: string
  readonly object?: Buffer
}

/** Answers with the keys of a bucket, sorted by their bytes as S3 does; clients that compare with a folder rely on it. */
export function listObjects(
  contents: Contents,
  bucket: string,
  { query }: Pick<StoreRequest, 'query'>,
  response: ServerResponse,
): void {
  const isSecond = query.get('list-type') === '2'
  const after = query.get(isSecond ? 'continuation-token' : 'marker') ?? query.get('start-after') ?? ''
  const all = entriesOf(contents, bucket, query).filter(({ text }) => compareBytes(text, after) > 0)
  const page = all.slice(0, Number(query.get('max-keys') || 1000))
  const isTruncated = page.length < all.length
  const write = query.get('encoding-type') === 'url' ? encodeURIComponent : String
  const entries = page.map(({ text, object }): Element => {
    if (!object) return ['CommonPrefixes', [['Prefix', write(text)]]]
    const { etag, modified } = factsOf(contents, object)
    return [
      'Contents',
      [
        ['Key', write(text)],
        ['LastModified', modified.toISOString()],
        ['ETag', etag],
        ['Size', object.length],
        ['StorageClass', 'STANDARD'],
      ],
    ]
  })
  const next: Element[] = isTruncated
    ? [[isSecond ? 'NextContinuationToken' : 'NextMarker', page.at(-1)?.text ?? '']]
    : []
  sendXml(response, 'ListBucketResult', [
    ['Name', bucket],
    ['Prefix', write(query.get('prefix') ?? '')],
    ['MaxKeys', 1000],
    ...(query.has('encoding-type') ? [['EncodingType', 'url'] as const] : []),
    ...(isSecond ? [['KeyCount', page.length] as const] : []),
    ['IsTruncated', String(isTruncated)],
    ...next,
    ...entries,
  ])
}

function entriesOf({ objects }: Contents, bucket: string, query: StoreRequest['query']): Entry[] {
  const start = `/${bucket}/`
  const prefix = query.get('prefix') ?? ''
  const delimiter = query.get('delimiter') ?? ''
  const entries = new Map<string, Entry>()
  for (const [name, object] of objects) {
    if (!name.startsWith(start + prefix)) continue
    const key = name.slice(start.length)
    const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length)
    const text = end < 0 ? key : key.slice(0, end + delimiter.length)
    entries.set(text, end < 0 ? { text, object } : { text })
  }
  return [...entries.values()].toSorted((a, b) => compareBytes(a.text, b.text))
}

/** The order of S3's listings. */
export function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}
