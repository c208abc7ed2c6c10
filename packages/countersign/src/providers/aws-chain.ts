/**
 * AWS's own chain of credentials: environment, SSO, profiles with their roles and processes, web identity, containers,
 * instances. It is the package `@aws-sdk/credential-provider-node`, which is loaded when it is needed first.
 *
 * ```js
 * import { fromAwsChain } from 'countersign/credentials/aws'
 *
 * const signer = createSigner({ credentials: fromAwsChain({ profile: 'dev' }) })
 * ```
 *
 * @module
 */
import type { Credentials, CredentialsProvider } from '../credentials/credentials.ts'
import { CredentialsError } from '../errors.ts'
import { named } from './source.ts'

/** Options of {@link fromAwsChain}. */
export interface AwsChainOptions {
  /** By default that of `AWS_PROFILE`. A profile that is given comes before the environment. */
  readonly profile?: string | undefined
  /** How long an instance's metadata service may take to answer each question, in seconds; 1 by default. */
  readonly metadataTimeout?: number | undefined
  /** Asks for the code of a second factor, for profiles with `mfa_serial`. */
  readonly mfaCode?: ((serialNumber: string) => Promise<string>) | undefined
}

const PACKAGE = '@aws-sdk/credential-provider-node'

/** Names of the chain's links, as its log spells them. */
const LINKS: ReadonlyMap<string, string> = new Map([
  ['fromEnv', 'environment'],
  ['fromSSO', 'SSO'],
  ['fromIni', 'profile'],
  ['fromProcess', 'credential_process'],
  ['fromTokenFile', 'web identity token'],
  ['fromHttp/fromContainerMetadata', 'container'],
  ['fromInstanceMetadata', 'instance metadata'],
])

/**
 * A provider of whatever AWS's own tools would use. Node, and what is like it, alone.
 *
 * @returns a provider that throws {@link CredentialsError} `AWS_CHAIN_MISSING` when the package is not installed,
 *   `CREDENTIALS_NOT_FOUND` with what was tried when nothing has credentials, `CREDENTIALS_PROVIDER_FAILED` when
 *   something has and they cannot be had
 */
export function fromAwsChain(options: AwsChainOptions = {}): CredentialsProvider {
  const tried: string[] = []
  let chain: Promise<() => Promise<Credentials>> | undefined
  return named('AWS chain', async () => {
    chain ??= loadChain(options, tried)
    try {
      const provide = await chain
      tried.length = 0
      const { accessKeyId, secretAccessKey, sessionToken, expiration } = await provide()
      return { accessKeyId, secretAccessKey, sessionToken, expiration }
    } catch (error) {
      if (error instanceof CredentialsError) {
        // What is installed in the meantime is found.
        chain = undefined
        throw error
      }
      throw failure(error, tried)
    }
  })
}

async function loadChain(
  { profile, metadataTimeout = 1, mfaCode }: AwsChainOptions,
  tried: string[],
): Promise<() => Promise<Credentials>> {
  try {
    const { defaultProvider } = await import('@aws-sdk/credential-provider-node')
    return defaultProvider({
      ...(profile === undefined ? {} : { profile }),
      ...(mfaCode === undefined ? {} : { mfaCodeProvider: mfaCode }),
      timeout: metadataTimeout * 1000,
      maxRetries: 0,
      logger: loggerOf(tried),
    })
  } catch (cause) {
    throw new CredentialsError('AWS_CHAIN_MISSING', `AWS's chain cannot be loaded: npm install ${PACKAGE}`, {
      cause,
    })
  }
}

/** The chain tells its logger which link it tries. Everything else that it logs is not for people. */
function loggerOf(tried: string[]): Record<'debug' | 'info' | 'warn' | 'error', (message: string) => void> {
  const ignore = (): void => {}
  return {
    debug(message) {
      const link = /(?:defaultProvider|remoteProvider)::(from\S+)$/.exec(message)?.[1]
      const source = LINKS.get(link ?? '')
      if (source !== undefined && !tried.includes(source)) tried.push(source)
    },
    info: ignore,
    warn: ignore,
    error: ignore,
  }
}

function failure(cause: unknown, tried: readonly string[]): CredentialsError {
  const { message = '' } = cause instanceof Error ? cause : {}
  // The end of the chain; what fails on the way there has a message of its own.
  const hasNone = message.startsWith('Could not load credentials from any providers')
  const why = message.split('\n', 1)[0]?.replace(/\.$/, '')
  return new CredentialsError(
    hasNone ? 'CREDENTIALS_NOT_FOUND' : 'CREDENTIALS_PROVIDER_FAILED',
    `AWS's chain gave no credentials, tried ${tried.join(', ')}: ${why}`,
    { cause },
  )
}
