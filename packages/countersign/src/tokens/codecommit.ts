/**
 * Passwords for git over HTTPS with CodeCommit: `20121226T061030Z2a9a182e…`, a signature of the invented method `GIT` with
 * the instant before it.
 *
 * @see {@link https://docs.aws.amazon.com/codecommit/latest/userguide/setting-up-https-unixes.html}
 * @module
 */
import { formatAmzDate } from '../core/amz-date.ts'
import { isText } from '../core/bytes.ts'
import { buildCanonicalRequest } from '../core/canonical-request.ts'
import { SIGV4_ALGORITHM } from '../core/names.ts'
import { buildStringToSign } from '../core/string-to-sign.ts'
import { formatCredentialScope, isSameScope } from '../core/credential-scope.ts'
import { assertCredentials, type AnyCredentials } from '../credentials/credentials.ts'
import { defaultSha256 } from '../crypto/default-sha256.ts'
import { SigningError } from '../errors.ts'
import { SigningKey, type SigningKeyScope } from '../keys/signing-key.ts'
import { resolveExpiry } from '../sign/resolve-expiry.ts'
import { credentialsWarnings } from '../sign/warnings.ts'
import { readHostname, resolveRegion } from './token-names.ts'
import type { AuthToken, TokenOptions } from './token-options.ts'

/** Options of {@link createCodeCommitToken}. */
export interface CodeCommitTokenOptions extends TokenOptions {
  /** Such as `git-codecommit.eu-west-1.amazonaws.com`. */
  readonly hostname: string
  /** Name of the repository. */
  readonly repository: string
}

/** What git asks for. */
export interface CodeCommitToken extends AuthToken {
  /** The access key id; with a session token, that stands behind it. */
  readonly username: string
}

const REPOSITORY = /^[\w.-]{1,100}$/
// CodeCommit does not say how long it takes a password; five minutes is what all services take.
const SECONDS = 300

/**
 * Makes the user name and the password, which is the token, for one repository.
 *
 * @throws {@link SigningError} `OPTION_INVALID`, `SCOPE_UNKNOWN`
 * @throws {@link CredentialsError} `CREDENTIALS_INVALID`, `CREDENTIALS_EXPIRED`
 */
export function createCodeCommitToken(options: CodeCommitTokenOptions): CodeCommitToken {
  const { credentials, repository, date = new Date() } = options
  assertCredentials(credentials)
  const hostname = readHostname(options.hostname)
  if (!isText(repository, REPOSITORY)) {
    throw new SigningError('OPTION_INVALID', 'repository must be the name of a repository, without a path')
  }
  const region = resolveRegion(options, 'git-codecommit', hostname)
  const amzDate = formatAmzDate(date)
  const key = keyFor(credentials, { date: amzDate.slice(0, 8), region, service: 'codecommit' })
  const headers = { lines: `host:${hostname}\n`, names: ['host'], signedHeaders: 'host' }
  const request = buildCanonicalRequest('GIT', `/v1/repos/${repository}`, '', headers, '')
  const hash = defaultSha256().hashHex(request)
  // The instant that is signed has no Z, the one in the password has.
  const signature = key.sign(buildStringToSign(SIGV4_ALGORITHM, amzDate.slice(0, -1), key.scopeText, hash))

  const { accessKeyId, sessionToken } = credentials
  const warnings = credentialsWarnings(credentials)
  const second = Math.floor(date.getTime() / 1000)
  const { expiresAt } = resolveExpiry(
    { credentials, expiresIn: SECONDS },
    { second, warnings, query: { wire: '' } },
  )
  return {
    username: sessionToken ? `${accessKeyId}%${sessionToken}` : accessKeyId,
    token: amzDate + signature,
    expiresAt,
    warnings,
  }
}

function keyFor(
  { secretAccessKey = '', signingKey }: AnyCredentials,
  scope: SigningKeyScope & { date: string },
): SigningKey {
  if (!signingKey) return SigningKey.derive(secretAccessKey, scope)
  if (isSameScope(signingKey.scope, scope)) return signingKey
  throw new SigningError(
    signingKey.scope.date === scope.date ? 'SIGNING_KEY_SCOPE_MISMATCH' : 'DATE_MISMATCH',
    `The signing key is for ${signingKey.scopeText}, not for ${formatCredentialScope(scope)}`,
  )
}
