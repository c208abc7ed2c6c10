/**
 * Signs CloudFront URLs and cookies: `createCloudFrontSigner` reads the key once, for any number of them.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/PrivateContent.html}
 * @module
 */
import { isText, utf8 } from '../core/bytes.ts'
import { SigningError } from '../errors.ts'
import { COOKIE_PREFIX, type CloudFrontCookie } from './cookies.ts'
import { resolveEpochSeconds, type EpochTime } from './epoch-time.ts'
import {
  importKey,
  isForAlgorithm,
  readKey,
  signBytes,
  type CloudFrontAlgorithm,
  type CloudFrontKey,
  type ReadKey,
} from './key.ts'
import { formatPolicy, parsePolicy, resolvePolicy } from './policy.ts'
import type { CloudFrontConditions, CloudFrontPolicy, CloudFrontStatement } from './policy.ts'
import { matchesResource } from './resource-pattern.ts'
import { PARAMETERS, readSignableUrl } from './signable-url.ts'
import { encodeUrlSafe } from './url-safe-base64.ts'

/** Options of {@link createCloudFrontSigner}. */
export interface CloudFrontSignerOptions {
  /** Id of the public key in CloudFront, such as `K2JCJMDEHXQW5F`. */
  readonly keyPairId: string
  /** RSA, or ECDSA on P-256: PEM or DER (PKCS#8, PKCS#1, SEC1), a JWK, or a `CryptoKey`. Not encrypted. */
  readonly privateKey: CloudFrontKey
  /** The hash: `SHA1` by default, which CloudFront has always taken; `SHA256` since April 2026. */
  readonly algorithm?: CloudFrontAlgorithm | undefined
}

/** What is signed with a URL: exactly one of an end and a policy. */
export type SignUrlOptions =
  /** Canned policy: the URL is open until then. */
  | { readonly dateLessThan: EpochTime; readonly policy?: undefined }
  /** Custom policy, whose resource is by default the URL itself; or its JSON, which is signed as it is. */
  | {
      readonly policy: (CloudFrontConditions & { readonly resource?: string | undefined }) | string
      readonly dateLessThan?: undefined
    }

/** What is signed in cookies: one URL until an end, or a policy. */
export type SignCookiesOptions =
  | { readonly url: string | URL; readonly dateLessThan: EpochTime; readonly policy?: undefined }
  | {
      readonly policy: CloudFrontPolicy | string
      readonly url?: undefined
      readonly dateLessThan?: undefined
    }

/** What was signed. */
interface SignedPolicy {
  /** JSON, as it was signed. */
  readonly policy: string
  /** When it closes. */
  readonly expiresAt: Date
}

/** A signed URL. */
export interface SignedCloudFrontUrl extends SignedPolicy {
  readonly url: string
}

/** Signed cookies. */
export interface SignedCloudFrontCookies extends SignedPolicy {
  readonly cookies: readonly CloudFrontCookie[]
}

/** Signs any number of URLs and cookies, also at the same time. */
export interface CloudFrontSigner {
  /**
   * Signs a URL. What browsers escape is escaped first, once; a query stays as it is, and a fragment at the end.
   *
   * @throws {@link SigningError} `URL_INVALID`, `URL_ALREADY_SIGNED`, `URL_OUTSIDE_POLICY`, `EPOCH_TIME_INVALID`,
   *   `IP_RANGE_INVALID`, `POLICY_INVALID`, `OPTION_INVALID`, `KEY_INVALID`
   */
  signUrl(url: string | URL, options: SignUrlOptions): Promise<SignedCloudFrontUrl>
  /**
   * Signs cookies, which a browser sends with every request.
   *
   * @throws {@link SigningError} as {@link CloudFrontSigner.signUrl}
   */
  signCookies(options: SignCookiesOptions): Promise<SignedCloudFrontCookies>
}

/** Names and values behind each other, before they are put into a URL or into cookies. */
type Fields = readonly (readonly [name: string, value: string])[]

/**
 * Makes a signer of URLs and cookies with the private key of a key group.
 *
 * @throws {@link SigningError} `OPTION_INVALID`, `KEY_INVALID`
 */
