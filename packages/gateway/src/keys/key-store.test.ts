import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { signRequest } from 'countersign'
import { createVerifier } from 'countersign/verify'
import Sqlite from 'libsql'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openKeyStore, type KeyStore } from './key-store.ts'

const MASTER_KEY = Buffer.alloc(32, 'master key')
const START = new Date('2026-11-22T12:00:00Z')

let folder: string
let file: string
let now: Date
let store: KeyStore

const open = (masterKey: Uint8Array = MASTER_KEY): KeyStore =>
  openKeyStore({ file, masterKey, now: () => now })
const wait = (seconds: number): void => void (now = new Date(now.getTime() + seconds * 1000))
const after = (seconds: number): Date => new Date(now.getTime() + seconds * 1000)
/** What other connections change counts from here on. */
const settle = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, 12))
const failing = (code: string, words = '') =>
  expect.objectContaining({ name: 'KeyStoreError', code, message: expect.stringContaining(words) })
const createId = (principal = 'ann'): string => store.create({ principal }).accessKey.accessKeyId

/** What a function gives, or what it throws. */
function attempt(act: () => unknown): unknown {
  try {
    return act()
  } catch (error) {
    return error
  }
}

/** Does to the file what somebody with an editor could do. */
function tamper(sql: string, ...values: (string | number | Uint8Array)[]): void {
  const sqlite = new Sqlite(file)
  const { changes } = sqlite.prepare<[unknown[]]>(sql).run(values)
  sqlite.close()
  expect(changes).toBeGreaterThan(0)
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-'))
  file = join(folder, 'keys.db')
  now = START
  store = open()
})
afterEach(() => {
  store.close()
  rmSync(folder, { recursive: true })
})

describe('keys', () => {
  it('are made, listed and got', () => {
    const made = store.create({ principal: 'ann' })
    wait(1)
    const expiresAt = after(60)
    const given = store.create({
      principal: 'bob b',
      accessKeyId: 'a/given+id',
      secretAccessKey: 'a-given-secret',
      expiresAt,
    })
    expect(given.secretAccessKey).toBe('a-given-secret')
    expect(given.accessKey).toEqual({
      accessKeyId: 'a/given+id',
      principal: 'bob b',
      status: 'active',
      createdAt: now,
      expiresAt,
      secrets: [{ version: 1, createdAt: now, notAfter: undefined }],
    })
    expect(store.list()).toEqual([made.accessKey, given.accessKey])
    expect(store.get('a/given+id')).toEqual(given.accessKey)
  })

  it('are there after the store was closed and opened', () => {
    const { accessKey, secretAccessKey } = store.create({ principal: 'ann' })
    store.close()
    store = open()
    expect(store.list()).toEqual([accessKey])
    expect(store.find(accessKey.accessKeyId)).toEqual({
      secretAccessKey,
      principal: 'ann',
      notAfter: undefined,
    })
  })

  it('have an id of their own', () => {
    store.create({ principal: 'ann', accessKeyId: 'SAME' })
    expect(() => store.create({ principal: 'bob', accessKeyId: 'SAME' })).toThrow(
      failing('KEY_EXISTS', 'SAME'),
    )
    expect(store.list()).toMatchObject([{ principal: 'ann' }])
  })

  it('are refused without a trace when a value is wrong', () => {
    expect(() => store.create({ principal: 'ann\n' })).toThrow(failing('KEY_INVALID'))
    expect(store.list()).toEqual([])
  })

  it('are deleted with their secrets, and their id is free again', () => {
    const { accessKey, secretAccessKey } = store.create({ principal: 'ann', accessKeyId: 'ID' })
    store.rotate('ID', { overlap: 60 })
    store.delete('ID')
    expect([store.find('ID'), store.list()]).toEqual([undefined, []])
    const again = store.create({ principal: 'ann', accessKeyId: 'ID' })
    expect(again.accessKey).toEqual(accessKey)
    expect(again.secretAccessKey).not.toBe(secretAccessKey)
    expect(store.find('ID')?.secretAccessKey).toBe(again.secretAccessKey)
  })

  it('can be disabled and enabled, more than once', () => {
    const id = createId()
    expect(store.find(id)).toBeDefined()
    expect([store.disable(id).status, store.disable(id).status]).toEqual(['disabled', 'disabled'])
    expect(store.find(id)).toBeUndefined()
    expect([store.enable(id).status, store.enable(id).status]).toEqual(['active', 'active'])
    expect(store.find(id)).toBeDefined()
  })

  it('get an end, another, and none', () => {
    const id = createId()
    expect(store.expire(id, after(10)).expiresAt).toEqual(after(10))
    expect(store.find(id)?.notAfter).toEqual(after(10))
    expect(() => store.expire(id, now)).toThrow(failing('KEY_INVALID', 'disable'))
    expect(store.get(id).expiresAt).toEqual(after(10))
    expect(store.expire(id, undefined).expiresAt).toBeUndefined()
    expect(store.find(id)?.notAfter).toBeUndefined()
  })

  it.each<[string, (id: string) => unknown]>([
    ['get', (id) => store.get(id)],
    ['rotate', (id) => store.rotate(id, { overlap: 0 })],
    ['disable', (id) => store.disable(id)],
    ['enable', (id) => store.enable(id)],
    ['expire', (id) => store.expire(id, undefined)],
    ['delete', (id) => store.delete(id)],
  ])('must exist: %s', (_, change) => {
    const id = createId()
    // The driver is in C, where texts end at a NUL.
    for (const unknown of ['CSAKUNKNOWN', '', `${id}\0`, `${id}\ud800`, '__proto__']) {
      expect(() => change(unknown)).toThrow(failing('KEY_NOT_FOUND'))
      expect(store.find(unknown)).toBeUndefined()
    }
    expect(store.list()).toMatchObject([{ accessKeyId: id, status: 'active', secrets: [{ version: 1 }] }])
  })
})

