/**
 * Limits on what a stranger can send before the signature is known to be good.
 *
 * @module
 */

import type { VerificationError } from '../errors.ts'
import { refuse } from './refusals.ts'

/** Each is the largest value that is taken. */
export interface Limits {
  /** Number of header fields. */
  readonly headerFields: number
  /** Names and values of all headers, in bytes. */
  readonly headerBytes: number
  /** The Authorization header, in bytes. */
  readonly authorizationBytes: number
  /** The query, in bytes. */
  readonly queryBytes: number
  /** Number of query parameters. */
  readonly queryPairs: number
  /** Number of names in SignedHeaders. */
  readonly signedHeaders: number
  /** The credential: access key id and scope, in bytes. */
  readonly credentialBytes: number
  /** The access key id, in characters. */
  readonly accessKeyIdLength: number
  /** The session token, in bytes. */
  readonly sessionTokenBytes: number
  /** At S3, all headers that are kept with an object or steer what becomes of it, in bytes. */
  readonly metadataBytes: number
  /** At S3, names and values of `x-amz-meta-*` without that prefix, in bytes. */
  readonly userMetadataBytes: number
}

/** Limits of a verifier that sets none. */
export const DEFAULT_LIMITS: Limits = {
  headerFields: 200,
  headerBytes: 64 * 1024,
  authorizationBytes: 16 * 1024,
  // Half of it is room for a session token.
  queryBytes: 32 * 1024,
  queryPairs: 1000,
  signedHeaders: 100,
  credentialBytes: 512,
  accessKeyIdLength: 128,
  sessionTokenBytes: 8 * 1024,
  metadataBytes: 8 * 1024,
  userMetadataBytes: 2 * 1024,
}

/** The refusal of what is over a limit. */
export function exceeded<Name extends string>(
  limit: Name,
  limits: Readonly<Record<Name, number>>,
): VerificationError {
  return refuse('LIMIT_EXCEEDED', `${limit} is over ${limits[limit]}`, { limit, most: String(limits[limit]) })
}
