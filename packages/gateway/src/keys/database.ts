/**
 * The SQLite file of a key store: opened only if it is one of ours, made if there is none, and changed in whole steps.
 *
 * @module
 */
import { closeSync, mkdirSync, openSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import Sqlite from 'libsql'
import { KeyStoreError } from '../errors.ts'

/** `CSKS`, in the header of the file. */
const APPLICATION_ID = 0x43_53_4b_53
const SCHEMA_VERSION = 1
/** How long one process waits for another, in milliseconds, and how long before it looks again. */
const PATIENCE = 10_000
const PAUSE = 5
const SCHEMA = `
  CREATE TABLE store (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    salt BLOB NOT NULL,
    sealed_check BLOB NOT NULL
  ) STRICT;
  CREATE TABLE access_keys (
    access_key_id TEXT PRIMARY KEY,
    principal TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('active', 'disabled')),
    created_at INTEGER NOT NULL,
    expires_at INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE secrets (
    access_key_id TEXT NOT NULL REFERENCES access_keys ON DELETE CASCADE,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    not_after INTEGER,
    sealed BLOB NOT NULL,
    PRIMARY KEY (access_key_id, version)
  ) STRICT, WITHOUT ROWID;
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${SCHEMA_VERSION};
`

/** What SQLite stores. The driver ends the process over a boolean, which is why there is none. */
export type SqlValue = string | number | Uint8Array | null
/** A row by the order of its columns. */
export type Row = readonly SqlValue[]

/** A prepared statement. */
export interface Statement {
  all(values: readonly SqlValue[]): readonly Row[]
  run(values: readonly SqlValue[]): void
}

/** An open store file. Each of its functions throws {@link KeyStoreError} `STORE_UNREADABLE` where SQLite fails. */
export interface Database {
  prepare(sql: string): Statement
  /** Another number means that another connection has committed a change. */
  readChangeNumber(): number
  /** Another text means that somebody has written; costs less than to ask SQLite, which alone is sure. */
  readStamp(): string
  /** All that is done in it is there afterwards, also when the power fails, or none of it. */
  change<T>(step: () => T): T
  close(): void
}

/**
 * Opens the file.
 *
 * @param onCreate fills a new store, in the step that creates it
 * @throws {@link KeyStoreError} `STORE_UNREADABLE`
 */
export function openDatabase(file: string, onCreate: (database: Database) => void): Database {
  return guard(file, () => {
    createFile(file)
    const sqlite = new Sqlite(file, { timeout: PATIENCE })
    try {
      // Before anything is written: a file that is not ours stays as it is.
      isNew(sqlite, file)
      useLog(sqlite)
      sqlite.exec('PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON')
      const database = wrap(sqlite, file)
      database.change(() => {
        if (!isNew(sqlite, file)) return
        sqlite.exec(SCHEMA)
        onCreate(database)
      })
      return database
    } catch (error) {
      sqlite.close()
      throw error
    }
  })
}

function wrap(sqlite: Sqlite.Database, file: string): Database {
  const changeNumber = sqlite.prepare('PRAGMA data_version').raw()
  const use = <T>(step: () => T): T => {
    // The driver's statements would work on after the end.
    if (!sqlite.open) throw unreadable(`The key store ${file} is closed`)
    return guard(file, step)
  }
  const log = `${file}-wal`
  const { ino } = statSync(file)
  // Whoever puts another file there, or none, means that one: the old one must let nobody in any more.
  const requireSameFile = (): void => {
    if (statSync(file, { throwIfNoEntry: false })?.ino === ino) return
    throw unreadable(`The key store ${file} was removed or replaced while it was in use: start again`)
  }
  return {
    prepare(sql) {
      // Values go in as one list: the driver takes a lone Buffer for a set of named values.
      const statement = sqlite.prepare<[readonly SqlValue[]]>(sql)
      return {
        all: (values) => use(() => statement.raw().all(values) as Row[]),
        run: (values) => use(() => void statement.run(values)),
      }
    },
    readChangeNumber() {
      requireSameFile()
      return use(() => (changeNumber.get() as [number])[0])
    },
    change(step) {
      requireSameFile()
      return use(() => runTransaction(sqlite, step))
    },
    readStamp() {
      // Commits are written to the log beside the file.
      const { mtimeMs, size } = statSync(log, { throwIfNoEntry: false }) ?? { mtimeMs: 0, size: 0 }
      return `${mtimeMs} ${size}`
    },
    close: () => void sqlite.close(),
  }
}

/**
 * Writes go to a log beside the file. The change to it is the one thing that SQLite gives up at once while another
 * process makes it as well: https://www.sqlite.org/c3ref/busy_handler.html
 */
function useLog(sqlite: Sqlite.Database): void {
  const until = Date.now() + PATIENCE
  for (;;) {
    try {
      return void sqlite.exec('PRAGMA journal_mode = WAL')
    } catch (error) {
      if (!isBusy(error) || Date.now() > until) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE)
    }
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'SQLITE_BUSY'
}

function runTransaction<T>(sqlite: Sqlite.Database, step: () => T): T {
  sqlite.exec('BEGIN IMMEDIATE')
  try {
    const result = step()
    sqlite.exec('COMMIT')
    return result
  } catch (error) {
    if (sqlite.inTransaction) sqlite.exec('ROLLBACK')
    throw error
  }
}

/** SQLite would make a file that everybody can read, and gives its journals the mode of the file. */
function createFile(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  try {
    closeSync(openSync(file, 'wx', 0o600))
  } catch (error) {
    // A file that is there is not even opened: closing it would drop the locks that SQLite has on it in this process.
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
}

/** Whether the file is still empty; one with something else in it is refused. */
function isNew(sqlite: Sqlite.Database, file: string): boolean {
  const [application, version, tables] = sqlite
    .prepare(
      'SELECT application_id, user_version, (SELECT count(*) FROM sqlite_schema) FROM pragma_application_id, pragma_user_version',
    )
    .raw()
    .get() as [number, number, number]
  if (application === 0 && version === 0 && tables === 0) return true
  if (application !== APPLICATION_ID) throw unreadable(`${file} is not a key store of Countersign`)
  if (version !== SCHEMA_VERSION) {
    throw unreadable(`${file} was written by a newer Countersign (schema ${version}): use that version`)
  }
  return false
}

function guard<T>(file: string, step: () => T): T {
  try {
    return step()
  } catch (error) {
    if (error instanceof KeyStoreError) throw error
    const reason = error instanceof Error ? error.message : 'unknown error'
    throw unreadable(`The key store ${file} cannot be used: ${reason}`, error)
  }
}

function unreadable(message: string, cause?: unknown): KeyStoreError {
  return new KeyStoreError('STORE_UNREADABLE', message, { cause })
}
