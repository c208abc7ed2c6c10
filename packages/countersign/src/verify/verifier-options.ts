/**
 * Options of a verifier, and how the ones that are left out are filled in.
 *
 * @module
 */
import type { SignatureAlgorithm } from '../algorithms/algorithm.ts'
import { sigV4 } from '../algorithms/sigv4.ts'
import { SigningError } from '../errors.ts'
import { assertAmounts } from './assert-amounts.ts'
import type { CheckRules, UnsignedPayload } from './checks/check.ts'
import { DEFAULT_LIMITS, type Limits } from './limits.ts'
import type { ReadOptions } from './assemble-claim.ts'
import type { OlderAlgorithm } from './older-algorithm.ts'
import { settleStreaming, type StreamingOptions } from './streaming-options.ts'

/** What a server serves, and what it takes. */
export interface ServerRules {
  /** Signing name or names of what is served here; signatures for others are refused. */
  readonly service: string | readonly string[]
  /** Region or regions that are served here, or `*` for all. */
  readonly region: string | readonly string[]
  /** The algorithms that are taken; SigV4 alone by default. */
  readonly algorithms?: readonly (SignatureAlgorithm | OlderAlgorithm)[] | undefined
  /** The clock. */
  readonly now?: (() => Date) | undefined
  /** How far a request's date may be from the clock, in seconds; by default 900 for S3 and 300 for others, as AWS. */
  readonly maxClockSkew?: number | undefined
  /** Whether `UNSIGNED-PAYLOAD` is taken; by default for S3 alone. */
  readonly unsignedPayload?: UnsignedPayload | undefined
  /** Which chunked uploads are taken; by default those of S3. `false` takes none. */
  readonly streaming?: StreamingOptions | boolean | undefined
  /** Names of `x-amz-*` headers that infrastructure in front adds, such as `x-amz-cf-id`. */
  readonly allowUnsignedHeaders?: readonly string[] | undefined
  /** Ignores an Authorization header of another kind, such as `Bearer`, beside a presigned URL. */
  readonly ignoreForeignAuthorization?: boolean | undefined
  /**
   * Answers an unknown access key as a wrong signature, after the same work, so that nobody learns which keys there are;
   * `exactCode` of the error says it. AWS, and so the default, tells the two apart.
   */
  readonly hideUnknownKeys?: boolean | undefined
  /**
   * Whether `Content-MD5` and `x-amz-checksum-*` headers are held against the body, as they are by default. `false` is
   * for a server behind which somebody else does it.
   */
  readonly verifyDigests?: boolean | undefined
  readonly limits?: Partial<Limits> | undefined
}

/** Rules with nothing left out. */
export interface SettledRules extends CheckRules, Omit<ReadOptions, 'now'> {
  readonly now: () => Date
  readonly hideUnknownKeys: boolean
  readonly verifyDigests: boolean
}

/**
 * Settles the rules; the caller's lists are copied.
 *
 * @throws {@link SigningError} `OPTION_INVALID`
 */
export function settleRules(rules: ServerRules): SettledRules {
  const services = listOf(rules.service)
  const regions = listOf(rules.region)
  if (services.length === 0 || regions.length === 0) {
    throw new SigningError('OPTION_INVALID', 'A verifier needs service and region')
  }
  const { algorithms = [sigV4], maxClockSkew, limits } = rules
  assertAmounts({ maxClockSkew: maxClockSkew ?? 0, ...limits })
  return {
    services,
    regions: regions.includes('*') ? '*' : regions,
    algorithms: new Map(algorithms.flatMap((each) => (isOlder(each) ? [] : [[each.name, each]]))),
    older: algorithms.filter(isOlder),
    limits: { ...DEFAULT_LIMITS, ...limits },
    ignoreForeignAuthorization: rules.ignoreForeignAuthorization ?? false,
    allowUnsignedHeaders: (rules.allowUnsignedHeaders ?? []).map((name) => name.toLowerCase()),
    maxClockSkew,
    unsignedPayload: rules.unsignedPayload,
    streaming: settleStreaming(rules.streaming),
    hideUnknownKeys: rules.hideUnknownKeys ?? false,
    now: rules.now ?? (() => new Date()),
    verifyDigests: rules.verifyDigests ?? true,
  }
}

function isOlder(algorithm: SignatureAlgorithm | OlderAlgorithm): algorithm is OlderAlgorithm {
  return 'readClaim' in algorithm
}

function listOf(value: string | readonly string[] | undefined): readonly string[] {
  return [value ?? []].flat().filter((entry) => typeof entry === 'string' && entry !== '')
}
