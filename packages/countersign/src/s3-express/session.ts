/**
 * Session of S3 Express: the short-lived keys of one bucket, as `CreateSession` answers with them.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateSession.html}
 * @module
 */
import { assertCredentials, type Credentials } from '../credentials/credentials.ts'
import { CredentialsError } from '../errors.ts'
import { readCommonDate } from '../sign/common-date.ts'

/** Keys of a session. */
export interface ExpressSession extends Credentials {
  readonly sessionToken: string
  readonly expiration: Date
}

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
])

/** Text of the first element of a name; `undefined` when there is none, or one with something else than text in it. */
export function readElement(xml: string, name: string): string | undefined {
  const text = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1]
  return text?.replace(/&([a-z]+);/g, (whole, entity: string) => ENTITIES.get(entity) ?? whole).trim()
}

/**
 * Reads an answer of `CreateSession`.
 *
 * @throws {@link CredentialsError} `SESSION_INVALID`
 */
export function parseSession(xml: string, now: Date): ExpressSession {
  const accessKeyId = readElement(xml, 'AccessKeyId') ?? ''
  const secretAccessKey = readElement(xml, 'SecretAccessKey') ?? ''
  const sessionToken = readElement(xml, 'SessionToken') ?? ''
  const expiration = readCommonDate(readElement(xml, 'Expiration') ?? '')
  if (!sessionToken || !expiration) throw invalid()
  if (expiration <= now) {
    throw new CredentialsError('SESSION_INVALID', 'The session is over before it began: is the clock right?')
  }
  const session = { accessKeyId, secretAccessKey, sessionToken, expiration }
  try {
    assertCredentials(session)
  } catch {
    throw invalid()
  }
  return Object.freeze(session)
}

function invalid(): CredentialsError {
  return new CredentialsError(
    'SESSION_INVALID',
    'The answer to CreateSession has no usable keys, token and expiration',
  )
}
