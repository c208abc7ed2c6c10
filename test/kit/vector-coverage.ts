/**
 * Which vectors the tests read. Where `COUNTERSIGN_VECTORS_READ` names a file, every case that a test looks into leaves
 * a line there, which `scripts/check-vectors.mjs` holds against the files.
 *
 * @module
 */
import { appendFileSync } from 'node:fs'

/** By these a test chooses among the cases; whoever reads no more of a case has not used it. */
const CHOSEN_BY: ReadonlySet<PropertyKey> = new Set([
  'name',
  'flags',
  'source',
  'note',
  'scheme',
  'service',
  'then',
])

/** Watches the cases of a file of vectors: entries of its lists, and of its tables. */
export function watchCases<T>(file: string, content: T): T {
  const log = process.env['COUNTERSIGN_VECTORS_READ']
  if (log === undefined || typeof content !== 'object' || content === null) return content
  const parts = Object.entries(content as Record<string, unknown>).map(([part, cases]) => {
    const isPart = typeof cases === 'object' && cases !== null
    return [part, isPart ? watchPart(cases, `${file}\t${part}`, log) : cases]
  })
  return Object.fromEntries(parts) as T
}

function watchPart(cases: object, name: string, log: string): object {
  const seen = new Set<string>()
  /** One for each case: tests compare cases by identity. */
  const watched = new Map<string, object>()
  const note = (key: string): void => {
    if (!seen.has(key)) appendFileSync(log, `${name}\t${key}\n`)
    seen.add(key)
  }
  return new Proxy(cases, {
    get(target, key, receiver) {
      const entry = Reflect.get(target, key, receiver) as unknown
      if (typeof key !== 'string' || !Object.hasOwn(target, key) || key === 'length') return entry
      if (typeof entry === 'object' && entry !== null) {
        const known = watched.get(key) ?? watchCase(entry, () => note(key))
        watched.set(key, known)
        return known
      }
      // Of a plain text, to take it is to use it.
      note(key)
      return entry
    },
  })
}

function watchCase(entry: object, note: () => void): object {
  return new Proxy(entry, {
    get(target, property, receiver) {
      if (typeof property === 'string' && !CHOSEN_BY.has(property)) note()
      return Reflect.get(target, property, receiver) as unknown
    },
  })
}
