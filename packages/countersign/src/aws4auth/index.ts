/**
 * The conventions of Python's requests-aws4auth and httpx-auth: an object with credentials, region and service that
 * signs requests and looks after its signing key.
 *
 * @module
 */
export { AWS4Auth } from './aws4auth.ts'
export { StrictAWS4Auth } from './strict-aws4auth.ts'
export { PassiveAWS4Auth } from './passive-aws4auth.ts'
export { AWS4SigningKey, type KeyChanges } from './aws4-signing-key.ts'
export type { AWS4AuthInit, AWS4AuthOptions, AWS4AuthRules } from './aws4auth-options.ts'
export type { KeyDate } from './key-day.ts'
export { DateFormatError, DateMismatchError, InvalidDateError, NoSecretKeyError } from './aws4auth-errors.ts'
