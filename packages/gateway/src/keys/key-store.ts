/**
 * The gateway's store of access keys: one SQLite file, which the gateway reads at each request and which
 * `countersign keys` changes meanwhile. A change counts at once, in every process that has the file open.
 *
 * @module
 */
import { randomBytes } from 'node:crypto'
import type { Found } from 'countersign/verify'
import { KeyStoreError } from '../errors.ts'
import type { AccessKey, KeyRequest, KeyStatus, NewSecret } from './access-key.ts'
import { openDatabase, type Database } from './database.ts'
import { createSecretAccessKey, requireFuture, requireOverlap, resolveKeyRequest } from './key-request.ts'
import { RecordCache } from './record-cache.ts'
import { createSealer, type Place, type Sealer } from './sealed-secret.ts'
import { createKeyTable, type KeyTable } from './key-table.ts'
import { hideSecrets, liveSecrets, type StoredKey } from './stored-key.ts'

const CACHED_KEYS = 10_000
/** For how long nobody is taken to have written to the file, in milliseconds: a look at it costs a system call. */
const FRESHNESS = 1
/** After how long SQLite is asked although the file looks as it did, in milliseconds: clocks of files are coarse. */
const CERTAINTY = 50
const CHECK_TEXT = 'countersign'
const CHECK_PLACE: Place = ['check of the master key']

/** Where the store is, and what opens it. */
export interface KeyStoreOptions {
  /** The SQLite file; made, with its folder, if it is not there. */
  readonly file: string
  /** 32 bytes, from {@link resolveMasterKey}. */
  readonly masterKey: Uint8Array
  /** The clock. */
  readonly now?: (() => Date) | undefined
}

/**
 * A store of access keys. What a change returns is on the disk by then. Every function throws {@link KeyStoreError}:
 * `STORE_UNREADABLE` where the file fails, and those with an id `KEY_NOT_FOUND` where there is no such key.
 */
export interface KeyStore {
  /** Makes a key; throws `KEY_INVALID` or `KEY_EXISTS`. */
  create(request: KeyRequest): NewSecret
  /** All keys, the oldest first. */
  list(): AccessKey[]
  get(accessKeyId: string): AccessKey
  /**
   * Gives a key a new secret; throws `KEY_INVALID` for an overlap that is no time, or `SECRET_ALTERED`.
   *
   * @param options.overlap how long the older secrets live on, in seconds; 0 ends them at once
   */
  rotate(accessKeyId: string, options: { readonly overlap: number }): NewSecret
  /** Lets nobody in with the key until it is enabled again. */
  disable(accessKeyId: string): AccessKey
  enable(accessKeyId: string): AccessKey
  /** Sets the key's end, or takes it away; throws `KEY_INVALID` for one that has passed. */
  expire(accessKeyId: string, at: Date | undefined): AccessKey
  delete(accessKeyId: string): void
  /**
   * For `createVerifier({ secrets: (id) => store.find(id) })`; throws `SECRET_ALTERED`. A change that another process
   * makes counts a millisecond later, one of this process at once.
   */
  find(accessKeyId: string): Found<string> | undefined
  /** Opens every secret; an error `SECRET_ALTERED` for each key that cannot be used, while the others can. */
  checkAll(): readonly KeyStoreError[]
  close(): void
}

/**
 * Opens a key store, and makes it if it is not there.
 *
 * @throws {@link KeyStoreError} `STORE_UNREADABLE`, `MASTER_KEY_INVALID`, `MASTER_KEY_WRONG`
 */
export function openKeyStore({ file, masterKey, now = () => new Date() }: KeyStoreOptions): KeyStore {
  if (masterKey.length !== 32) throw new KeyStoreError('MASTER_KEY_INVALID', 'A master key is 32 bytes')
  const database = openDatabase(file, (created) => {
    const salt = randomBytes(32)
    const check = createSealer(masterKey, salt).seal(CHECK_TEXT, CHECK_PLACE)
    created.prepare('INSERT INTO store VALUES (1, ?, ?)').run([salt, check])
  })
  try {
    return new SqliteKeyStore(database, openSealer(database, masterKey), now)
  } catch (error) {
    database.close()
    throw error
  }
}

