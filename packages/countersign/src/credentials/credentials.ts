/**
 * Credentials: who signs. The shape is the AWS SDK's, so that its providers fit.
 *
 * @module
 */
import { isText } from '../core/bytes.ts'
import { CredentialsError } from '../errors.ts'
import type { SigningKey } from '../keys/signing-key.ts'

/** An access key with its secret. */
export interface Credentials {
  /** Names the key; it is sent with every request. */
  readonly accessKeyId: string
  /** Is never sent. */
  readonly secretAccessKey: string
  /** Present for temporary credentials. */
  readonly sessionToken?: string | undefined
  /** When temporary credentials die. */
  readonly expiration?: Date | undefined
}

/** An access key with a derived signing key in place of its secret. */
export interface KeyCredentials {
  /** Of the secret that the key was derived from. */
  readonly accessKeyId: string
  /** Signs within its scope alone. */
  readonly signingKey: SigningKey
  /** Present for temporary credentials. */
  readonly sessionToken?: string | undefined
  /** When temporary credentials die. */
  readonly expiration?: Date | undefined
}

/** Credentials of either kind, with the parts that they may have. */
export type AnyCredentials = Partial<Credentials & KeyCredentials> & Pick<Credentials, 'accessKeyId'>

/** Gives credentials when asked; the AWS SDK's providers are of this type. */
export type CredentialsProvider = () => Promise<Credentials | KeyCredentials>

// What can stand in an Authorization header, and cannot end its component.
const KEY_ID = /^[!-+\--~]+$/
const TOKEN_OR_NONE = /^[ -~]*$/
const ANYTHING = /./

/** What was found usable last: most requests are signed with the credentials of the one before. */
let usable: Partial<AnyCredentials> = {}

/**
 * Checks that credentials can be signed with.
 *
 * @throws {@link CredentialsError} `CREDENTIALS_INVALID` naming the part; never its value
 */
export function assertCredentials(credentials: Credentials | KeyCredentials): void {
  const given: Partial<AnyCredentials> = credentials ?? {}
  const { accessKeyId, secretAccessKey, sessionToken } = given
  const isSame =
    secretAccessKey &&
    secretAccessKey === usable.secretAccessKey &&
    accessKeyId === usable.accessKeyId &&
    sessionToken === usable.sessionToken
  if (isSame) return
  const part = unusablePart(given)
  if (part) throw new CredentialsError('CREDENTIALS_INVALID', `The credentials have no usable ${part}`)
  usable = { ...given }
}

function unusablePart(credentials: Partial<AnyCredentials>): string | undefined {
  const { accessKeyId, secretAccessKey, signingKey, sessionToken = '' } = credentials
  if (!isText(accessKeyId, KEY_ID)) return 'accessKeyId'
  if (!signingKey?.scope && !isText(secretAccessKey, ANYTHING)) return 'secretAccessKey'
  // Temporary keys never work without their token, and AWS answers that with a misleading error.
  const isMissing = !sessionToken && accessKeyId.startsWith('ASIA')
  return isMissing || !isText(sessionToken, TOKEN_OR_NONE) ? 'sessionToken' : undefined
}