export function createCloudFrontSigner(options: CloudFrontSignerOptions): CloudFrontSigner {
  const { keyPairId, algorithm, key: read } = settleOptions(options)
  let imported: Promise<CryptoKey> | undefined

  /** Signs a policy; `end` is the only part of a canned one that is sent. */
  async function signFields(policy: string, end: number | undefined): Promise<Fields> {
    const bytes = utf8(policy)
    const key = await (imported ??= importKey(read, 'private', algorithm))
    const signature = encodeUrlSafe(await signBytes(key, algorithm, bytes))
    return [
      end === undefined ? [PARAMETERS.policy, encodeUrlSafe(bytes)] : [PARAMETERS.expires, String(end)],
      [PARAMETERS.signature, signature],
      [PARAMETERS.keyPairId, keyPairId],
      ...(algorithm === 'SHA256' ? [[PARAMETERS.hashAlgorithm, algorithm] as const] : []),
    ]
  }

  return {
    async signUrl(url, grant) {
      const { resource, fragment } = readSignableUrl(url)
      assertGrant(grant, ['dateLessThan', 'policy'])
      const { policy, statement, cannedEnd, expiresAt } = planPolicy(grant, resource)
      if (cannedEnd === undefined && !matchesResource(statement.resource, resource)) {
        throw new SigningError('URL_OUTSIDE_POLICY', 'The resource of the policy does not cover the URL')
      }
      const fields = await signFields(policy, cannedEnd)
      const query = fields.map(([name, value]) => `${name}=${value}`).join('&')
      return { url: `${resource}${resource.includes('?') ? '&' : '?'}${query}${fragment}`, policy, expiresAt }
    },
    async signCookies(grant) {
      assertGrant(grant, ['url', 'dateLessThan', 'policy'])
      const resource = grant.policy === undefined ? readSignableUrl(grant.url).resource : ''
      const { policy, cannedEnd, expiresAt } = planPolicy(grant, resource)
      const fields = await signFields(policy, cannedEnd)
      return {
        cookies: fields.map(([name, value]) => ({ name: `${COOKIE_PREFIX}${name}`, value })),
        policy,
        expiresAt,
      }
    },
  }
}

interface SettledOptions {
  readonly keyPairId: string
  readonly algorithm: CloudFrontAlgorithm
  readonly key: ReadKey
}

function settleOptions({
  keyPairId,
  privateKey,
  algorithm = 'SHA1',
}: CloudFrontSignerOptions): SettledOptions {
  if (!isText(keyPairId, /^[\w-]+$/)) {
    throw new SigningError(
      'OPTION_INVALID',
      'keyPairId must be the id that CloudFront shows for the public key',
    )
  }
  if (algorithm !== 'SHA1' && algorithm !== 'SHA256') {
    throw new SigningError(
      'OPTION_INVALID',
      'algorithm must be SHA1 or SHA256; the kind of key tells the rest',
    )
  }
  const key = readKey(privateKey, 'private')
  if (isForAlgorithm(key, algorithm)) return { keyPairId, algorithm, key }
  throw new SigningError('KEY_INVALID', `The CryptoKey is bound to another hash than ${algorithm}`)
}

// An option that is silently left out, such as ipAddress beside an end, may have been meant to restrict something.
function assertGrant(grant: object, known: readonly string[]): void {
  const given: Partial<Record<string, unknown>> = { ...grant }
  const { dateLessThan, policy, url } = given
  const unknown = Object.keys(given).find((name) => !known.includes(name))
  if (unknown !== undefined) {
    throw new SigningError('OPTION_INVALID', `${unknown} belongs into the policy, or is not known`)
  }
  if ((dateLessThan === undefined) === (policy === undefined)) {
    throw new SigningError('OPTION_INVALID', 'Give either dateLessThan or a policy')
  }
  if (policy !== undefined && url !== undefined) {
    throw new SigningError('OPTION_INVALID', 'Cookies with a policy take no url: the policy has its resource')
  }
}

/** What is to be signed. */
interface PolicyPlan extends SignedPolicy {
  readonly statement: CloudFrontStatement
  /** Epoch seconds that are sent in place of a canned policy. */
  readonly cannedEnd: number | undefined
}

function planPolicy(
  { dateLessThan, policy }: SignUrlOptions | SignCookiesOptions,
  resource: string,
): PolicyPlan {
  const isCanned = policy === undefined
  const statement = isCanned
    ? { resource, dateLessThan: resolveEpochSeconds(dateLessThan, 'dateLessThan') }
    : typeof policy === 'string'
      ? parsePolicy(policy)
      : resolvePolicy({ ...policy, resource: policy.resource ?? resource })
  const end = statement.dateLessThan
  return {
    policy: typeof policy === 'string' ? policy : formatPolicy(statement),
    statement,
    cannedEnd: isCanned ? end : undefined,
    expiresAt: new Date(end * 1000),
  }
}
