/**
 * The gateway's store of keys, opened for one step. Where flags do not say where it is, it is where the gateway
 * looks for it.
 *
 * @module
 */
import { existsSync } from 'node:fs'
import type { KeyStore } from '@countersign/gateway/keys'

/** Where the store is. */
export interface StoreFlags {
  readonly store?: string | undefined
  readonly masterKeyFile?: string | undefined
}

/**
 * Opens the store, does one step with it, and closes it.
 *
 * @throws {@link KeyStoreError} of the gateway
 */
export async function withStore<T>(flags: StoreFlags, step: (store: KeyStore) => T): Promise<T> {
  const { openKeyStore, resolveMasterKey, resolveStore } = await import('@countersign/gateway/keys')
  const { file, masterKeyFile } = resolveStore(
    { file: flags.store, masterKeyFile: flags.masterKeyFile },
    process.env,
  )
  const masterKey = resolveMasterKey({
    text: process.env['COUNTERSIGN_MASTER_KEY'],
    file: masterKeyFile,
    storeExists: existsSync(file),
  })
  const store = openKeyStore({ file, masterKey })
  try {
    return step(store)
  } finally {
    store.close()
  }
}
