/**
 * The gateway's store of keys, opened for one step. Where flags do not say where it is, it is where the gateway
 * looks for it.
 *
 * @module
 */
import { existsSync } from 'node:fs'
import type { KeyStore } from '@countersign/gateway/keys'
import { CommandError } from '../frame/command-error.ts'

/** Where the store is. */
export interface StoreFlags {
  readonly store?: string | undefined
  readonly masterKeyFile?: string | undefined
}

/**
 * Opens the store, does one step with it, and closes it.
 *
 * @param isMade whether there may be none yet, and one is made
 * @throws {@link CommandError} `STORE_MISSING`
 * @throws {@link KeyStoreError} of the gateway
 */
export async function withStore<T>(
  flags: StoreFlags,
  step: (store: KeyStore) => T,
  isMade = false,
): Promise<T> {
  const { openKeyStore, resolveMasterKey, resolveStore } = await import('@countersign/gateway/keys')
  const { file, masterKeyFile } = resolveStore(
    { file: flags.store, masterKeyFile: flags.masterKeyFile },
    process.env,
  )
  const isThere = existsSync(file)
  if (!isThere && !isMade) throw missing(file)
  const masterKey = resolveMasterKey({
    text: process.env['COUNTERSIGN_MASTER_KEY'],
    file: masterKeyFile,
    storeExists: isThere,
  })
  const store = openKeyStore({ file, masterKey })
  try {
    return step(store)
  } finally {
    store.close()
  }
}

function missing(file: string): CommandError {
  return new CommandError('STORE_MISSING', `There is no store of keys at ${file}`, {
    why: 'the first key makes one',
    fix: 'countersign keys create --principal NAME, or say where it is with --store',
  })
}
