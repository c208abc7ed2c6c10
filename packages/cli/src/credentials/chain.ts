/**
 * AWS's own chain of credentials: profiles, SSO, roles, web identity, containers, instances.
 *
 * @module
 */
import { defaultProvider } from '@aws-sdk/credential-provider-node'
import { CommandError } from '../frame/command-error.ts'
import { EXIT } from '../frame/exit-codes.ts'
import { CREDENTIAL_SETTINGS, profilesOf, readAwsFiles, sectionOf } from './aws-files.ts'
import { readMfaCode, type MfaFlags } from './mfa-code.ts'
import type { ResolvedCredentials } from './resolved-credentials.ts'

/** An instance is asked for a session token and for its role; both together have a second. */
const METADATA_TIMEOUT = 450

/** Names of the chain's links, as its log spells them. */
const LINKS: ReadonlyMap<string, string> = new Map([
  ['fromEnv', 'environment'],
  ['fromIni', 'profile'],
  ['fromProcess', 'credential_process'],
  ['fromTokenFile', 'web identity token'],
  ['fromHttp/fromContainerMetadata', 'container'],
  ['fromInstanceMetadata', 'instance metadata'],
])

/** The marks that the SDK puts on credentials, the most telling first. */
const MARKS: readonly (readonly [mark: string, source: string])[] = [
  ['CREDENTIALS_IMDS', 'instance metadata'],
  ['CREDENTIALS_HTTP', 'container'],
  ['CREDENTIALS_SSO', 'SSO'],
  ['CREDENTIALS_SSO_LEGACY', 'SSO'],
  ['CREDENTIALS_LOGIN', 'login'],
  ['CREDENTIALS_STS_ASSUME_ROLE', 'role'],
  ['CREDENTIALS_STS_ASSUME_ROLE_WEB_ID', 'web identity'],
  ['CREDENTIALS_PROFILE_PROCESS', 'credential_process'],
  ['CREDENTIALS_PROCESS', 'credential_process'],
]

/**
 * Asks the chain.
 *
 * @param profile that of the flag; the chain reads `AWS_PROFILE` itself
 * @throws {@link CommandError} `CREDENTIALS_MISSING` with the sources that were tried; `CREDENTIALS_UNUSABLE`,
 *   `PROFILE_MISSING`, `MFA_CODE_MISSING`, `MFA_CODE_INVALID`
 */
export async function askChain(
  profile: string | undefined,
  mfa: MfaFlags = {},
): Promise<ResolvedCredentials> {
  const name = profile ?? process.env['AWS_PROFILE']
  if (name) assertProfile(name, profile === undefined ? 'AWS_PROFILE' : '--profile')
  // It is for whoever builds with the SDK, and not for whoever runs a command.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true'
  const tried: string[] = []
  const provide = defaultProvider({
    ...(profile === undefined ? {} : { profile }),
    timeout: METADATA_TIMEOUT,
    maxRetries: 0,
    // Who runs long asks again when the files have changed.
    ignoreCache: true,
    mfaCodeProvider: (serial) => readMfaCode(serial, mfa),
    logger: loggerOf(tried, name),
  })
  try {
    const { accessKeyId, secretAccessKey, sessionToken, expiration, ...rest } = await provide()
    return {
      credentials: { accessKeyId, secretAccessKey, sessionToken, expiration },
      source: sourceOf(rest, tried, name),
    }
  } catch (error) {
    if (error instanceof CommandError) throw error
    throw new CommandError('CREDENTIALS_MISSING', 'There are no usable credentials', {
      exitCode: EXIT.credentials,
      why: `tried ${tried.join(', ')}; the last said: ${firstLine(error)}`,
      fix: 'aws configure, aws sso login, or set AWS_ACCESS_KEY_ID; see: countersign help credentials',
      cause: error,
    })
  }
}

/** The chain passes over a profile that it does not find, and whoever named one would sign as somebody else. */
function assertProfile(name: string, flag: string): void {
  const files = readAwsFiles()
  const known = profilesOf(files)
  if (known.includes(name) || files.some(({ problem }) => problem !== undefined)) return
  const paths = files.map(({ path }) => path).join(' and ')
  throw new CommandError('PROFILE_MISSING', `There is no profile ${name}, which ${flag} names`, {
    exitCode: EXIT.credentials,
    why: known.length > 0 ? `${paths} have ${known.join(', ')}` : `${paths} have none`,
    fix: `take one of them, or make it: aws configure --profile ${name}`,
  })
}

/**
 * The chain tells its logger which link it tries, and what the last one said. Everything else that it logs is not for
 * people. It passes over a profile whose credentials cannot be had, too: what is thrown here ends it.
 */
function loggerOf(
  tried: string[],
  profile: string | undefined,
): Record<'debug' | 'info' | 'warn' | 'error', (message: string) => void> {
  const ignore = (): void => {}
  let said = ''
  return {
    debug(message) {
      said = /property-provider -> (.*)/s.exec(message)?.[1] ?? said
      const link = /(?:defaultProvider|remoteProvider)::(from\S+)$/.exec(message)?.[1]
      const source = LINKS.get(link ?? '')
      if (source === undefined) return
      if (tried.at(-1) === 'profile' && hasCredentials(profile || 'default')) {
        if (profile) throw unusable(profile, said)
        tried[tried.length - 1] = `profile (${wordsOf(said)})`
      }
      tried.push(source)
    },
    info: ignore,
    warn: ignore,
    error: ignore,
  }
}

/** One that has none, and only a region for instance, leaves them to the other links. */
function hasCredentials(profile: string): boolean {
  const settings = readAwsFiles().flatMap((file) => sectionOf(file, profile)?.settings ?? [])
  return settings.some(({ name }) => CREDENTIAL_SETTINGS.has(name.toLowerCase()))
}

/**
 * Of a command that failed, its own words are told, and not its line, which may hold a secret; some shells repeat it.
 */
function wordsOf(said: string): string {
  const command = /^Command failed: (.*)/.exec(said)?.[1]
  const told = said.replace(/^Command failed: .*/, 'its credential_process failed')
  const all = told.trim().split(/\s*\n\s*/)
  const lines = command ? all.filter((line) => !line.includes(command)) : all
  return [...new Set([lines[0], lines.at(-1)])].join(': ')
}

function unusable(profile: string, said: string): CommandError {
  return new CommandError('CREDENTIALS_UNUSABLE', `The profile ${profile} gives no credentials`, {
    exitCode: EXIT.credentials,
    why: wordsOf(said),
    fix: 'mend it, log in again, or take another one; see: countersign help credentials',
  })
}

function sourceOf(rest: object, tried: readonly string[], profile: string | undefined): string {
  const marks: object = '$source' in rest && rest.$source instanceof Object ? rest.$source : {}
  const mark = MARKS.find(([name]) => name in marks)?.[1]
  const source = mark ?? tried.at(-1) ?? 'the chain'
  if (tried.at(-1) !== 'profile') return source
  const name = `profile ${profile ?? 'default'}`
  return source === 'profile' ? name : `${name}, ${source}`
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? ''
}
