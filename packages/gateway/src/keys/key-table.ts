/**
 * The tables of a key store: how keys and their sealed secrets are written and read, and nothing of what they mean.
 *
 * @module
 */
import type { AccessKey, KeyStatus } from './access-key.ts'
import type { Database, Row } from './database.ts'
import type { StoredKey, StoredSecret } from './stored-key.ts'

const SELECT_KEYS = `
  SELECT access_key_id, principal, status, access_keys.created_at, expires_at,
    version, secrets.created_at, not_after, sealed
  FROM access_keys LEFT JOIN secrets USING (access_key_id)`

type Columns = readonly [
  accessKeyId: string,
  principal: string,
  status: string,
  createdAt: number,
  expiresAt: number | null,
  version: number | null,
  secretCreatedAt: number,
  notAfter: number | null,
  sealed: Uint8Array,
]

/** Writes and reads keys. What does not exist is changed without a word. */
export interface KeyTable {
  find(accessKeyId: string): StoredKey | undefined
  /** Oldest first. */
  list(): StoredKey[]
  /** An active key, without a secret. */
  insert(key: Pick<AccessKey, 'accessKeyId' | 'principal' | 'createdAt' | 'expiresAt'>): void
  insertSecret(accessKeyId: string, secret: StoredSecret): void
  /** Lets no secret of a key live beyond `notAfter`, and deletes those that are dead by now. */
  endSecrets(accessKeyId: string, notAfter: Date, now: Date): void
  setStatus(accessKeyId: string, status: KeyStatus): void
  setExpiry(accessKeyId: string, expiresAt: Date | undefined): void
  delete(accessKeyId: string): void
}

/** Prepares the statements once. */
export function createKeyTable(database: Database): KeyTable {
  const selectKey = database.prepare(`${SELECT_KEYS} WHERE access_key_id = ? ORDER BY version DESC`)
  const selectKeys = database.prepare(
    `${SELECT_KEYS} ORDER BY access_keys.created_at, access_key_id, version DESC`,
  )
  const insertKey = database.prepare("INSERT INTO access_keys VALUES (?, ?, 'active', ?, ?)")
  const insertSecret = database.prepare('INSERT INTO secrets VALUES (?, ?, ?, NULL, ?)')
  const endSecrets = database.prepare(
    'UPDATE secrets SET not_after = min(coalesce(not_after, ?1), ?1) WHERE access_key_id = ?2',
  )
  const deleteEnded = database.prepare('DELETE FROM secrets WHERE access_key_id = ? AND not_after <= ?')
  const updateStatus = database.prepare('UPDATE access_keys SET status = ? WHERE access_key_id = ?')
  const updateExpiry = database.prepare('UPDATE access_keys SET expires_at = ? WHERE access_key_id = ?')
  const deleteKey = database.prepare('DELETE FROM access_keys WHERE access_key_id = ?')
  return {
    find: (accessKeyId) => parseKeys(selectKey.all([accessKeyId]))[0],
    list: () => parseKeys(selectKeys.all([])),
    insert: ({ accessKeyId, principal, createdAt, expiresAt }) =>
      insertKey.run([accessKeyId, principal, createdAt.getTime(), formatDate(expiresAt)]),
    insertSecret: (accessKeyId, { version, createdAt, sealed }) =>
      insertSecret.run([accessKeyId, version, createdAt.getTime(), sealed]),
    endSecrets(accessKeyId, notAfter, now) {
      endSecrets.run([notAfter.getTime(), accessKeyId])
      deleteEnded.run([accessKeyId, now.getTime()])
    },
    setStatus: (accessKeyId, status) => updateStatus.run([status, accessKeyId]),
    setExpiry: (accessKeyId, expiresAt) => updateExpiry.run([formatDate(expiresAt), accessKeyId]),
    delete: (accessKeyId) => deleteKey.run([accessKeyId]),
  }
}

/** There is a row for each secret; keys come in the order of their first row. */
function parseKeys(rows: readonly Row[]): StoredKey[] {
  const keys = new Map<string, AccessKey & { readonly secrets: StoredSecret[] }>()
  for (const row of rows as readonly Columns[]) {
    const [accessKeyId, principal, status, createdAt, expiresAt, version] = row
    const known = keys.get(accessKeyId)
    const key = known ?? {
      accessKeyId,
      principal,
      // Whatever else stands there in a damaged file must not let anybody in.
      status: status === 'active' ? 'active' : 'disabled',
      createdAt: new Date(createdAt),
      expiresAt: parseDate(expiresAt),
      secrets: [],
    }
    if (!known) keys.set(accessKeyId, key)
    if (version !== null) key.secrets.push(parseSecret(row, version))
  }
  return [...keys.values()]
}

function parseSecret([, , , , , , createdAt, notAfter, sealed]: Columns, version: number): StoredSecret {
  return { version, createdAt: new Date(createdAt), notAfter: parseDate(notAfter), sealed }
}

function parseDate(time: number | null): Date | undefined {
  return time === null ? undefined : new Date(time)
}

function formatDate(date: Date | undefined): number | null {
  return date?.getTime() ?? null
}
