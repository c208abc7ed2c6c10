/**
 * Credentials as the verbs get them.
 *
 * @module
 */
import type { Credentials, KeyCredentials } from 'countersign'

/** Credentials of either kind. */
export type AnyCredentials = Credentials | KeyCredentials

/** Credentials, with where they were found. */
export interface ResolvedCredentials {
  readonly credentials: AnyCredentials
  /** For people: `environment`, `profile dev, role assumed`. */
  readonly source: string
}
