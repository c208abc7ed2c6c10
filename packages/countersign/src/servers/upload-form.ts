/**
 * Upload forms before a guard: which requests are such, and what the guard found out about them.
 *
 * @module
 */
import type { RequestMessage } from '../verify/message.ts'
import type { VerifiedPost } from '../verify/post/verified-post.ts'
import { refuse } from '../verify/refusals.ts'
import { createNotes } from './notes.ts'

/** Verifies an upload form; see {@link GuardOptions.forms}. */
export type VerifyForm = (message: RequestMessage) => Promise<VerifiedPost>

const verifiedForms = createNotes<VerifiedPost>()
const MULTIPART = /^multipart\/form-data(?:[;\t ]|$)/i
const QUERY_SIGNATURE = /[?&](?:x-amz-)?signature=/i

/**
 * Whether a request can be signed in its form alone. One that is signed in a header or in its URL is for the other
 * verifier, whatever its body is.
 */
export function isUploadForm({ method, target, headers }: RequestMessage): boolean {
  if (method !== 'POST' || QUERY_SIGNATURE.test(target)) return false
  const valueOf = (wanted: string): string | undefined =>
    headers.find(([name]) => name.toLowerCase() === wanted)?.[1]
  return MULTIPART.test(valueOf('content-type') ?? '') && valueOf('authorization') === undefined
}

/** Lets {@link verifiedFormOf} find a form. */
export function rememberForm(request: object, form: VerifiedPost): void {
  verifiedForms.write(request, form)
}

/** Whether the guard has let a request through as a form, for handlers that take others, too. */
export function isVerifiedForm(request: object): boolean {
  return verifiedForms.read(request) !== undefined
}

/**
 * What the guard found out about an upload form that it let through, with its file, which comes in while it is read.
 *
 * @throws {@link VerificationError} `SIGNATURE_MISSING` for any other request: that of {@link verifiedOf} has no form
 */
export function verifiedFormOf(request: object): VerifiedPost {
  const form = verifiedForms.read(request)
  if (form) return form
  throw refuse('SIGNATURE_MISSING', 'requireSignature has not found an upload form; give it forms')
}
