/**
 * Passwords for sending mail through the SMTP interface of SES. One is made of the secret access key alone, and works
 * for as long as that does.
 *
 * @see {@link https://docs.aws.amazon.com/ses/latest/dg/smtp-credentials.html}
 * @module
 */
import { deriveSigV4Key } from '../algorithms/sigv4.ts'
import { assertCredentials, type Credentials } from '../credentials/credentials.ts'
import { defaultSha256 } from '../crypto/default-sha256.ts'
import { CredentialsError, SigningError } from '../errors.ts'
import { resolveRegion } from './token-names.ts'

/** Options of {@link createSesSmtpToken}. */
export interface SesSmtpTokenOptions {
  /** A long-term key: SMTP takes no session token. */
  readonly credentials: Credentials
  readonly region: string
}

/** What a mail program asks for. */
export interface SesSmtpToken {
  /** The access key id. */
  readonly username: string
  /** The password. It ends when the access key is deleted or switched off. */
  readonly token: string
}

// All of these are fixed; no day, so that the password does not change.
const DATE = '11111111'
const MESSAGE = 'SendRawEmail'
const VERSION = '04'

/**
 * Makes user name and password for the SMTP endpoint of a region.
 *
 * @throws {@link SigningError} `SECRET_KEY_MISSING`, `OPTION_INVALID`
 * @throws {@link CredentialsError} `CREDENTIALS_INVALID` for temporary ones too
 */
export function createSesSmtpToken({ credentials, region }: SesSmtpTokenOptions): SesSmtpToken {
  assertCredentials(credentials)
  const { accessKeyId, secretAccessKey, sessionToken } = credentials
  if (sessionToken) {
    throw new CredentialsError(
      'CREDENTIALS_INVALID',
      'SMTP takes no temporary credentials; use a long-term key',
    )
  }
  if (!secretAccessKey) {
    throw new SigningError(
      'SECRET_KEY_MISSING',
      'The password is made of the secret access key, not of a signing key',
    )
  }
  const scope = { date: DATE, region: resolveRegion({ credentials, region }, 'ses'), service: 'ses' }
  const signature = defaultSha256().hmacKey(deriveSigV4Key(secretAccessKey, scope)).signHex(MESSAGE)
  const bytes = (VERSION + signature).replace(/../g, (pair) => String.fromCharCode(parseInt(pair, 16)))
  return { username: accessKeyId, token: btoa(bytes) }
}