function openSealer(database: Database, masterKey: Uint8Array): Sealer {
  const [row] = database.prepare('SELECT salt, sealed_check FROM store').all([])
  const [salt, check] = (row ?? []) as readonly Uint8Array[]
  const sealer = salt && createSealer(masterKey, salt)
  if (sealer && check && sealer.unseal(check, CHECK_PLACE) === CHECK_TEXT) return sealer
  throw new KeyStoreError(
    'MASTER_KEY_WRONG',
    'The key store was sealed with another master key: look for the one that it was made with',
  )
}

interface CachedKey {
  readonly found: Found<string>
  /** When the next of its older secrets ends, in milliseconds. */
  readonly until: number
}

class SqliteKeyStore implements KeyStore {
  readonly #database: Database
  readonly #keys: KeyTable
  readonly #sealer: Sealer
  readonly #now: () => Date
  readonly #cache = new RecordCache<CachedKey>(CACHED_KEYS)
  #changeNumber: number
  #stamp = ''
  /** When the file was looked at, and when SQLite was asked; of `performance.now()`. */
  #lookedAt = -Infinity
  #askedAt = -Infinity

  constructor(database: Database, sealer: Sealer, now: () => Date) {
    this.#database = database
    this.#keys = createKeyTable(database)
    this.#sealer = sealer
    this.#now = now
    this.#changeNumber = database.readChangeNumber()
  }

