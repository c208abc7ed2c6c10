/**
 * Tokens, keys and certificates, which stand in files of their own and are read again when they have changed.
 *
 * @module
 */
import { readFileSync } from 'node:fs'
import { createSecureContext, rootCertificates } from 'node:tls'
import type { Found } from 'countersign/verify'
import { ConfigError } from '../errors.ts'
import type {
  ClientKeySettings,
  ClientSettings,
  TlsSettings,
  UpstreamTlsSettings,
} from '../config/route-settings.ts'
import type { ListenerTls } from './listener.ts'
import type { UpstreamTls } from './upstream-pool.ts'

/** A token that can be guessed is none. */
const SHORTEST_TOKEN = 16

/**
 * Reads the tokens of clients, one a line.
 *
 * @throws {@link ConfigError} `CONFIG_INVALID`
 */
export function readTokens({ tokenFile }: ClientSettings): string[] {
  if (tokenFile === undefined) return []
  const tokens = read(tokenFile, 'clients.tokenFile')
    .split(/\r?\n/)
    .filter((line) => line !== '')
  if (tokens.length > 0 && tokens.every((token) => token.length >= SHORTEST_TOKEN && /^\S+$/.test(token)))
    return tokens
  throw invalid(`clients.tokenFile: ${tokenFile} must have a token of at least 16 characters on each line`)
}

/**
 * Reads the keys that clients sign with.
 *
 * @throws {@link ConfigError} `CONFIG_INVALID`
 */
export function readClientKeys(keys: readonly ClientKeySettings[]): ReadonlyMap<string, Found<string>> {
  const found = keys.map(({ accessKeyId, secretFile, principal }): [string, Found<string>] => {
    const secretAccessKey = read(secretFile, 'clients.keys').replace(/\r?\n$/, '')
    if (secretAccessKey === '') throw invalid(`clients.keys: ${secretFile} is empty`)
    return [accessKeyId, { secretAccessKey, principal: principal ?? accessKeyId }]
  })
  return new Map(found)
}

/**
 * Reads certificate and key of the listener.
 *
 * @throws {@link ConfigError} `CONFIG_INVALID`
 */
export function readListenerTls(tls: TlsSettings | undefined): ListenerTls | undefined {
  if (!tls) return undefined
  const { certificate, key, clientAuthority } = tls
  return {
    cert: read(certificate, 'tls.certificate'),
    key: read(key, 'tls.key'),
    ...(clientAuthority === undefined ? {} : { ca: read(clientAuthority, 'tls.clientAuthority') }),
  }
}

/**
 * Reads what connections to the upstream are made with.
 *
 * @throws {@link ConfigError} `CONFIG_INVALID`
 */
export function readUpstreamTls(settings: UpstreamTlsSettings): UpstreamTls {
  const { authority, certificate, key, serverName } = settings
  const tls = {
    ...(authority === undefined
      ? {}
      : { ca: [...rootCertificates, read(authority, 'upstreamTls.authority')] }),
    ...(certificate === undefined ? {} : { cert: read(certificate, 'upstreamTls.certificate') }),
    ...(key === undefined ? {} : { key: read(key, 'upstreamTls.key') }),
    ...(serverName === undefined ? {} : { servername: serverName }),
  }
  assertUsable(tls)
  return tls
}

/** What is no certificate, or has another key, would else fail with each connection. */
function assertUsable({ ca, cert, key }: UpstreamTls): void {
  if (!ca && !cert && !key) return
  if (!cert !== !key) throw invalid('upstreamTls: certificate and key need each other: give both')
  try {
    createSecureContext({ ca, cert, key })
  } catch (cause) {
    const text = 'upstreamTls: the files are no certificates in PEM, or the key is that of another one'
    throw new ConfigError('CONFIG_INVALID', text, { cause })
  }
}

function read(file: string, setting: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException
    throw new ConfigError('CONFIG_INVALID', `${setting}: ${file} cannot be read: ${code}`, { cause: error })
  }
}

function invalid(message: string): ConfigError {
  return new ConfigError('CONFIG_INVALID', message)
}
