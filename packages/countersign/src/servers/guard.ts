/**
 * What all servers have in common: a message goes in, and comes out as a verified request or as the answer that
 * refuses it. Each server only reads its own requests and writes its own responses.
 *
 * @module
 */
import { CountersignError, SigningError, VerificationError } from '../errors.ts'
import type { RequestMessage } from '../verify/message.ts'
import type { VerifiedPost } from '../verify/post/verified-post.ts'
import { refuse } from '../verify/refusals.ts'
import type { ErrorResponse, ResponseOptions } from '../verify/responses/response.ts'
import { restJson } from '../verify/responses/rest-json.ts'
import type { Shadow } from '../verify/shadow.ts'
import type { VerifiedRequest } from '../verify/verified-request.ts'
import type { Verifier } from '../verify/verifier.ts'
import { createNotes } from './notes.ts'
import { createBehindProxies, type BehindProxies, type TrustedProxies } from './trusted-proxies.ts'
import { isUploadForm, isVerifiedForm, rememberForm, verifiedFormOf, type VerifyForm } from './upload-form.ts'
import { watch } from './watch.ts'

/** Options of every `requireSignature`. `R` is what the server calls a request. */
export interface GuardOptions<R> {
  /** Writes the answer to a refused request; that of restJson and API Gateway by default. */
  readonly respond?: ((error: VerificationError, options?: ResponseOptions) => ErrorResponse) | undefined
  /** Is told of every refusal, with its exact cause, for the server's log. */
  readonly onRefused?: ((error: VerificationError, request: R) => void) | undefined
  /** The proxies in front that tell what they were asked for; none by default, and nothing is believed. */
  readonly trustedProxies?: TrustedProxies | undefined
  /**
   * Verifies upload forms, which are signed in themselves: `(message) => posts.verify({ ...message, bucket })` with
   * `createPostVerifier`. It is given each `multipart/form-data` that is signed nowhere else; without it those are
   * refused. `verifiedFormOf` tells what it found. Not before a shadow.
   */
  readonly forms?: VerifyForm | undefined
}

/** Either is there: what the handler is to have of a request that goes on, or the answer to one that does not. */
export type Verdict =
  | { readonly admitted: Admitted; readonly refusal?: undefined }
  | { readonly admitted?: undefined; readonly refusal: ErrorResponse }

/** What a handler is to have. */
export interface Admitted {
  /** Absent where there is none, and where the request itself can still be read for it. */
  readonly body?: AsyncIterable<Uint8Array> | undefined
}

/**
 * Verifies what `read` gives of the request, and remembers it under the request; at once, where it can. Errors that are
 * none of the client's come by the promise.
 */
export type Guard<R extends object> = (
  request: R,
  read: (request: R) => RequestMessage,
) => Verdict | Promise<Verdict>

/** What is left for a parser of a form: its file is read through {@link verifiedFormOf}. */
const NOTHING: AsyncIterable<Uint8Array> = {
  async *[Symbol.asyncIterator]() {},
}

const verifiedRequests = createNotes<VerifiedRequest>()

/** Whether whoever looks at requests stops none of them. */
export function isShadow(verifier: Verifier | Shadow): verifier is Shadow {
  return 'observe' in verifier
}

/**
 * Makes a guard.
 *
 * @throws {@link SigningError} `IP_RANGE_INVALID`, `OPTION_INVALID`, also for forms before a shadow
 */
export function createGuard<R extends object>(
  verifier: Verifier | Shadow,
  options: GuardOptions<R>,
): Guard<R> {
  const { trustedProxies, forms } = options
  const behindProxies = trustedProxies && createBehindProxies(trustedProxies)
  if (!isShadow(verifier)) return createEnforcingGuard(verifier, options, behindProxies)
  if (!forms) return createWatchingGuard(verifier, options, behindProxies)
  throw new SigningError('OPTION_INVALID', 'A shadow looks at no upload forms; leave forms out')
}

function createWatchingGuard<R extends object>(
  shadow: Shadow,
  { onRefused }: GuardOptions<R>,
  behindProxies?: BehindProxies,
): Guard<R> {
  return async (request, read) => {
    const { verified, refusal, body } = await watch(shadow, () => {
      const message = read(request)
      return behindProxies ? behindProxies(message) : message
    })
    if (verified) verifiedRequests.write(request, verified)
    if (refusal) onRefused?.(refusal, request)
    return { admitted: { body } }
  }
}

function createEnforcingGuard<R extends object>(
  verifier: Verifier,
  { respond = restJson, onRefused, forms }: GuardOptions<R>,
  behindProxies?: BehindProxies,
): Guard<R> {
  function letIn(request: R, verified: VerifiedRequest): Verdict {
    verifiedRequests.write(request, verified)
    return { admitted: verified }
  }

  function letFormIn(request: R, form: VerifiedPost): Verdict {
    rememberForm(request, form)
    return { admitted: { body: NOTHING } }
  }

  function turnAway(request: R, error: unknown): Verdict {
    try {
      if (!(error instanceof VerificationError)) throw error
      onRefused?.(error, request)
      return { refusal: respond(error) }
    } catch (thrown) {
      throw faultOf(thrown)
    }
  }

  /** What has to be waited for; apart, as most requests need none of its functions. */
  function wait<T>(request: R, found: Promise<T>, goOn: (request: R, found: T) => Verdict): Promise<Verdict> {
    return found.then(
      (result) => goOn(request, result),
      (error: unknown) => turnAway(request, error),
    )
  }

  return (request, read) => {
    try {
      const given = read(request)
      const message = behindProxies ? behindProxies(given) : given
      if (forms && isUploadForm(message)) return wait(request, forms(message), letFormIn)
      const verified = verifier.verifyAtOnce(message)
      return 'then' in verified ? wait(request, Promise.resolve(verified), letIn) : letIn(request, verified)
    } catch (error) {
      // Not before Node's parser is through: then it is known whether a body is still to come.
      return wait(request, Promise.reject<never>(error), letIn)
    }
  }
}

/** What frameworks take for an error: `next(undefined)` lets a request in, and so does Express with `next('route')`. */
function faultOf(thrown: unknown): unknown {
  if (typeof thrown === 'object' && thrown !== null) return thrown
  const message = 'A function of the server, such as its look-up of keys, threw or rejected without an error'
  return new CountersignError('FAULT_WITHOUT_ERROR', message, { cause: thrown })
}

/** Lets {@link verifiedOf} and {@link verifiedFormOf} find by a request what they find by another one. */
export function rememberAs(fresh: object, request: object): void {
  const verified = verifiedRequests.read(request)
  if (verified) verifiedRequests.write(fresh, verified)
  if (isVerifiedForm(request)) rememberForm(fresh, verifiedFormOf(request))
}

/**
 * What the guard found out about a request that it let through. Its body is here; the request itself has been read.
 *
 * @throws {@link VerificationError} `SIGNATURE_MISSING` for a request that no guard let through, or a shadow alone
 */
export function verifiedOf(request: object): VerifiedRequest {
  const verified = verifiedRequests.read(request)
  if (verified) return verified
  throw refuse('SIGNATURE_MISSING', 'requireSignature has not found the request to be signed')
}

/** The error of who reads bodies before their signature is checked. */
export function bodyAlreadyRead(): CountersignError {
  return new CountersignError(
    'BODY_ALREADY_READ',
    'The body was read before its signature was checked; put requireSignature before what parses bodies',
  )
}
