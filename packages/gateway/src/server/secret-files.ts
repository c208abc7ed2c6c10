/**
 * Tokens, keys and certificates, which stand in files of their own and are read again when they have changed.
 *
 * @module
 */
import { X509Certificate } from 'node:crypto'
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

/** Where each setting was given, for errors: `gateway.yaml:7:3`. */
export type Origins = ReadonlyMap<string, string>

/**
 * Reads the tokens of clients, one a line.
 *
 * @throws {@link ConfigError} `CONFIG_INVALID`
 */
export function readTokens({ tokenFile }: ClientSettings, origins?: Origins): string[] {
  if (tokenFile === undefined) return []
  const tokens = read(tokenFile, 'clients.tokenFile', origins)
    .split(/\r?\n/)
    .filter((line) => line !== '')
  if (tokens.length > 0 && tokens.every((token) => token.length >= SHORTEST_TOKEN && /^\S+$/.test(token)))
    return tokens
  const text = `clients.tokenFile: ${tokenFile} must have a token of at least 16 characters on each line`
  throw invalid(text, 'clients.tokenFile', origins)
}

/**
 * Reads the keys that clients sign with.
 *
 * @throws {@link ConfigError} `CONFIG_INVALID`
 */
export function readClientKeys(
  keys: readonly ClientKeySettings[],
  origins?: Origins,
): ReadonlyMap<string, Found<string>> {
  const found = keys.map(({ accessKeyId, secretFile, principal }): [string, Found<string>] => {
    const secretAccessKey = read(secretFile, 'clients.keys', origins).replace(/\r?\n$/, '')
    if (secretAccessKey === '') throw invalid(`clients.keys: ${secretFile} is empty`, 'clients.keys', origins)
    return [accessKeyId, { secretAccessKey, principal: principal ?? accessKeyId }]
  })
  return new Map(found)
}

/**
 * Reads certificate and key of the listener.
 *
 * @throws {@link ConfigError} `CONFIG_INVALID`
 */
export function readListenerTls(tls: TlsSettings | undefined, origins?: Origins): ListenerTls | undefined {
  if (!tls) return undefined
  const { certificate, key, clientAuthority } = tls
  const files = {
    cert: read(certificate, 'tls.certificate', origins),
    key: read(key, 'tls.key', origins),
    ...(clientAuthority === undefined
      ? {}
      : { ca: readAuthority(clientAuthority, 'tls.clientAuthority', origins) }),
  }
  assertUsable(files, 'tls', origins)
  return files
}

/**
 * Reads what connections to the upstream are made with.
 *
 * @throws {@link ConfigError} `CONFIG_INVALID`
 */
export function readUpstreamTls(settings: UpstreamTlsSettings, origins?: Origins): UpstreamTls {
  const { authority, certificate, key, serverName } = settings
  const tls = {
    ...(authority === undefined
      ? {}
      : { ca: [...rootCertificates, readAuthority(authority, 'upstreamTls.authority', origins)] }),
    ...(certificate === undefined ? {} : { cert: read(certificate, 'upstreamTls.certificate', origins) }),
    ...(key === undefined ? {} : { key: read(key, 'upstreamTls.key', origins) }),
    ...(serverName === undefined ? {} : { servername: serverName }),
  }
  if (!tls.cert !== !tls.key) {
    const given = tls.cert ? 'upstreamTls.certificate' : 'upstreamTls.key'
    throw invalid('upstreamTls: certificate and key need each other: give both', given, origins)
  }
  assertUsable(tls, 'upstreamTls', origins)
  return tls
}

/** Of what is no certificate TLS says nothing, and trusts nobody. */
function readAuthority(file: string, setting: string, origins: Origins | undefined): string {
  const text = read(file, setting, origins)
  try {
    void new X509Certificate(text)
    return text
  } catch (cause) {
    throw invalid(`${setting}: ${file} holds no certificate in PEM`, setting, origins, cause)
  }
}

/** What is no certificate, or has another key, would else fail with each connection. */
function assertUsable(
  { cert, key }: Pick<UpstreamTls, 'cert' | 'key'>,
  group: string,
  origins: Origins | undefined,
): void {
  if (!cert) return
  try {
    createSecureContext({ cert, key })
  } catch (cause) {
    const text = `${group}: the files are no certificates in PEM, or the key is that of another one`
    throw invalid(text, `${group}.certificate`, origins, cause)
  }
}

function read(file: string, setting: string, origins: Origins | undefined): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException
    throw invalid(`${setting}: ${file} cannot be read: ${code}`, setting, origins, error)
  }
}

function invalid(text: string, setting: string, origins: Origins | undefined, cause?: unknown): ConfigError {
  const origin = origins?.get(setting)
  return new ConfigError('CONFIG_INVALID', origin === undefined ? text : `${origin}: ${text}`, { cause })
}
