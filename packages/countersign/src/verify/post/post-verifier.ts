/**
 * The server's half of browser uploads: checks that a form's policy was signed by a known key, and that the form is one
 * that the policy allows, before the first byte of the file is taken.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-UsingHTTPPOST.html}
 * @module
 */
import type { PostAlgorithm } from '../../algorithms/post-algorithm.ts'
import { sigV4Post } from '../../algorithms/post-v4.ts'
import { parseQuery } from '../../core/canonical-query.ts'
import { QUERY } from '../../core/names.ts'
import { decodeUri } from '../../core/uri-encoding.ts'
import { SigningKeyCache } from '../../keys/signing-key-cache.ts'
import type { VerifyingKey } from '../../keys/verifying-key.ts'
import { assertAmounts } from '../assert-amounts.ts'
import { notYetValid, expired } from '../checks/expiry.ts'
import { scopeDate, scopeRegion, scopeService } from '../checks/scope.ts'
import { hintsOf, type SecretsLookup } from '../found-key.ts'
import { checkKeyLife, checkToken } from '../key-state.ts'
import type { Limits } from '../limits.ts'
import { readMessage, valueOf, type ReadMessage, type RequestMessage } from '../message.ts'
import { refuse } from '../refusals.ts'
import { applyChecks } from '../rules.ts'
import { matchSignature } from '../signature.ts'
import { matchAlike, nobodysKey, refuseUnknownKey } from '../unknown-key.ts'
import { settleRules, type ServerRules } from '../verifier-options.ts'
import { findPolicyFaults } from './check-policy.ts'
import { readFile } from './form-file.ts'
import { readFormValues, type GivenForm } from './form-values.ts'
import { parsePostPolicy } from './parse-policy.ts'
import { parseBoundary } from './part-head.ts'
import { readPostClaim } from './post-claim.ts'
import { fileTooLarge, fileTooSmall, malformedForm } from './post-refusals.ts'
import { readForm } from './read-form.ts'
import { describeForm, type VerifiedForm, type VerifiedPost } from './verified-post.ts'

/** Limits on what a stranger can send before the signature is known to be good. */
export interface PostLimits extends Limits {
  /** Everything before the file's first byte, in bytes. */
  readonly formBytes: number
  /** The policy in base64, in bytes. */
  readonly policyBytes: number
}

/** Options of {@link createPostVerifier}. */
export interface PostVerifierOptions<P = unknown> extends Pick<
  ServerRules,
  'region' | 'now' | 'maxClockSkew' | 'hideUnknownKeys'
> {
  /** Looks up the secret of an access key id; for SigV2 it is told no region, and `00000000` as the date. */
  readonly secrets: SecretsLookup<P>
  /** Signing name or names of what is served here; `s3` by default. */
  readonly service?: ServerRules['service'] | undefined
  /** The algorithms that are taken; SigV4 alone by default. */
  readonly algorithms?: readonly PostAlgorithm[] | undefined
  /** Largest file that is taken, in bytes, whatever policies say. */
  readonly maxBytes?: number | undefined
  readonly limits?: Partial<PostLimits> | undefined
}

/** A request with a form, and the bucket that it was sent to. */
export interface PostMessage extends RequestMessage {
  /** As host or path tell. It is what the policy's `bucket` is held against. */
  readonly bucket: string
}

/** A form that somebody else took apart, with its whole file at hand. */
export interface ParsedForm extends GivenForm {
  /** Size of the file in bytes. */
  readonly size: number
}

/** Verifies any number of forms, also at the same time: nothing of a form is kept. */
export interface PostVerifier<P = unknown> {
  /**
   * Verifies a form once its fields are there, and hands on its file while it comes in. What a refusal leaves of the
   * body is not read.
   *
   * @throws {@link VerificationError} unless its policy is signed and allows it
   */
  verify(message: PostMessage): Promise<VerifiedPost<P>>
  /**
   * Verifies a form that was taken apart before, such as with `request.formData()`.
   *
   * @throws {@link VerificationError} unless its policy is signed and allows it
   */
  verifyForm(form: ParsedForm): Promise<VerifiedForm<P>>
}

