/**
 * The gateway's store of keys, opened for one step.
 *
 * @module
 */
import { existsSync } from 'node:fs'
import type { KeyStore } from '@countersign/gateway/keys'

/** Where the store is. */
export interface StoreFlags {
  readonly store: string
  readonly masterKeyFile: string
}

/**
 * Opens the store, does one step with it, and closes it.
 *
 * @throws {@link KeyStoreError} of the gateway
 */
export async function withStore<T>(
  { store: file, masterKeyFile }: StoreFlags,
  step: (store: KeyStore) => T,
): Promise<T> {
  const { openKeyStore, resolveMasterKey } = await import('@countersign/gateway/keys')
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
