/**
 * A gateway or a signing proxy with its keys, its secrets and its log, from its settings: all that the command line
 * starts and stops.
 *
 * @module
 */
import { existsSync } from 'node:fs'
import type { GatewaySettings } from './config/settings.ts'
import { createGateway, type Listening } from './gateway.ts'
import type { Secrets } from './gateway-parts.ts'
import type { KeyStore } from './keys/key-store.ts'
import { resolveMasterKey } from './keys/master-key.ts'
import type { KeySource } from './pipeline/authenticate.ts'
import type { RefusalKeeper } from './pipeline/refused-exchange.ts'
import { limitMemory } from './server/memory.ts'
import {
  readClientKeys,
  readListenerTls,
  readTokens,
  readUpstreamTls,
  type Origins,
} from './server/secret-files.ts'
import type { CredentialsFactory } from './signing-credentials.ts'
import { createLog, type GatewayLog } from './log.ts'

/** A gateway that serves. */
export interface Serving {
  readonly listening: Listening
  /** Absent where clients do not sign, or with keys of the settings. */
  readonly keys?: KeyStore | undefined
  /**
   * Reads certificates, tokens and the secrets of clients again, and asks anew for credentials. What cannot be had
   * stays as it is.
   */
  reload(): Promise<void>
  /** Lets requests under way end, closes the store, and brings the last lines of the log out. */
  stop(): Promise<void>
}

/** What settings do not hold. */
export interface ServeParts {
  /** What `COUNTERSIGN_MASTER_KEY` holds. */
  readonly masterKey?: string | undefined
  /** Where settings were given, for errors about what they name. */
  readonly origins?: Origins | undefined
  /** Makes what gives the credentials that sign; needed where requests are signed. */
  readonly credentials?: CredentialsFactory | undefined
  /** Keeps the last refused signature, for `/debug/last`; by default none is kept. */
  readonly refusals?: RefusalKeeper | undefined
}

/**
 * Opens the store where clients sign with its keys, and serves. Keys that cannot be used any more are named in the
 * log, and the others are served.
 *
 * @throws {@link KeyStoreError} `MASTER_KEY_MISSING`, `MASTER_KEY_INVALID`, `MASTER_KEY_WRONG`, `STORE_UNREADABLE`
 * @throws {@link ConfigError} `ADDRESS_UNAVAILABLE`, `CONFIG_INVALID`
 */
export async function serve(settings: GatewaySettings, parts: ServeParts): Promise<Serving> {
  limitMemory()
  const secrets = readSecrets(settings, parts.origins)
  const log = createLog(settings.log)
  const { source, store, reload: reloadKeys } = await openKeys(settings, parts, log)
  const gateway = createGateway(settings, {
    ...secrets,
    keys: source,
    log,
    credentials: parts.credentials,
    refusals: parts.refusals,
  })
  try {
    const listening = await gateway.start()
    const upstreams = settings.routes.map(({ upstream, allow }) => upstream?.origin ?? allow.hosts.join(','))
    log.info({ ...listening, upstream: upstreams.join(' ') }, 'started')
    return { listening, keys: store, reload, stop }
  } catch (error) {
    store?.close()
    throw error
  }

  async function reload(): Promise<void> {
    try {
      const fresh = readSecrets(settings, parts.origins)
      reloadKeys?.()
      await gateway.reload(fresh)
      log.info('reloaded')
    } catch (error) {
      log.error({ reason: error instanceof Error ? error.message : 'unknown error' }, 'not reloaded')
    }
  }

  async function stop(): Promise<void> {
    log.info('stopping')
    await gateway.stop()
    store?.close()
    log.info('stopped')
    await new Promise((resolve) => log.flush(resolve))
  }
}

function readSecrets({ clients, tls, upstreamTls }: GatewaySettings, origins?: Origins): Secrets {
  return {
    tokens: readTokens(clients, origins),
    tls: readListenerTls(tls, origins),
    upstreamTls: readUpstreamTls(upstreamTls, origins),
  }
}

interface Keys {
  readonly source: KeySource
  readonly store: KeyStore | undefined
  /** Absent where each key is looked up in the store anyway. */
  readonly reload?: () => void
}

async function openKeys(
  settings: GatewaySettings,
  { masterKey, origins }: ServeParts,
  log: GatewayLog,
): Promise<Keys> {
  const { verify, clients } = settings
  if (!verify || clients.keys.length > 0) {
    let known = readClientKeys(clients.keys, origins)
    const reload = (): void => void (known = readClientKeys(clients.keys, origins))
    return { source: { find: (accessKeyId) => known.get(accessKeyId) }, store: undefined, reload }
  }
  const store = await openStore(settings, masterKey)
  for (const error of store.checkAll()) log.error({ code: error.code, reason: error.message }, 'key unusable')
  return { source: store, store }
}

/** SQLite takes mebibytes of memory: who has no store does without. */
async function openStore({ store }: GatewaySettings, masterKeyText: string | undefined): Promise<KeyStore> {
  const { openKeyStore } = await import('./keys/key-store.ts')
  const { file, masterKeyFile } = store
  const masterKey = resolveMasterKey({
    text: masterKeyText,
    file: masterKeyFile,
    storeExists: existsSync(file),
  })
  return openKeyStore({ file, masterKey })
}