describe('rotation', () => {
  it('lets the old secret live on for the overlap, behind the new one', () => {
    const { accessKey, secretAccessKey: first } = store.create({ principal: 'ann' })
    const id = accessKey.accessKeyId
    wait(5)
    const second = store.rotate(id, { overlap: 60 })
    expect(second.accessKey.secrets).toEqual([
      { version: 2, createdAt: now, notAfter: undefined },
      { version: 1, createdAt: START, notAfter: after(60) },
    ])
    expect(store.find(id)?.secretAccessKey).toEqual([second.secretAccessKey, first])
    wait(59.999)
    expect(store.find(id)?.secretAccessKey).toEqual([second.secretAccessKey, first])
    wait(0.001)
    expect(store.find(id)?.secretAccessKey).toBe(second.secretAccessKey)
    expect(store.get(id).secrets).toHaveLength(1)
  })

  it('without an overlap ends the old one at once', () => {
    const id = createId()
    const { secretAccessKey } = store.rotate(id, { overlap: 0 })
    expect(store.find(id)?.secretAccessKey).toBe(secretAccessKey)
  })

  it('never makes the life of an older secret longer, and can end it', () => {
    const { accessKey, secretAccessKey: first } = store.create({ principal: 'ann' })
    const id = accessKey.accessKeyId
    const { secretAccessKey: second } = store.rotate(id, { overlap: 10 })
    const { secretAccessKey: third } = store.rotate(id, { overlap: 100 })
    expect(store.find(id)?.secretAccessKey).toEqual([third, second, first])
    wait(10)
    expect(store.find(id)?.secretAccessKey).toEqual([third, second])
    const { secretAccessKey: fourth, accessKey: rotated } = store.rotate(id, { overlap: 0 })
    expect(store.find(id)?.secretAccessKey).toBe(fourth)
    expect(rotated.secrets).toMatchObject([{ version: 4 }])
  })

  it('keeps a disabled key disabled, and its end', () => {
    const id = createId()
    store.disable(id)
    store.expire(id, after(10))
    expect(store.rotate(id, { overlap: 5 }).accessKey).toMatchObject({
      status: 'disabled',
      expiresAt: after(10),
    })
    expect(store.find(id)).toBeUndefined()
  })

  it('refuses an overlap that is no time', () => {
    const id = createId()
    for (const overlap of [-1, Number.NaN, Infinity]) {
      expect(() => store.rotate(id, { overlap })).toThrow(failing('KEY_INVALID', 'overlap'))
    }
    expect(store.get(id).secrets).toMatchObject([{ version: 1 }])
  })
})

