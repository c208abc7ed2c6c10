/**
 * The key of `--access-key-id`: its secret on standard input, or a derived signing key in a file.
 *
 * @module
 */
import { SigningKey } from 'countersign'
import { CommandError } from '../frame/command-error.ts'
import { readBytes } from '../frame/files.ts'
import type { CredentialFlags } from '../frame/options.ts'
import { readInput } from '../frame/streams.ts'
import type { ResolvedCredentials } from './resolved-credentials.ts'

/**
 * Reads the key.
 *
 * @throws {@link CommandError} `USAGE`, `FILE_UNREADABLE`
 * @throws {@link SigningError} `SIGNING_KEY_INVALID`
 */
export async function readFlaggedKey(
  accessKeyId: string,
  { secretStdin = false, signingKey }: CredentialFlags,
): Promise<ResolvedCredentials> {
  if (secretStdin === (signingKey !== undefined)) {
    throw new CommandError('USAGE', '--access-key-id needs either --secret-stdin or --signing-key', {
      why: 'an id alone signs nothing',
      fix: 'countersign help credentials',
    })
  }
  if (signingKey === undefined) {
    return { credentials: { accessKeyId, secretAccessKey: await readSecret() }, source: 'standard input' }
  }
  const text = Buffer.from(await readBytes(signingKey, '--signing-key')).toString('utf8')
  return {
    credentials: { accessKeyId, signingKey: SigningKey.import(text.trim()) },
    source: `signing key ${signingKey}`,
  }
}

/**
 * Reads a secret access key from standard input: one line, whose end is not part of it.
 *
 * @throws {@link CommandError} `USAGE`
 */
export async function readSecret(): Promise<string> {
  if (process.stdin.isTTY) {
    throw new CommandError('USAGE', '--secret-stdin does not read from a terminal', {
      why: 'what is typed there would show',
      fix: 'pipe it in, for instance: pass show aws | countersign … --secret-stdin',
    })
  }
  const text = Buffer.from(await readInput('--secret-stdin')).toString('utf8')
  const secret = text.replace(/\r?\n$/, '')
  if (secret !== '' && !secret.includes('\n')) return secret
  throw new CommandError('USAGE', '--secret-stdin got no secret access key', {
    why: secret === '' ? 'standard input is empty' : 'standard input has more than one line',
    fix: 'write the secret access key alone to it, in one line',
  })
}
