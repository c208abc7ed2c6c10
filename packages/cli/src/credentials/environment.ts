/**
 * Credentials in the environment, read as the first link of AWS's chain does, without loading it.
 *
 * @module
 */
import type { Credentials } from 'countersign'

/** The credentials of `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`, or nothing when one of them is not set. */
export function readEnvironment(): Credentials | undefined {
  const accessKeyId = process.env['AWS_ACCESS_KEY_ID']
  const secretAccessKey = process.env['AWS_SECRET_ACCESS_KEY']
  if (!accessKeyId || !secretAccessKey) return undefined
  const sessionToken = process.env['AWS_SESSION_TOKEN']
  const expiration = new Date(process.env['AWS_CREDENTIAL_EXPIRATION'] ?? NaN)
  return {
    accessKeyId,
    secretAccessKey,
    ...(sessionToken ? { sessionToken } : {}),
    ...(Number.isNaN(expiration.getTime()) ? {} : { expiration }),
  }
}
