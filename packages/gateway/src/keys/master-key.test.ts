import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createKeyFile } from './key-file.ts'
import { resolveMasterKey } from './master-key.ts'

const KEY = Uint8Array.from({ length: 32 }, (_, index) => 255 - index)
const HEX = Buffer.from(KEY).toString('hex')
const BASE64 = Buffer.from(KEY).toString('base64')
const BASE64URL = Buffer.from(KEY).toString('base64url')

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-'))
  file = join(folder, 'master.key')
})
afterEach(() => rmSync(folder, { recursive: true }))

const resolve = (text?: string, storeExists = false): Uint8Array =>
  resolveMasterKey({ text, file, storeExists })
const write = (content: string | Uint8Array, mode = 0o600): void => writeFileSync(file, content, { mode })
const failing = (code: string, ...words: string[]) =>
  expect.objectContaining({
    name: 'KeyStoreError',
    code,
    message: expect.stringMatching(new RegExp(words.join('.*'))),
  })

describe('resolveMasterKey from the environment', () => {
  it.each([
    ['base64', BASE64],
    ['base64 without padding', BASE64.replace('=', '')],
    ['base64url', BASE64URL],
    ['hex', HEX],
    ['hex in capitals', HEX.toUpperCase()],
    ['a line end behind it', `${BASE64}\n`],
  ])('takes %s', (_, text) => {
    expect(Buffer.from(resolve(text)).equals(KEY)).toBe(true)
  })

  it('does not look at the file', () => {
    write('nonsense', 0o644)
    expect(Buffer.from(resolve(HEX)).equals(KEY)).toBe(true)
    rmSync(file)
    resolve(HEX)
    expect(readdirSync(folder)).toEqual([])
  })

  it.each([
    ['nothing', ''],
    ['31 bytes', Buffer.alloc(31, 1).toString('base64')],
    ['33 bytes', Buffer.alloc(33, 1).toString('base64')],
    ['31 bytes in hex', HEX.slice(2)],
    ['a passphrase', 'correct horse battery staple'],
    ['both alphabets at once', `+${'_'.repeat(42)}`],
  ])('refuses %s, without repeating it', (_, text) => {
    expect(() => resolve(text)).toThrow(failing('MASTER_KEY_INVALID', 'COUNTERSIGN_MASTER_KEY', 'openssl'))
    if (text) expect(() => resolve(text)).not.toThrow(text)
  })
})

describe('resolveMasterKey from the file', () => {
  it('reads it', () => {
    write(`${BASE64}\n`)
    expect(Buffer.from(resolve(undefined, true)).equals(KEY)).toBe(true)
    write(HEX)
    chmodSync(file, 0o400)
    expect(Buffer.from(resolve(undefined, true)).equals(KEY)).toBe(true)
  })

  it.each([0o640, 0o604, 0o660, 0o644, 0o610])('refuses mode %o', (mode) => {
    write(BASE64)
    chmodSync(file, mode)
    expect(() => resolve()).toThrow(failing('MASTER_KEY_INVALID', 'chmod 600'))
  })

  it.each([
    ['an empty one', ''],
    ['half a key', BASE64.slice(20)],
    ['32 raw bytes', KEY],
    ['a long one', BASE64.repeat(100)],
  ])('refuses %s, and leaves it as it is', (_, content) => {
    write(content)
    expect(() => resolve()).toThrow(failing('MASTER_KEY_INVALID', 'master.key'))
    expect(readFileSync(file)).toEqual(Buffer.from(content))
  })

  it('refuses what is no file', () => {
    mkdirSync(file, { mode: 0o700 })
    expect(() => resolve()).toThrow(failing('MASTER_KEY_INVALID', 'no master key file'))
  })
})

describe('resolveMasterKey at the first start', () => {
  it('makes a file that its owner alone can read, in a folder likewise', () => {
    file = join(folder, 'new', 'deep', 'master.key')
    const key = resolve()
    expect(key).toHaveLength(32)
    expect(Buffer.from(resolve()).equals(key)).toBe(true)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(statSync(join(folder, 'new')).mode & 0o777).toBe(0o700)
    expect(statSync(join(folder, 'new', 'deep')).mode & 0o777).toBe(0o700)
    expect(readdirSync(join(folder, 'new', 'deep'))).toEqual(['master.key'])
  })

  it('makes another key each time', () => {
    const first = resolve()
    rmSync(file)
    expect(Buffer.from(resolve()).equals(first)).toBe(false)
  })

  it('makes none where there is a store', () => {
    expect(() => resolve(undefined, true)).toThrow(
      failing('MASTER_KEY_MISSING', 'COUNTERSIGN_MASTER_KEY', 'master.key'),
    )
    expect(readdirSync(folder)).toEqual([])
  })

  it('says why it cannot', () => {
    writeFileSync(join(folder, 'file'), '')
    file = join(folder, 'file', 'master.key')
    expect(() => resolve()).toThrow(failing('MASTER_KEY_INVALID', 'ENOTDIR'))
  })

  it('never writes over the key of another process, and leaves no draft behind', () => {
    write(BASE64)
    createKeyFile(file, 'another')
    expect(readFileSync(file, 'utf8')).toBe(BASE64)
    expect(readdirSync(folder)).toEqual(['master.key'])
  })
})
