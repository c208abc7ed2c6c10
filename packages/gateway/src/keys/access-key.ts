/**
 * An access key as its store knows it. Its secrets are not part of it.
 *
 * @module
 */

/** Whether a key may sign. */
export type KeyStatus = 'active' | 'disabled'

/** One of the secrets of a key, by its version. */
export interface SecretVersion {
  /** Counts up from 1. */
  readonly version: number
  readonly createdAt: Date
  /** When it stops to count; the newest has no such end. */
  readonly notAfter?: Date | undefined
}

/** An access key. */
export interface AccessKey {
  readonly accessKeyId: string
  /** Whoever it belongs to; handed to the upstream with each request. */
  readonly principal: string
  readonly status: KeyStatus
  readonly createdAt: Date
  /** When it dies. */
  readonly expiresAt?: Date | undefined
  /** Newest first; older ones live on while the key is being rotated. */
  readonly secrets: readonly SecretVersion[]
}

/** A key with the secret that was just made for it, which is never shown again. */
export interface NewSecret {
  readonly accessKey: AccessKey
  readonly secretAccessKey: string
}

/** What to make a key of. What is left out is made up. */
export interface KeyRequest {
  readonly principal: string
  readonly accessKeyId?: string | undefined
  readonly secretAccessKey?: string | undefined
  readonly expiresAt?: Date | undefined
}
