/**
 * Sends requests with a bearer token in place of a signature: Bedrock's API keys, tokens of IAM Identity Center.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6750}
 * @module
 */
import { isText } from '../core/bytes.ts'
import { CredentialsError, SigningError } from '../errors.ts'
import { readUrl } from '../sign/read-url.ts'
import { RefreshedValue } from '../credentials/refreshed-value.ts'
import { assertSecret } from '../sign/secret-transport.ts'
import type { Signer } from '../sign/signer.ts'
import { sendPlain } from './plain-request.ts'

/** A token; the AWS SDK's `TokenIdentity` is one. */
export interface BearerToken {
  readonly token: string
  /** When it dies. */
  readonly expiration?: Date | undefined
}

/** Gives a token when asked; the AWS SDK's token providers are of this type. */
export type BearerTokenProvider = () => Promise<BearerToken>

/** Options of {@link createBearerSigner}. */
export interface BearerSignerOptions {
  /** The token, or what gives it: asked once for all concurrent callers, and again 15 minutes before the token's end. */
  readonly token: string | BearerToken | BearerTokenProvider
  /** Lets the token go over plain http. To this machine itself it always may. */
  readonly allowPlainHttp?: boolean | undefined
  /** The clock. */
  readonly now?: (() => Date) | undefined
}

/** Sends any number of requests with a token. Its `scheme` is what `RequestSigner` knows it by. */
export interface BearerSigner extends Signer {
  readonly scheme: 'bearer'
}

// What can stand in a header, without the blank that would end the token.
const TOKEN = /^[!-~]+$/
const MINUTE = 60
/** Those of AWS's SDKs. */
const TIMES = { advisory: 15 * MINUTE, mandatory: 10 * MINUTE, pause: MINUTE }

/**
 * Makes a signer that sets `Authorization: Bearer …`, and takes off what is left of a signature. The steps of what it
 * hands back are empty, since nothing is signed.
 *
 * @throws from `sign`: {@link SigningError} `PLAIN_HTTP_REFUSED`, `URL_ALREADY_SIGNED`; {@link CredentialsError}
 *   `BEARER_TOKEN_INVALID`, `BEARER_TOKEN_EXPIRED`, `BEARER_TOKEN_PROVIDER_FAILED`; from `presign`: `PRESIGN_UNSUPPORTED`
 */
export function createBearerSigner(options: BearerSignerOptions): BearerSigner {
  const { token, allowPlainHttp, now = () => new Date() } = options
  const fetchToken = async (): Promise<BearerToken> => assertToken(await askFor(token), now())
  const current = new RefreshedValue(fetchToken, () => TIMES, now)
  return {
    scheme: 'bearer',
    async sign(request) {
      assertSecret(readUrl(request.url), allowPlainHttp, 'A bearer token')
      return sendPlain(request, `Bearer ${(await current.get()).token}`)
    },
    async presign() {
      throw new SigningError(
        'PRESIGN_UNSUPPORTED',
        'A URL with a bearer token would give it away; presign with SigV4',
      )
    },
  }
}

async function askFor(token: BearerSignerOptions['token']): Promise<BearerToken> {
  if (typeof token === 'string') return { token }
  if (typeof token !== 'function') return token
  try {
    return await token()
  } catch (cause) {
    if (cause instanceof CredentialsError) throw cause
    throw new CredentialsError(
      'BEARER_TOKEN_PROVIDER_FAILED',
      'The provider of bearer tokens failed; see cause',
      { cause },
    )
  }
}

function assertToken(given: BearerToken | undefined, now: Date): BearerToken {
  const { token, expiration } = given ?? {}
  if (!isText(token, TOKEN)) {
    throw new CredentialsError(
      'BEARER_TOKEN_INVALID',
      'The bearer token must be visible ASCII without blanks',
    )
  }
  if (expiration !== undefined && !(expiration > now)) {
    throw new CredentialsError('BEARER_TOKEN_EXPIRED', 'The bearer token has expired; log in again')
  }
  return Object.freeze({ token, expiration })
}
