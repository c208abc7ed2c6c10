/**
 * Credentials for one run of the command: from a flag that names their source, else from the environment, else from
 * AWS's own chain, which is loaded only then.
 *
 * @module
 */
import { CommandError } from '../frame/command-error.ts'
import { EXIT } from '../frame/exit-codes.ts'
import type { CredentialFlags } from '../frame/options.ts'
import type { Output } from '../frame/output.ts'
import { shortId } from '../frame/redact.ts'
import { formatDuration } from '../frame/times.ts'
import { readDocument } from './document.ts'
import { readEnvironment } from './environment.ts'
import { readFlaggedKey } from './flagged-key.ts'
import type { AnyCredentials, ResolvedCredentials } from './resolved-credentials.ts'

/**
 * Finds the credentials, and tells where.
 *
 * @throws {@link CommandError} `CREDENTIALS_MISSING`, `CREDENTIALS_UNUSABLE`, `USAGE`, `FILE_UNREADABLE`
 */
export async function resolveCredentials(flags: CredentialFlags, output: Output): Promise<AnyCredentials> {
  const { credentials: found, source } = await findCredentials(flags, output)
  const credentials = flags.trimSecret ? trimSecret(found, output) : found
  assertAlive(credentials, source)
  output.infer('credentials', describe(credentials), source)
  return credentials
}

async function findCredentials(flags: CredentialFlags, output: Output): Promise<ResolvedCredentials> {
  const { profile, credentials: document, accessKeyId } = flags
  assertOneSource(flags)
  if (document !== undefined) return readDocument(document)
  if (accessKeyId !== undefined) return readFlaggedKey(accessKeyId, flags)
  const environment = readEnvironment()
  const chosen = profile ?? process.env['AWS_PROFILE']
  if (environment && chosen) {
    const name = profile === undefined ? 'AWS_PROFILE' : '--profile'
    output.warn(
      'CREDENTIALS_SEVERAL',
      `${name} and AWS_ACCESS_KEY_ID are both set; the profile ${chosen} wins`,
    )
  }
  if (environment && !chosen) return { credentials: environment, source: 'environment' }
  const { askChain } = await import('./chain.ts')
  return askChain(profile, flags)
}

function assertOneSource({
  profile,
  credentials,
  accessKeyId,
  secretStdin,
  signingKey,
}: CredentialFlags): void {
  const named = [
    profile !== undefined && '--profile',
    credentials !== undefined && '--credentials',
    (accessKeyId !== undefined || secretStdin || signingKey !== undefined) && '--access-key-id',
  ].filter((flag) => flag !== false)
  if (named.length > 1) {
    throw new CommandError('USAGE', `${named.join(' and ')} each name the credentials`, {
      why: 'a request is signed with one key',
      fix: 'give one of them',
    })
  }
  if ((secretStdin || signingKey !== undefined) && accessKeyId === undefined) {
    throw new CommandError(
      'USAGE',
      `${secretStdin ? '--secret-stdin' : '--signing-key'} needs --access-key-id`,
      {
        why: 'a secret does not tell whose it is',
        fix: 'add --access-key-id ID',
      },
    )
  }
}

function trimSecret(credentials: AnyCredentials, output: Output): AnyCredentials {
  if (!('secretAccessKey' in credentials)) return credentials
  const secretAccessKey = credentials.secretAccessKey.trim()
  if (secretAccessKey !== credentials.secretAccessKey) {
    output.warn('SECRET_TRIMMED', 'blanks or line ends around the secret access key were cut off')
  }
  return { ...credentials, secretAccessKey }
}

function assertAlive({ expiration }: AnyCredentials, source: string): void {
  if (expiration === undefined || expiration.getTime() > Date.now()) return
  throw new CommandError('CREDENTIALS_UNUSABLE', 'The credentials have expired', {
    exitCode: EXIT.credentials,
    why: `those of ${source} ended ${formatDuration((Date.now() - expiration.getTime()) / 1000)} ago`,
    fix: 'log in again, for instance with: aws sso login',
  })
}

function describe({ accessKeyId, expiration, sessionToken }: AnyCredentials): string {
  const token = sessionToken ? `, token of ${sessionToken.length} characters` : ''
  const left = expiration && formatDuration((expiration.getTime() - Date.now()) / 1000)
  return `key ${shortId(accessKeyId)}${token}${left === undefined ? '' : `, expires in ${left}`}`
}