  create(request: KeyRequest): NewSecret {
    const now = this.#now()
    const { accessKeyId, secretAccessKey, principal, expiresAt } = resolveKeyRequest(request, now)
    const accessKey = this.#change(accessKeyId, () => {
      if (this.#keys.find(accessKeyId)) {
        throw new KeyStoreError('KEY_EXISTS', `There is an access key ${accessKeyId} already`)
      }
      this.#keys.insert({ accessKeyId, principal, expiresAt, createdAt: now })
      this.#addSecret({ accessKeyId, principal }, 1, secretAccessKey, now)
    })
    return { accessKey, secretAccessKey }
  }

  list(): AccessKey[] {
    const now = this.#now()
    return this.#keys.list().map((key) => hideSecrets(key, now))
  }

  get(accessKeyId: string): AccessKey {
    return hideSecrets(this.#require(accessKeyId), this.#now())
  }

  rotate(accessKeyId: string, { overlap }: { readonly overlap: number }): NewSecret {
    requireOverlap(overlap)
    const now = this.#now()
    const secretAccessKey = createSecretAccessKey()
    const accessKey = this.#change(accessKeyId, () => {
      const key = this.#require(accessKeyId)
      // An altered principal would be sealed into the new secret.
      this.#open(key, now)
      this.#keys.endSecrets(accessKeyId, new Date(now.getTime() + Math.round(overlap * 1000)), now)
      this.#addSecret(key, (key.secrets[0]?.version ?? 0) + 1, secretAccessKey, now)
    })
    return { accessKey, secretAccessKey }
  }

  disable(accessKeyId: string): AccessKey {
    return this.#setStatus(accessKeyId, 'disabled')
  }

  enable(accessKeyId: string): AccessKey {
    return this.#setStatus(accessKeyId, 'active')
  }

  expire(accessKeyId: string, at: Date | undefined): AccessKey {
    requireFuture(at, this.#now())
    return this.#change(accessKeyId, () => this.#keys.setExpiry(accessKeyId, at))
  }

  delete(accessKeyId: string): void {
    this.#commit(() => {
      this.#require(accessKeyId)
      this.#keys.delete(accessKeyId)
    })
  }

  find(accessKeyId: string): Found<string> | undefined {
    this.#forgetIfChanged()
    const cached = this.#cache.find(accessKeyId)
    if (cached?.until === Infinity) return cached.found
    const now = this.#now()
    if (cached && now.getTime() < cached.until) return cached.found
    const key = this.#keys.find(accessKeyId)
    // What is not found is not kept: strangers make ids up, and would fill the memory.
    if (key?.status !== 'active') return undefined
    const opened = this.#open(key, now)
    this.#cache.store(accessKeyId, opened)
    return opened.found
  }

  checkAll(): readonly KeyStoreError[] {
    const now = this.#now()
    return this.#keys.list().flatMap((key) => {
      try {
        this.#open(key, now)
        return []
      } catch (error) {
        if (error instanceof KeyStoreError) return error
        throw error
      }
    })
  }

  close(): void {
    this.#cache.clear()
    this.#database.close()
  }

  #setStatus(accessKeyId: string, status: KeyStatus): AccessKey {
    return this.#change(accessKeyId, () => this.#keys.setStatus(accessKeyId, status))
  }

  /** Makes a change to a key, and reads how it is now. */
  #change(accessKeyId: string, step: () => void): AccessKey {
    return this.#commit(() => {
      step()
      return this.get(accessKeyId)
    })
  }

  #commit<T>(step: () => T): T {
    try {
      return this.#database.change(step)
    } finally {
      // SQLite counts the changes of other connections only.
      this.#cache.clear()
    }
  }

  /** Looks at the file at most once a millisecond, which under load is once for many requests. */
  #forgetIfChanged(): void {
    const instant = performance.now()
    if (instant - this.#lookedAt < FRESHNESS) return
    const stamp = this.#database.readStamp()
    if (stamp !== this.#stamp || instant - this.#askedAt >= CERTAINTY) {
      const changeNumber = this.#database.readChangeNumber()
      if (changeNumber !== this.#changeNumber) this.#cache.clear()
      this.#changeNumber = changeNumber
      this.#stamp = stamp
      this.#askedAt = instant
    }
    // Not before: while the file fails, what is remembered of it lets nobody in.
    this.#lookedAt = instant
  }

  #require(accessKeyId: string): StoredKey {
    const key = this.#keys.find(accessKeyId)
    if (key) return key
    throw new KeyStoreError('KEY_NOT_FOUND', 'There is no such access key: countersign keys list shows them')
  }

  #addSecret(key: KeyName, version: number, secretAccessKey: string, now: Date): void {
    const sealed = this.#sealer.seal(secretAccessKey, placeOf(key, version))
    this.#keys.insertSecret(key.accessKeyId, { version, createdAt: now, sealed })
  }

  #open(key: StoredKey, now: Date): CachedKey {
    const live = liveSecrets(key, now)
    const secrets = live.map(({ version, sealed }) => {
      const secret = this.#sealer.unseal(sealed, placeOf(key, version))
      if (secret === undefined) throw altered(key.accessKeyId)
      return secret
    })
    const [newest] = secrets
    if (newest === undefined) throw altered(key.accessKeyId)
    return {
      found: {
        secretAccessKey: secrets.length === 1 ? newest : secrets,
        notAfter: key.expiresAt,
        principal: key.principal,
      },
      until: Math.min(...live.map(({ notAfter }) => notAfter?.getTime() ?? Infinity)),
    }
  }
}

type KeyName = Pick<AccessKey, 'accessKeyId' | 'principal'>

/** A secret can be opened nowhere but here. Versions of a key never repeat, because its newest secret always stays. */
function placeOf({ accessKeyId, principal }: KeyName, version: number): Place {
  return ['secret access key', accessKeyId, principal, version]
}

function altered(accessKeyId: string): KeyStoreError {
  return new KeyStoreError(
    'SECRET_ALTERED',
    `The stored secret of access key ${accessKeyId} was altered: delete the key and make another, or restore the file from a backup`,
  )
}
