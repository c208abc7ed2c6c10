/**
 * A gateway with its store of keys and its log, from its settings: all that the command line starts and stops.
 *
 * @module
 */
import { existsSync } from 'node:fs'
import type { GatewaySettings } from './config/settings.ts'
import { createGateway, type Listening } from './gateway.ts'
import { openKeyStore, type KeyStore } from './keys/key-store.ts'
import { resolveMasterKey } from './keys/master-key.ts'
import { limitMemory } from './server/memory.ts'
import { createLog } from './log.ts'

/** A gateway that serves. */
export interface Serving {
  readonly listening: Listening
  readonly keys: KeyStore
  /** Lets requests under way end, closes the store, and brings the last lines of the log out. */
  stop(): Promise<void>
}

/**
 * Opens the store and serves. Keys that cannot be used any more are named in the log, and the others are served.
 *
 * @param masterKeyText what `COUNTERSIGN_MASTER_KEY` holds
 * @throws {@link KeyStoreError} `MASTER_KEY_MISSING`, `MASTER_KEY_INVALID`, `MASTER_KEY_WRONG`, `STORE_UNREADABLE`
 * @throws {@link ConfigError} `ADDRESS_UNAVAILABLE`
 */
export async function serve(settings: GatewaySettings, masterKeyText: string | undefined): Promise<Serving> {
  limitMemory()
  const keys = openStore(settings, masterKeyText)
  const log = createLog(settings.log)
  for (const error of keys.checkAll()) log.error({ code: error.code, reason: error.message }, 'key unusable')
  const gateway = createGateway(settings, { keys, log })
  try {
    const listening = await gateway.start()
    log.info({ ...listening, upstream: settings.upstream.origin }, 'started')
    return { listening, keys, stop }
  } catch (error) {
    keys.close()
    throw error
  }

  async function stop(): Promise<void> {
    log.info('stopping')
    await gateway.stop()
    keys.close()
    log.info('stopped')
    await new Promise((resolve) => log.flush(resolve))
  }
}

function openStore({ store }: GatewaySettings, masterKeyText: string | undefined): KeyStore {
  const { file, masterKeyFile } = store
  const masterKey = resolveMasterKey({
    text: masterKeyText,
    file: masterKeyFile,
    storeExists: existsSync(file),
  })
  return openKeyStore({ file, masterKey })
}