describe('a verifier with this store', () => {
  it('lets in who has a live secret, and names the principal', async () => {
    const { accessKey, secretAccessKey } = store.create({ principal: 'ann' })
    const { accessKeyId } = accessKey
    const verifier = createVerifier({
      secrets: (id) => store.find(id),
      service: 'execute-api',
      region: 'us-east-1',
      now: () => now,
    })
    const verify = (secret: string) => {
      const credentials = { accessKeyId, secretAccessKey: secret }
      const { method, headers } = signRequest(
        { method: 'GET', url: 'https://api.example.com/' },
        { credentials, service: 'execute-api', region: 'us-east-1', date: now },
      )
      return verifier.verify({ method, target: '/', headers })
    }
    expect(await verify(secretAccessKey)).toMatchObject({ accessKeyId, principal: 'ann' })
    const { secretAccessKey: renewed } = store.rotate(accessKeyId, { overlap: 10 })
    expect(await verify(secretAccessKey)).toMatchObject({ principal: 'ann' })
    expect(await verify(renewed)).toMatchObject({ principal: 'ann' })
    wait(10)
    await expect(verify(secretAccessKey)).rejects.toMatchObject({ code: 'SIGNATURE_MISMATCH' })
    store.disable(accessKeyId)
    await expect(verify(renewed)).rejects.toMatchObject({ code: 'KEY_UNKNOWN' })
    store.enable(accessKeyId)
    store.expire(accessKeyId, after(1))
    expect(await verify(renewed)).toMatchObject({ principal: 'ann' })
    wait(1.001)
    await expect(verify(renewed)).rejects.toMatchObject({ code: 'KEY_EXPIRED' })
  })
})

describe('another store on the same file', () => {
  it('sees every change some milliseconds later', async () => {
    const other = open()
    const { accessKey, secretAccessKey } = store.create({ principal: 'ann' })
    const id = accessKey.accessKeyId
    await settle()
    expect(other.find(id)).toMatchObject({ secretAccessKey })
    store.disable(id)
    await settle()
    expect(other.find(id)).toBeUndefined()
    store.enable(id)
    await settle()
    expect(other.find(id)).toMatchObject({ secretAccessKey })
    const rotated = store.rotate(id, { overlap: 0 })
    await settle()
    expect(other.find(id)).toMatchObject({ secretAccessKey: rotated.secretAccessKey })
    store.expire(id, after(1))
    await settle()
    expect(other.find(id)).toMatchObject({ notAfter: after(1) })
    store.delete(id)
    await settle()
    expect(other.find(id)).toBeUndefined()
    other.close()
    expect(store.list()).toEqual([])
  })
})

it('a store answers while another process writes', async () => {
  const id = createId()
  const sqlite = new Sqlite(file)
  sqlite.exec("BEGIN IMMEDIATE; UPDATE access_keys SET status = 'disabled'")
  expect(store.find(id)).toBeDefined()
  expect(store.list()).toMatchObject([{ status: 'active' }])
  sqlite.exec('COMMIT')
  await settle()
  expect(store.find(id)).toBeUndefined()
  sqlite.close()
})