const KIBIBYTE = 1024
const DEFAULT_LIMITS = { formBytes: 64 * KIBIBYTE, policyBytes: 20 * KIBIBYTE }
const CACHED_KEYS = 1000
const QUERY_SIGNATURES: ReadonlySet<string> = new Set(
  [...Object.values(QUERY), 'AWSAccessKeyId', 'Signature'].map((name) => name.toLowerCase()),
)

/**
 * Makes a verifier of upload forms: it reads the fields before the file, checks the signature of their policy and the
 * policy itself, and hands the file on while it comes.
 *
 * @throws {@link SigningError} `OPTION_INVALID`
 */
export function createPostVerifier<P = unknown>(options: PostVerifierOptions<P>): PostVerifier<P> {
  const { secrets, service = 's3', region, now, maxClockSkew, hideUnknownKeys, maxBytes = Infinity } = options
  assertAmounts({ maxBytes })
  const rules = settleRules({ service, region, now, maxClockSkew, hideUnknownKeys, limits: options.limits })
  const limits = { ...DEFAULT_LIMITS, ...rules.limits }
  const algorithms = [...(options.algorithms ?? [sigV4Post])]
  const readOptions = { algorithms, service: rules.services[0] ?? '', limits }
  const cache = new SigningKeyCache<VerifyingKey>(CACHED_KEYS)

  async function verifyFields(form: GivenForm): Promise<VerifiedForm<P>> {
    const values = readFormValues(form)
    const claim = readPostClaim(values, readOptions)
    const context = { rules, now: rules.now(), protocol: undefined }
    if (claim.isScoped) applyChecks(SCOPED, claim, context)
    const { accessKeyId, policy } = claim
    const found = await secrets(accessKeyId, hintsOf(claim))
    const steps = { canonicalRequest: '', stringToSign: policy }
    if (!found && !hideUnknownKeys) throw refuseUnknownKey(claim, steps)
    const owner = found ?? nobodysKey()
    const match = hideUnknownKeys
      ? matchAlike(claim, found, cache, steps)
      : matchSignature(claim, owner, cache, steps)
    checkKeyLife(owner, claim, context.now)
    const read = parsePostPolicy(policy)
    for (const fault of findPolicyFaults(read, values, context.now)) throw fault
    await checkToken(owner, claim)
    const range = { minBytes: read.minBytes, maxBytes: Math.min(read.maxBytes, maxBytes) }
    return describeForm(claim, owner, match, values, range)
  }

  return {
    async verify(message) {
      const head = readMessage(message, limits)
      assertAlone(head)
      const boundary = parseBoundary(readContentType(head))
      const { fields, filename, ...file } = await readForm(message, boundary, limits.formBytes)
      const verified = await verifyFields({ bucket: message.bucket, fields, filename })
      return { ...verified, file: readFile(file, verified) }
    },
    async verifyForm(form) {
      const verified = await verifyFields(form)
      if (form.size > verified.maxBytes) throw fileTooLarge(verified.maxBytes, form.size)
      if (!(form.size >= verified.minBytes)) throw fileTooSmall(form.size, verified.minBytes)
      return verified
    },
  }
}

/** A form works for a week at most, as a presigned URL does, and its policy may end it sooner. */
const SCOPED = [scopeDate, scopeService, scopeRegion, notYetValid, expired]

/** Refuses what is signed in a second place, so that there is one answer to who sent it. */
function assertAlone({ method, headers, query }: ReadMessage): void {
  if (method !== 'POST') throw refuse('REQUEST_MALFORMED', 'An upload form is sent with POST')
  const isInHeader = valueOf(headers, 'authorization') !== undefined
  const isInQuery = parseQuery(query, 'plus').some(([name]) =>
    QUERY_SIGNATURES.has(decodeUri(name).toLowerCase()),
  )
  if (!isInHeader && !isInQuery) return
  const facts = { argumentName: isInHeader ? 'Authorization' : 'X-Amz-Signature' }
  throw refuse('MECHANISMS_SEVERAL', 'The request is signed in its form and elsewhere; send one', facts)
}

function readContentType({ headers }: ReadMessage): string {
  const [type = '', ...more] = headers.filter(([name]) => name === 'content-type').map(([, value]) => value)
  if (more.length > 0) throw malformedForm('The request has two Content-Types')
  return type
}
