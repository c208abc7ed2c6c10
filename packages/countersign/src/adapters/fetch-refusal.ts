/**
 * What becomes of a response that is no success.
 *
 * @module
 */
import { readAwsError } from '../answers/aws-error.ts'
import { readBeginning } from '../answers/read-beginning.ts'

/**
 * Hands it back, or throws where that was asked for.
 *
 * @throws {@link AwsError}; a `TypeError` for redirects, as `fetch` does
 */
export async function settleRefusal(
  response: Response,
  refusesRedirects: boolean,
  throwsErrors = false,
): Promise<Response> {
  const { status, type, headers } = response
  // Browsers hide what they hand back of a redirect.
  const isRedirect = (status >= 300 && status < 400 && headers.has('location')) || type === 'opaqueredirect'
  if (refusesRedirects && isRedirect) throw new TypeError('fetch failed: unexpected redirect')
  if (throwsErrors && status >= 400) throw await readAwsError(response)
  return response
}

/** Reads the beginning of a body that stays readable. */
export async function peek(response: Response): Promise<string | Uint8Array | undefined> {
  // A connection that ends within the body: the head has to do.
  return readBeginning(response.clone().body).catch(() => undefined)
}
