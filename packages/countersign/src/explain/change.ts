/**
 * Change: one way in which a canonical request, or what is made of it, can differ from what is right. A mistake of a
 * catalogued kind is a list of such changes; each is tried.
 *
 * @module
 */
import type { CredentialScope } from '../core/credential-scope.ts'
import { formatParts, type CanonicalParts } from './canonical-parts.ts'

/** What stands in the place of what is right. Parts that are not named stay as they are. */
export interface Change {
  readonly method?: string
  readonly path?: string
  readonly query?: string
  /** Lines by their names in lower case; `undefined` takes the line out. */
  readonly headers?: readonly (readonly [name: string, value: string | undefined])[]
  readonly signedHeaders?: string
  readonly payloadHash?: string
  /** What becomes of the finished text. */
  readonly layout?: (text: string) => string
  /** Lines of the string to sign. */
  readonly amzDate?: string
  readonly scope?: string
  readonly algorithm?: string
  /** The secret that was signed with, or the key id and the scope that its key was derived for. */
  readonly secretAccessKey?: string
  readonly accessKeyId?: string
  readonly keyScope?: CredentialScope
  /** What is special about this change, for the wording of a verdict. It holds no secret. */
  readonly note?: string
}

/** The parts with the change made. */
export function applyChange(parts: CanonicalParts, change: Change): CanonicalParts {
  const { method, path, query, headers, signedHeaders, payloadHash } = change
  return {
    method: method ?? parts.method,
    path: path ?? parts.path,
    query: query ?? parts.query,
    headers: headers ? changeLines(parts.headers, headers) : parts.headers,
    signedHeaders: signedHeaders ?? parts.signedHeaders,
    payloadHash: payloadHash ?? parts.payloadHash,
  }
}

/** The text with the change made. */
export function changedText(parts: CanonicalParts, change: Change): string {
  const text = formatParts(applyChange(parts, change))
  return change.layout ? change.layout(text) : text
}

function changeLines(
  lines: CanonicalParts['headers'],
  changes: NonNullable<Change['headers']>,
): CanonicalParts['headers'] {
  let changed = [...lines]
  for (const [name, value] of changes) {
    const at = changed.findIndex((line) => line[0] === name)
    if (value === undefined) changed = changed.filter((line) => line[0] !== name)
    else if (at >= 0) changed[at] = [name, value]
    else changed = [...changed, [name, value] as [string, string]].toSorted(([a], [b]) => (a < b ? -1 : 1))
  }
  return changed
}

/** Both changes as one; `undefined` when they are about the same part. */
export function mergeChanges(a: Change, b: Change): Change | undefined {
  const headers = [...(a.headers ?? []), ...(b.headers ?? [])]
  const names = headers.map(([name]) => name)
  if (new Set(names).size < names.length) return undefined
  for (const key of Object.keys(a)) {
    if (key !== 'headers' && key !== 'note' && Object.hasOwn(b, key)) return undefined
  }
  return headers.length > 0 ? { ...a, ...b, headers } : { ...a, ...b }
}

/** What tells two changes apart that make the same text. */
export function keyOfChange(parts: CanonicalParts, change: Change): string {
  const { amzDate, scope, algorithm, secretAccessKey, accessKeyId, keyScope } = change
  const { date, region, service } = keyScope ?? {}
  const rest = [amzDate, scope, algorithm, secretAccessKey, accessKeyId, date, region, service]
  return [changedText(parts, change), ...rest].join('\0')
}