describe('the file', () => {
  it('can be read by its owner alone, and so can its journal and a folder that is made for it', () => {
    createId()
    for (const name of readdirSync(folder))
      expect(statSync(join(folder, name)).mode & 0o777, name).toBe(0o600)
    const deep = join(folder, 'made', 'deep')
    openKeyStore({ file: join(deep, 'keys.db'), masterKey: MASTER_KEY }).close()
    for (const path of [join(folder, 'made'), deep]) expect(statSync(path).mode & 0o777).toBe(0o700)
  })

  it('holds no secret and no master key', () => {
    const { secretAccessKey } = store.create({ principal: 'ann' })
    for (const name of readdirSync(folder)) {
      const bytes = readFileSync(join(folder, name))
      expect(bytes.includes(secretAccessKey), name).toBe(false)
      expect(bytes.includes(MASTER_KEY.subarray(0, 8)), name).toBe(false)
    }
    expect(inspect(store, { depth: 9, showHidden: true }) + JSON.stringify(store)).not.toContain(
      secretAccessKey,
    )
  })

  it('opens with its own master key alone', () => {
    const id = createId()
    expect(() => open(Buffer.alloc(32, 'another key'))).toThrow(failing('MASTER_KEY_WRONG'))
    expect(() => open(MASTER_KEY.subarray(1))).toThrow(failing('MASTER_KEY_INVALID'))
    tamper("UPDATE store SET sealed_check = x'00'")
    expect(() => open()).toThrow(failing('MASTER_KEY_WRONG'))
    expect(store.find(id)).toBeDefined()
  })

  it('is refused when it is not a database, and left as it is', () => {
    file = join(folder, 'text')
    writeFileSync(file, 'This is no database at all. '.repeat(100))
    expect(() => open()).toThrow(failing('STORE_UNREADABLE', 'not a database'))
    expect(readFileSync(file, 'utf8')).toBe('This is no database at all. '.repeat(100))
    file = folder
    expect(() => open()).toThrow(failing('STORE_UNREADABLE'))
  })

  it('is refused when it belongs to another program, and left as it is', () => {
    file = join(folder, 'other.db')
    const sqlite = new Sqlite(file)
    sqlite.exec('CREATE TABLE notes (text TEXT)')
    sqlite.close()
    const before = readFileSync(file)
    expect(() => open()).toThrow(failing('STORE_UNREADABLE', 'not a key store'))
    expect(readFileSync(file).equals(before)).toBe(true)
    expect(existsSync(`${file}-wal`)).toBe(false)
  })

  it('is refused when a newer version wrote it', () => {
    const sqlite = new Sqlite(file)
    sqlite.pragma('user_version = 2')
    sqlite.close()
    expect(() => open()).toThrow(failing('STORE_UNREADABLE', 'newer'))
  })

  it('is taken when it is empty', () => {
    file = join(folder, 'empty.db')
    writeFileSync(file, '')
    const other = open()
    expect(other.list()).toEqual([])
    other.close()
  })

  it('is refused where it cannot be made', () => {
    writeFileSync(join(folder, 'plain'), '')
    file = join(folder, 'plain', 'keys.db')
    expect(() => open()).toThrow(failing('STORE_UNREADABLE', 'plain'))
  })

  it.skipIf(process.platform === 'win32')(
    'lets nobody in any more once it is removed or replaced',
    async () => {
      const id = createId()
      expect(store.find(id)).toMatchObject({ principal: 'ann' })
      const refusal = failing('STORE_UNREADABLE', 'removed or replaced')
      const find = (): unknown => store.find(id)
      const aside = `${file}.aside`
      renameSync(file, aside)
      await expect.poll(() => attempt(find)).toEqual(refusal)
      for (let i = 0; i < 10; i += 1) expect(find).toThrow(refusal)
      writeFileSync(file, '')
      expect(find).toThrow(refusal)
      expect(() => store.disable(id)).toThrow(refusal)
      renameSync(aside, file)
      expect(find()).toMatchObject({ principal: 'ann' })
    },
  )

  it('answers no more once it is closed', () => {
    const id = createId()
    store.close()
    expect(() => store.find(id)).toThrow(failing('STORE_UNREADABLE', 'closed'))
    expect(() => store.create({ principal: 'ann' })).toThrow(failing('STORE_UNREADABLE', 'closed'))
    expect(() => store.close()).not.toThrow()
  })

  it('keeps the mode that it had', () => {
    store.close()
    chmodSync(file, 0o640)
    store = open()
    expect(statSync(file).mode & 0o777).toBe(0o640)
  })
})

