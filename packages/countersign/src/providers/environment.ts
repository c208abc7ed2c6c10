/**
 * Credentials in environment variables, as the AWS CLI and all SDKs read them: `AWS_ACCESS_KEY_ID`,
 * `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`, and `AWS_CREDENTIAL_EXPIRATION` of those who set it.
 *
 * @see {@link https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-envvars.html}
 * @module
 */
import type { Credentials, CredentialsProvider } from '../credentials/credentials.ts'
import { CredentialsError } from '../errors.ts'
import { readCommonDate } from '../sign/common-date.ts'
import { named } from './source.ts'

/** Variables by their names. */
export type Environment = { readonly [name: string]: string | undefined }

/**
 * Reads credentials from the environment, each time that it is asked.
 *
 * @param environment where they are: the `env` of a Worker, or `Deno.env.toObject()`; by default `process.env`, where
 *   there is one
 * @returns a provider that throws {@link CredentialsError} `CREDENTIALS_NOT_FOUND` when neither the id nor the secret
 *   is set, `CREDENTIALS_INVALID` when one of them is missing or the expiration is no time
 */
export function fromEnvironment(environment?: Environment): CredentialsProvider {
  return named('environment', async () => readEnvironment(environment ?? processEnvironment()))
}

function processEnvironment(): Environment {
  const { process } = globalThis as { process?: { env?: Environment } }
  return process?.env ?? {}
}

function readEnvironment(environment: Environment): Credentials {
  // An empty variable counts as none, as it does with AWS's tools.
  const accessKeyId = environment['AWS_ACCESS_KEY_ID'] || undefined
  const secretAccessKey = environment['AWS_SECRET_ACCESS_KEY'] || undefined
  if (accessKeyId === undefined || secretAccessKey === undefined) {
    const missing = accessKeyId === undefined ? 'AWS_ACCESS_KEY_ID' : 'AWS_SECRET_ACCESS_KEY'
    const isEmpty = accessKeyId === secretAccessKey
    // Half of a key is a mistake of whoever set it, and nothing to be passed over.
    throw new CredentialsError(
      isEmpty ? 'CREDENTIALS_NOT_FOUND' : 'CREDENTIALS_INVALID',
      `${missing} is not set${isEmpty ? '' : ', and the other half of the access key is'}`,
    )
  }
  return {
    accessKeyId,
    secretAccessKey,
    sessionToken: environment['AWS_SESSION_TOKEN'] || undefined,
    expiration: readExpiration(environment['AWS_CREDENTIAL_EXPIRATION']),
  }
}

function readExpiration(text: string | undefined): Date | undefined {
  if (!text) return undefined
  const date = readCommonDate(text)
  if (date) return date
  throw new CredentialsError(
    'CREDENTIALS_INVALID',
    'AWS_CREDENTIAL_EXPIRATION is no time, such as 2026-11-22T12:00:00Z',
  )
}
