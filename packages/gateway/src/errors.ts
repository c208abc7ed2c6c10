/**
 * What can be wrong before a gateway runs: its settings, and its store of keys.
 *
 * @module
 */
import { CountersignError } from 'countersign/errors'

/** What a {@link ConfigError} can be about. */
export type ConfigErrorCode =
  /** The configuration file is not there, or cannot be read. */
  | 'CONFIG_UNREADABLE'
  /** The configuration file is not YAML. */
  | 'CONFIG_MALFORMED'
  /** A setting is unknown, missing, or not of the kind that it has to be. */
  | 'CONFIG_INVALID'
  /** The address is in use, or may not be listened on. */
  | 'ADDRESS_UNAVAILABLE'

/** What a {@link KeyStoreError} can be about. */
export type KeyStoreErrorCode =
  /** There is a store and no master key for it. */
  | 'MASTER_KEY_MISSING'
  /** The master key is not 32 bytes in base64 or hex, or its file can be read by others. */
  | 'MASTER_KEY_INVALID'
  /** The store was sealed with another master key. */
  | 'MASTER_KEY_WRONG'
  /** The store cannot be opened, read or written, is locked for long, or is not one of ours. */
  | 'STORE_UNREADABLE'
  /** A sealed secret was altered; the message names its key. */
  | 'SECRET_ALTERED'
  /** There is no such access key. */
  | 'KEY_NOT_FOUND'
  /** The access key id is in use. */
  | 'KEY_EXISTS'
  /** A value of the new key is not usable: its id, its secret, its principal, or its expiry. */
  | 'KEY_INVALID'

/** The gateway cannot start with these settings. */
export class ConfigError extends CountersignError {
  declare readonly code: ConfigErrorCode

  constructor(code: ConfigErrorCode, message: string, options?: ErrorOptions) {
    super(code, message, options)
    this.name = 'ConfigError'
  }
}

/** The store of keys cannot do what it was asked for. */
export class KeyStoreError extends CountersignError {
  declare readonly code: KeyStoreErrorCode

  constructor(code: KeyStoreErrorCode, message: string, options?: ErrorOptions) {
    super(code, message, options)
    this.name = 'KeyStoreError'
  }
}
