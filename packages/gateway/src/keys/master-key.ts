/**
 * The master key, with which the store's secrets are sealed: 32 bytes, in `COUNTERSIGN_MASTER_KEY` or in a file.
 *
 * @module
 */
import { randomBytes } from 'node:crypto'
import { KeyStoreError } from '../errors.ts'
import { createKeyFile, readKeyFile } from './key-file.ts'

const BYTES = 32
const HEX = /^[\da-f]{64}$/i
const BASE64 = /^(?:[A-Za-z\d+/]{43}|[\w-]{43})=?$/
const HOW_TO = 'it is 32 bytes in base64 or hex, as `openssl rand -base64 32` prints'

/** Where a master key may come from. */
export interface MasterKeySources {
  /** What `COUNTERSIGN_MASTER_KEY` holds; it goes before the file. */
  readonly text: string | undefined
  /** The key file. */
  readonly file: string
  /** Whether there is a store already, whose key a new one could never be. */
  readonly storeExists: boolean
}

/**
 * Finds the master key. Makes a file with a new one when there is neither a key nor a store.
 *
 * @throws {@link KeyStoreError} `MASTER_KEY_MISSING`, `MASTER_KEY_INVALID`
 */
export function resolveMasterKey({ text, file, storeExists }: MasterKeySources): Uint8Array {
  if (text !== undefined) return parseMasterKey(text, 'COUNTERSIGN_MASTER_KEY')
  let content = readKeyFile(file)
  if (content === undefined && storeExists) {
    throw new KeyStoreError(
      'MASTER_KEY_MISSING',
      `There is a store, but no master key for it: set COUNTERSIGN_MASTER_KEY, or put the key file back at ${file}`,
    )
  }
  if (content === undefined) {
    createKeyFile(file, `${randomBytes(BYTES).toString('base64')}\n`)
    // Another process may have been faster, and then its key counts.
    content = readKeyFile(file)
  }
  return parseMasterKey(content ?? '', file)
}

function parseMasterKey(text: string, source: string): Uint8Array {
  const key = text.trim()
  if (HEX.test(key)) return Buffer.from(key, 'hex')
  if (BASE64.test(key)) return Buffer.from(key, 'base64')
  throw new KeyStoreError('MASTER_KEY_INVALID', `${source} does not hold a master key: ${HOW_TO}`)
}
