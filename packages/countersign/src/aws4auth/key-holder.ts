/**
 * Key holder: an access key with the signing key of the moment, taken from one generation of credentials.
 *
 * @module
 */
import { assertCredentials, type Credentials, type KeyCredentials } from '../credentials/credentials.ts'
import { CredentialsError, SigningError } from '../errors.ts'
import { SigningKey } from '../keys/signing-key.ts'
import { AWS4SigningKey, secretOf } from './aws4-signing-key.ts'
import type { KeyScope } from './key-scope.ts'

/** Replaced as a whole, never changed: id, token and key always belong together. */
export interface KeyHolder {
  readonly accessKeyId: string
  readonly sessionToken: string | undefined
  readonly key: AWS4SigningKey
}

/**
 * Makes a holder of credentials, with the key that they bring along or a new one.
 *
 * @param day day of a new key, `YYYYMMDD`
 * @throws {@link CredentialsError} `CREDENTIALS_INVALID`
 * @throws {@link SigningError} `SIGNING_KEY_SCOPE_MISMATCH`
 */
export function holdKey(credentials: Credentials | KeyCredentials, scope: KeyScope, day: string): KeyHolder {
  assertCredentials(credentials)
  const { accessKeyId, sessionToken } = credentials
  const key =
    'signingKey' in credentials
      ? takeKey(credentials.signingKey, scope)
      : new AWS4SigningKey(credentials.secretAccessKey, scope.region, scope.service, day)
  return { accessKeyId, sessionToken, key }
}

/** The same key under the token of a newer generation, or nothing when the access key is another one. */
export function renewHolder(
  { accessKeyId, key }: KeyHolder,
  credentials: Credentials | KeyCredentials,
): KeyHolder | undefined {
  const isSameKey =
    'signingKey' in credentials
      ? credentials.signingKey === key.signingKey
      : credentials.secretAccessKey === secretOf(key)
  const isSame = isSameKey && credentials.accessKeyId === accessKeyId
  return isSame ? { accessKeyId, sessionToken: credentials.sessionToken, key } : undefined
}

/** What `signRequest` signs with. */
export function credentialsOf({ accessKeyId, sessionToken, key }: KeyHolder): KeyCredentials {
  const secretAccessKey = secretOf(key)
  const { signingKey } = key
  // The key is what signs; the secret is there to be warned about where it looks miscopied.
  return { accessKeyId, sessionToken, signingKey, ...(secretAccessKey !== undefined && { secretAccessKey }) }
}

function takeKey(given: SigningKey, { region, service }: KeyScope): AWS4SigningKey {
  if (!(given instanceof SigningKey)) {
    throw new CredentialsError('CREDENTIALS_INVALID', 'The credentials have no usable signingKey')
  }
  const { scope } = given
  if (scope.region !== region || scope.service !== service) {
    throw new SigningError(
      'SIGNING_KEY_SCOPE_MISMATCH',
      `The signing key is for ${scope.service} in ${scope.region}, not for ${service} in ${region}`,
    )
  }
  return new AWS4SigningKey(given)
}
