/**
 * What an AWS4Auth is made of, and how its three ways of being constructed become one.
 *
 * @module
 */
import {
  assertCredentials,
  type Credentials,
  type CredentialsProvider,
  type KeyCredentials,
} from '../credentials/credentials.ts'
import { SigningError } from '../errors.ts'
import { SigningKey } from '../keys/signing-key.ts'
import type { SigningRules } from '../sign/sign-options.ts'
import { AWS4SigningKey } from './aws4-signing-key.ts'
import type { KeyDate } from './key-day.ts'
import type { KeyHolder } from './key-holder.ts'
import { assertNames } from './option-names.ts'
import { readKeyScope, type KeyScope } from './key-scope.ts'

/** Options of signing that mean the same here. */
type Rules = Pick<
  SigningRules,
  | 'allowUnsignedPayloadOverHttp'
  | 'contentSha256Header'
  | 'normalizePath'
  | 'pathEncoding'
  | 'plusInQuery'
  | 'tokenPlacement'
>

/** Options of {@link AWS4Auth}, save those of its credentials. */
export interface AWS4AuthRules extends Rules {
  /** Day of the first signing key; today in UTC by default. Requests are dated by their own headers or the clock. */
  readonly date?: KeyDate | undefined
  /**
   * Whether date headers that cannot be read are an {@link InvalidDateError}. By default they are replaced by the
   * clock's time.
   */
  readonly raiseInvalidDate?: boolean | undefined
  /**
   * Names of the headers to sign, `*` for any run of characters. By default `host`, `content-type`, `content-md5`,
   * `date` and `x-amz-*`. `host` and what the signer adds are signed in any case.
   */
  readonly includeHeaders?: readonly string[] | undefined
  /** Leaves the bodies of all requests out of their signatures; by default they are hashed. S3 takes it, over https. */
  readonly payloadHash?: 'UNSIGNED-PAYLOAD' | undefined
  /** The clock. */
  readonly now?: (() => Date) | undefined
}

/** Options of {@link AWS4Auth} beside an access key. */
export interface AWS4AuthOptions extends AWS4AuthRules {
  /** Of temporary credentials. */
  readonly sessionToken?: string | undefined
}

/** What {@link AWS4Auth} is made of when its credentials come as an object, or from a provider that renews them. */
export interface AWS4AuthInit extends AWS4AuthRules {
  /** A provider is asked once for all concurrent requests, and again before its credentials expire. */
  readonly credentials: Credentials | KeyCredentials | CredentialsProvider
  readonly region: string
  /** Signing name of the service. */
  readonly service: string
}

/** Arguments of the constructors of {@link AWS4Auth}, one list for each. */
export type AWS4AuthArguments =
  | [accessKeyId: string, secretAccessKey: string, region: string, service: string, options?: AWS4AuthOptions]
  | [accessKeyId: string, signingKey: AWS4SigningKey | SigningKey, options?: Omit<AWS4AuthOptions, 'date'>]
  | [init: AWS4AuthInit]

/** What all constructors come to. */
export interface AWS4AuthSettings {
  readonly source: KeyHolder | Credentials | KeyCredentials | CredentialsProvider
  readonly scope: KeyScope
  readonly rules: AWS4AuthRules
}

const OPTIONS: Readonly<Record<keyof AWS4AuthOptions, true>> = {
  allowUnsignedPayloadOverHttp: true,
  contentSha256Header: true,
  date: true,
  includeHeaders: true,
  normalizePath: true,
  now: true,
  pathEncoding: true,
  payloadHash: true,
  plusInQuery: true,
  raiseInvalidDate: true,
  sessionToken: true,
  tokenPlacement: true,
}

/**
 * Reads the arguments of a constructor.
 *
 * @throws {@link CredentialsError} `CREDENTIALS_INVALID`
 * @throws {@link SigningError} `OPTION_INVALID`, `SCOPE_UNKNOWN`, `CREDENTIAL_SCOPE_MALFORMED`
 */
export function readArguments(args: AWS4AuthArguments): AWS4AuthSettings {
  const [first] = args
  if (typeof first === 'object' && first !== null) return readInit(first)
  const [accessKeyId, second, ...rest] = args as readonly unknown[]
  const key = second instanceof SigningKey ? new AWS4SigningKey(second) : second
  return key instanceof AWS4SigningKey
    ? readKey(accessKeyId, key, rest[0])
    : readSecret(accessKeyId, key, rest)
}

function readInit({ credentials, region, service, ...rules }: AWS4AuthInit): AWS4AuthSettings {
  if (typeof credentials !== 'function') assertCredentials(credentials)
  assertOptions(rules, 'sessionToken', 'give it with the credentials')
  return { source: credentials, scope: readKeyScope(region, service), rules }
}

function readKey(accessKeyId: unknown, key: AWS4SigningKey, options: unknown = {}): AWS4AuthSettings {
  assertOptions(options, 'date', 'the signing key has its own')
  const { sessionToken, ...rules } = options
  const credentials = { accessKeyId, signingKey: key.signingKey, sessionToken } as KeyCredentials
  assertCredentials(credentials)
  return {
    source: { accessKeyId: credentials.accessKeyId, sessionToken, key },
    scope: { region: key.region, service: key.service },
    rules,
  }
}

function readSecret(
  accessKeyId: unknown,
  secretAccessKey: unknown,
  [region, service, options = {}]: readonly unknown[],
): AWS4AuthSettings {
  assertOptions(options)
  const { sessionToken, ...rules } = options
  const credentials = { accessKeyId, secretAccessKey, sessionToken } as Credentials
  assertCredentials(credentials)
  return { source: credentials, scope: readKeyScope(region, service), rules }
}

function assertOptions(
  options: unknown,
  misplaced?: keyof AWS4AuthOptions,
  why = '',
): asserts options is AWS4AuthOptions {
  assertNames(options, OPTIONS)
  if (misplaced !== undefined && Object.hasOwn(options, misplaced)) {
    throw new SigningError('OPTION_INVALID', `The option ${misplaced} is of no use here: ${why}`)
  }
  const { now, raiseInvalidDate = false } = options as AWS4AuthOptions
  if (now !== undefined && typeof now !== 'function') {
    throw new SigningError('OPTION_INVALID', 'The option now is a function that gives a Date')
  }
  if (typeof raiseInvalidDate !== 'boolean') {
    throw new SigningError('OPTION_INVALID', 'The option raiseInvalidDate is true or false')
  }
}