describe('an altered file', () => {
  let id: string
  let other: string
  beforeEach(() => {
    id = createId('ann')
    other = createId('bob')
    expect(store.find(id)).toBeDefined()
  })

  const expectAltered = async (): Promise<void> => {
    await settle()
    expect(() => store.find(id)).toThrow(failing('SECRET_ALTERED', id))
    expect(() => store.rotate(id, { overlap: 0 })).toThrow(failing('SECRET_ALTERED', id))
    expect(store.checkAll()).toEqual([failing('SECRET_ALTERED', id)])
    expect(store.find(other)).toMatchObject({ principal: 'bob' })
  }

  it('is noticed when one byte of a secret was flipped, at any place', async () => {
    const sqlite = new Sqlite(file)
    const [sealed] = sqlite
      .prepare<[string]>('SELECT sealed FROM secrets WHERE access_key_id = ?')
      .raw()
      .get(id) as [Uint8Array]
    sqlite.close()
    for (const at of [0, 11, 12, 20, sealed.length - 16, sealed.length - 1]) {
      const altered = Uint8Array.from(sealed)
      altered[at]! ^= 1
      tamper('UPDATE secrets SET sealed = ? WHERE access_key_id = ?', altered, id)
      await expectAltered()
    }
    tamper('UPDATE secrets SET sealed = ? WHERE access_key_id = ?', sealed, id)
    expect(store.checkAll()).toEqual([])
    expect(store.find(id)).toMatchObject({ principal: 'ann' })
  })

  it('is noticed when the bytes in the file itself were flipped', async () => {
    store.close()
    const sqlite = new Sqlite(file)
    sqlite.pragma('wal_checkpoint(TRUNCATE)')
    const [sealed] = sqlite
      .prepare<[string]>('SELECT sealed FROM secrets WHERE access_key_id = ?')
      .raw()
      .get(id) as [Buffer]
    sqlite.close()
    const bytes = readFileSync(file)
    const at = bytes.indexOf(sealed)
    expect(at).toBeGreaterThan(0)
    bytes[at + 20]! ^= 0x10
    writeFileSync(file, bytes)
    store = open()
    await expectAltered()
  })

  it.each([
    [
      'the secret of another key',
      'UPDATE secrets SET sealed = (SELECT sealed FROM secrets WHERE access_key_id = ?2) WHERE access_key_id = ?1',
    ],
    ['another principal', "UPDATE access_keys SET principal = 'root' WHERE access_key_id = ?1 AND ?2 <> ''"],
    ['another version', "UPDATE secrets SET version = 7 WHERE access_key_id = ?1 AND ?2 <> ''"],
    ['an empty secret', "UPDATE secrets SET sealed = x'' WHERE access_key_id = ?1 AND ?2 <> ''"],
    ['no secret', "DELETE FROM secrets WHERE access_key_id = ?1 AND ?2 <> ''"],
  ])('is noticed when a key was given %s', async (_, sql) => {
    tamper(sql, id, other)
    await expectAltered()
  })

  it('is noticed in an older secret, too, until that ends', async () => {
    store.rotate(id, { overlap: 60 })
    tamper("UPDATE secrets SET sealed = x'00' WHERE access_key_id = ? AND version = ?", id, 1)
    await expectAltered()
    wait(60)
    expect(store.checkAll()).toEqual([])
    expect(store.find(id)).toBeDefined()
  })

  it('does not keep the key from being deleted', async () => {
    tamper("UPDATE secrets SET sealed = x'00' WHERE access_key_id = ? AND version = ?", id, 1)
    expect(store.disable(id).status).toBe('disabled')
    store.delete(id)
    expect(store.checkAll()).toEqual([])
  })
})
