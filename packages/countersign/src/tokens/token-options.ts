/**
 * What all tokens are made with, and what comes back.
 *
 * @module
 */
import type { Credentials, KeyCredentials } from '../credentials/credentials.ts'
import type { SigningWarning } from '../sign/http-request.ts'

/** Options of every token. */
export interface TokenOptions {
  readonly credentials: Credentials | KeyCredentials
  /** By default read off the host, or the scope of the signing key. */
  readonly region?: string | undefined
  /** The instant from which on the token works; by default now. */
  readonly date?: Date | undefined
}

/** Options of the tokens whose lifetime is part of what is signed. */
export interface ExpiringTokenOptions extends TokenOptions {
  /** Lifetime in whole seconds; 900 by default. */
  readonly expiresIn?: number | undefined
}

/** A token. Whoever has it is let in until it ends. */
export interface AuthToken {
  /** What is handed over in the place of a password. */
  readonly token: string
  /** When the token stops working: its own end, or that of the credentials if they die first. */
  readonly expiresAt: Date
  /** `EXPIRY_CLAMPED` when the credentials die before the time that was asked for. */
  readonly warnings: readonly SigningWarning[]
}
